"""Python in processes of their own that find the libraries imported.

A run imports for six seconds of CPU before it does anything. A server that has imported the
libraries, and nothing of this project, forks a process for each command; each is as apart from
the others as one that was started, and dies as one.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

# A machine that is slow is no failure; one where nothing moves is.
PATIENCE_SECONDS = 900
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "alembic.command",
        "dagster",
        "dagster_dbt",
        "dbt.adapters.duckdb",
        "dbt.cli.main",
        "duckdb",
        "pandas",
        "rich",
        "skops.io",
        "sklearn.cluster",
        "sklearn.linear_model",
        "sklearn.metrics",
        "sqlalchemy.dialects.sqlite",
        "sqlglot",
    ]
)


def run_python(
    code: str, *arguments: str, env: Mapping[str, str], cwd: Path
) -> "subprocess.CompletedProcess[str]":
    """What `python -c code arguments` does, says and ends with."""
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder, name) for name in ("stdout", "stderr")]
        process = _FORKS.Process(target=_run, args=(code, arguments, {**env}, cwd, said))
        process.start()
        process.join(PATIENCE_SECONDS)
        if process.is_alive():
            process.kill()
            raise subprocess.TimeoutExpired([*arguments], PATIENCE_SECONDS)
        assert process.exitcode is not None
        stdout, stderr = (file.read_text(encoding="utf-8") for file in said)
        return subprocess.CompletedProcess([*arguments], process.exitcode, stdout, stderr)


def start_python(
    code: str, *arguments: str, env: Mapping[str, str], cwd: Path
) -> "subprocess.CompletedProcess[str]":
    """The same in a process that is started, and has a command line of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def _run(
    code: str, arguments: tuple[str, ...], env: dict[str, str], cwd: Path, said: list[Path]
) -> None:
    for number, file in enumerate(said, start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["-c", *arguments]
    sys.path[:0] = [folder for folder in env.get("PYTHONPATH", "").split(os.pathsep) if folder]
    exec(code, {"__name__": "__main__"})
