"""What is new, and when a source counts as read."""

from pathlib import Path

import pytest

from orchestration.connections.source_health import read_health, record_failure, record_success
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.publishing import news

from .conftest import shop

BEFORE = {"source files": {"till": {"sales": {"a.csv": "1"}}}}


def test_new_files_are_read_when_they_are_landed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a table that cannot be landed would look as if it had been read at each run."""
    clock = iter(f"2024-01-0{day}" for day in range(1, 10))
    monkeypatch.setattr("orchestration.connections.source_health._now", lambda: next(clock))
    found = {"sales": {"a.csv": "1"}}
    monkeypatch.setattr(news, "collect", lambda project, system, origin: found)
    systems, choice = {"till": shop({"customer": "varchar"})}, {"till": Path("files")}

    def collected() -> str | None:
        assert news._collect_all(project, systems, choice, BEFORE) == {"till": found}
        return read_health(project.source_health)["till"].read_at

    record_success(project.source_health, "till")
    assert collected() == "2024-01-02"
    found = {"sales": {"a.csv": "1", "b.csv": "2"}}
    assert collected() == "2024-01-02"
    record_failure(project.source_health, "till", PortraitError("b.csv lacks total", "Add it."))
    assert collected() == "2024-01-02"
    assert read_health(project.source_health)["till"].error == "b.csv lacks total"
    found = {"sales": {"a.csv": "1"}}
    assert collected() == "2024-01-04"
