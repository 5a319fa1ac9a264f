"""A Superset of its own, in the environment that `make .venv/superset/installed` makes."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.project import Project

SUPERSET = Project.find().root / ".venv" / "superset" / "bin" / "superset"
USER = PASSWORD = "admin"
# As docs/bi.md has them.
STEPS = ("db upgrade", "fab create-admin", "init", "import-dashboards", "run")
_SECONDS_TO_START = 120
_SECONDS_TO_END = 20
# As in production. It is not to keep answers of the snapshot, which may be replaced.
_KEEPS_ANSWERS = """
DATA_CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 86400}
"""


@dataclass(frozen=True)
class Superset:
    """One that is set up in a folder of its own."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            "SUPERSET_CONFIG_PATH": str(self.folder / "superset_config.py"),
            "SUPERSET_HOME": str(self.folder),
            "SUPERSET_SECRET_KEY": "of-a-test-and-long-enough-to-be-taken",
        }

    def run(self, *words: str) -> None:
        """Runs a command of its own."""
        told = subprocess.run(
            [SUPERSET, *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert told.returncode == 0, told.stdout + told.stderr

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Answers on a free port; gives the address."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with (self.folder / "log").open("wb") as log:
            command = [SUPERSET, STEPS[-1], "--port", str(port)]
            server = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
            try:
                _wait(server, f"http://127.0.0.1:{port}/health", self.folder / "log")
                yield f"http://127.0.0.1:{port}"
            finally:
                server.terminate()
                try:
                    server.wait(_SECONDS_TO_END)
                except subprocess.TimeoutExpired:
                    # Asked to end while it answers, it may go on for ever.
                    server.kill()
                    server.wait()


def set_up(folder: Path, dashboard: Path) -> Superset:
    """Sets one up as the page tells, with the dashboard imported.

    Args:
        folder: Where it keeps what is its own.
        dashboard: The ZIP.
    """
    (folder / "superset_config.py").write_text(_KEEPS_ANSWERS)
    superset = Superset(folder)
    for step in STEPS[:-1]:
        superset.run(*step.split(), *_answers(dashboard).get(step, ()))
    return superset


def _answers(dashboard: Path) -> dict[str, tuple[str, ...]]:
    """What steps are told, or would ask for."""
    person = ("--firstname", "a", "--lastname", "b", "--email", "a@example.org")
    return {
        "fab create-admin": ("--username", USER, "--password", PASSWORD, *person),
        "import-dashboards": ("--path", str(dashboard), "--username", USER),
    }


def _wait(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while True:
        assert server.poll() is None and time.monotonic() < deadline, log.read_text()
        try:
            with urllib.request.urlopen(address):
                return
        except OSError:
            time.sleep(0.2)
