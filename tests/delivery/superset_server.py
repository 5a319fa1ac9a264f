"""A Superset of its own, in the environment that `make .venv/superset/installed` makes."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.project import Project

SUPERSET = Project.find().root / ".venv" / "superset" / "bin" / "superset"
USER = PASSWORD = "admin"
# As docs/bi.md has them.
STEPS = ("db upgrade", "fab create-admin", "init", "import-dashboards", "run")
_SECONDS_TO_START = 120
# As in production. It is not to keep answers of the snapshot, which may be replaced.
_KEEPS_ANSWERS = """
DATA_CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 86400}
"""


@contextmanager
def superset_server(folder: Path, dashboard: Path) -> Iterator[str]:
    """Sets one up as the page tells, with the dashboard imported; gives its address.

    Args:
        folder: Where it keeps what is its own.
        dashboard: The ZIP.
    """
    (folder / "superset_config.py").write_text(_KEEPS_ANSWERS)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "SUPERSET_CONFIG_PATH": str(folder / "superset_config.py"),
        "SUPERSET_HOME": str(folder),
        "SUPERSET_SECRET_KEY": "of-a-test-and-long-enough-to-be-taken",
    }

    def run(*words: str) -> None:
        told = subprocess.run(
            [SUPERSET, *words], cwd=folder, env=environment, capture_output=True, text=True
        )
        assert told.returncode == 0, told.stdout + told.stderr

    for step in STEPS[:-1]:
        run(*step.split(), *_answers(dashboard).get(step, ()))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "log").open("wb") as log:
        command = [SUPERSET, STEPS[-1], "--port", str(port)]
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            _wait(server, f"http://127.0.0.1:{port}/health", folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


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
