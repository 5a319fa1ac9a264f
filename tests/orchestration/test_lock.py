"""One run at a time, and nothing to clean up after a killed one."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.state.lock import is_locked, run_lock

HOLD = """
import sys, time
from pathlib import Path
from orchestration.state.lock import run_lock
with run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def holding(path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield other


def test_a_second_process_is_told_who_runs_and_a_killed_one_leaves_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "run.lock"
    with holding(path) as other:
        assert is_locked(path)
        with pytest.raises(PortraitError) as error, run_lock(path):
            pass
        assert f"process {other.pid}, started at 20" in error.value.message
        other.send_signal(signal.SIGKILL)
    assert not is_locked(path)
    with run_lock(path):
        assert is_locked(path)


def test_a_queued_run_waits_for_the_other_process(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with holding(path) as other:
        threading.Timer(0.5, os.kill, [other.pid, signal.SIGKILL]).start()
        with run_lock(path, patience_seconds=60):
            assert other.wait(60) == -signal.SIGKILL


def test_the_process_that_holds_it_may_ask_again(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with run_lock(path):
        with run_lock(path):
            pass
        assert is_locked(path)
    assert not is_locked(path)
