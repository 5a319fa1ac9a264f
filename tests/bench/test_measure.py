"""The kernel's counters, read for one process and all that it started."""

import sys
import time
from pathlib import Path

import pytest

from bench.measure import CommandError, Cost, measure

_BURN = "import time\nwhile time.process_time() < 0.5: pass"
_HOLD = "block = bytearray(200_000_000)"


def _measure(folder: Path, code: str) -> Cost:
    command = [sys.executable, "-c", code]
    return measure(command, environment={"GREETING": "hello"}, folder=folder, log=folder / "log")


def _in_a_child(code: str) -> str:
    return f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {code!r}], check=True)"


def test_cpu_of_children_counts(tmp_path: Path) -> None:
    assert _measure(tmp_path, _in_a_child(_BURN)).cpu >= 0.5


def test_memory_of_children_counts(tmp_path: Path) -> None:
    assert _measure(tmp_path, _in_a_child(_HOLD)).peak_memory > 200e6


def test_only_this_command_counts(tmp_path: Path) -> None:
    _measure(tmp_path, _BURN)
    assert _measure(tmp_path, "pass").cpu < 0.4


def test_wall_time_is_the_clocks_and_waiting_costs_no_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([100.0, 160.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    cost = _measure(tmp_path, "pass")
    assert cost.wall == 60 and cost.cpu < 6


def test_environment_and_folder_are_the_commands(tmp_path: Path) -> None:
    _measure(tmp_path, "import os; print(os.environ['GREETING'], os.getcwd())")
    assert (tmp_path / "log").read_text().split() == ["hello", str(tmp_path)]


def test_a_failure_is_told_with_what_was_printed(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such luck"):
        _measure(tmp_path, "raise SystemExit('no such luck')")
