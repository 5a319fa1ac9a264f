"""`python -m bench.at_scale`: a large shop, measured a step at a time."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import at_scale
from bench.measure import CommandError, Cost


def test_a_step_that_failed_is_gone_on_with_and_no_other_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    lacks_memory = [True]

    def portrait(_: Path, command: str, *__: str) -> Cost:
        begun.append(command)
        if command == "run" and lacks_memory.pop():
            raise CommandError("no memory is left")
        return Cost(wall=1200.0, cpu=2000.0, peak_memory=7_300_000_000)

    def run_delivered(folder: Path, files: Path) -> Cost:
        begun.append(files.name)
        return Cost(wall=300.0, cpu=400.0, peak_memory=5_000_000_000)

    monkeypatch.setattr(at_scale, "portrait", portrait)
    monkeypatch.setattr(at_scale, "run_delivered", run_delivered)
    monkeypatch.setattr(at_scale, "cut", lambda *_: [100, 1])

    failed = CliRunner().invoke(at_scale.main, [str(tmp_path)])
    lacks_memory.append(False)
    again = CliRunner().invoke(at_scale.main, [str(tmp_path)])

    assert isinstance(failed.exception, CommandError)
    assert begun == ["simulate", "run", "run", "day"]
    assert "simulated: 1,200 s, CPU 2,000 s, 7.3 GB, begun 1 time(s)" in again.output
    assert "rows at first and of the day: [100, 1]" in again.output
    assert "full build: 1,200 s, CPU 2,000 s, 7.3 GB, begun 2 time(s)" in again.output
    assert "one day: 300 s, CPU 400 s, 5.0 GB, begun 1 time(s)" in again.output
    assert json.loads((tmp_path / "costs.json").read_text())["full build"]["attempts"] == 2
