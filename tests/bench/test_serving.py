"""The benchmark of the API runs on a small shop."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.serving import main
from tests.serving.served_shop import publish


def test_answers_are_measured_beside_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path))
    publish(tmp_path / "published")
    told = CliRunner().invoke(main, ["--customers=12", "--requests=200", "--rounds=1"])
    assert told.exit_code == 0, told.output
    assert "12 customers written" in told.output
    measured = json.loads(told.output.strip().splitlines()[-1])
    assert len(measured) == 5 and "a profile by id, gzip" in measured
