"""What `portrait status` says of sources."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.connections.source_health import record_failure, record_success
from orchestration.connections.sources import write_choice
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.runs import status

from .conftest import shop


def test_a_source_that_was_refused_is_none(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems = {name: shop({"customer": "varchar"}) for name in ("shop", "till", "typo")}
    monkeypatch.setattr(status, "current_manifest", lambda project: {})
    monkeypatch.setattr(status, "source_systems", lambda manifest: systems)
    monkeypatch.setattr(status, "source_limits", lambda manifest: {})
    write_choice(project.choice_file, {"shop": project.home, "till": project.home})
    record_success(project.source_health, "shop")
    record_failure(project.source_health, "till", PortraitError("till: no file", "Look."))
    record_failure(project.source_health, "typo", PortraitError("/nowhere does not exist", "Look."))
    published = '{"shop": {"sales": {"a.csv": "1"}}}'
    snapshot: Any = SimpleNamespace(
        rows=lambda query: (
            [{"source_systems": published}]
            if "run_manifest" in query
            else [{"source_system": "shop", "row_count": 7}]
        )
    )
    told = list(status._sources(snapshot, project, datetime.now(UTC)))
    assert [(one.name, one.files, one.rows_checked, one.state) for one in told] == [
        ("shop", 1, 7, "fine"),
        ("till", 0, 0, "till: no file"),
    ]
