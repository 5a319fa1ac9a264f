"""Runs of the commands, each with a state folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.forked import PATIENCE_SECONDS, run_python

ROOT = Path(__file__).resolve().parents[2]
PORTRAIT = "from orchestration.cli.main import main; main()"
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def command_environment(home: Path, **extra: str) -> dict[str, str]:
    """The environment of a user who has set PORTRAIT_HOME and nothing else of ours.

    The cache is that of the tests, not the user's.
    """
    ours = ("PORTRAIT_", "DAGSTER_", "DBT_")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name == "PORTRAIT_CACHE" or not name.startswith(ours)
    }
    return {**inherited, "PORTRAIT_HOME": str(home), "NO_COLOR": "1", "COLUMNS": "120", **extra}


def script(name: str) -> str:
    """A command of the virtual environment that runs these tests."""
    return str(Path(sys.executable).parent / name)


def run_portrait(
    home: Path, *arguments: str, checkout: Path = ROOT, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """The `portrait` command of this checkout, or of a copied one, on a state folder."""
    env = command_environment(home, PYTHONPATH=str(checkout), **environment)
    return run_python(PORTRAIT, *arguments, env=env, cwd=checkout)


def run_copy(checkout: Path, home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The `portrait` command of a copied checkout, which must end well."""
    finished = run_portrait(home, *arguments, checkout=checkout)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished


def start_portrait(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The installed command, started as a user starts it."""
    return subprocess.run(
        [script("portrait"), *arguments],
        env=command_environment(home),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder that the tests of one session share."""
    return tmp_path_factory.mktemp("portrait")


@pytest.fixture(scope="session")
def portrait(home: Path) -> Command:
    """The `portrait` command on the shared state folder."""

    return partial(run_portrait, home)


@pytest.fixture(scope="session")
def first_run(home: Path) -> "subprocess.CompletedProcess[str]":
    """The first run of the default source from an empty state folder."""
    finished = start_portrait(home, "run")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished
