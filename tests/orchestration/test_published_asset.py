"""The published snapshot as an asset: its checks point at what they checked, or at nothing."""

from typing import Any

import dagster as dg
import pytest

from orchestration.defs import published_assets
from orchestration.defs.resources import PortraitRun
from orchestration.entering import entered
from orchestration.project import Project
from orchestration.publishing.checks import CHECKS, SnapshotCheck
from orchestration.publishing.publish import Published, UnsoundSnapshotError

MANIFEST = {"sources": {}, "nodes": {}}
SOUND = [SnapshotCheck(name, []) for name in CHECKS]
UNSOUND = [*SOUND[:2], SnapshotCheck("closed_keys", ["3 rows of customer_tags"])]


def made(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    checks: list[SnapshotCheck],
    instance: dg.DagsterInstance,
) -> dg.ExecuteInProcessResult:
    """A run that publishes a snapshot with these results of its checks."""

    def publish(*_: object) -> Published:
        if any(check.problems for check in checks):
            raise UnsoundSnapshotError(checks)
        return Published({"customer_profiles": 3, "tag_catalog": 2}, 3, checks)

    monkeypatch.setattr(published_assets, "publish", publish)
    monkeypatch.setattr(Project, "find", classmethod(lambda cls: project))
    with entered(project):
        return dg.materialize(
            published_assets.build(MANIFEST),
            resources={"run": PortraitRun()},
            instance=instance,
            raise_on_error=False,
        )


def test_checks_point_at_the_snapshot_that_they_checked(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            result = made(project, monkeypatch, SOUND, instance)
            (materialized,) = result.get_asset_materialization_events()
            targets = [
                check.target_materialization_data for check in result.get_asset_check_evaluations()
            ]
            assert [target and target.run_id for target in targets] == [result.run_id] * 3
    table: Any = materialized.materialization.metadata["rows by table"]
    assert [record.data for record in table.records] == [
        {"table": "customer_profiles", "rows": 3},
        {"table": "tag_catalog", "rows": 2},
    ]
    # A sum over different things says nothing.
    assert "dagster/row_count" not in materialized.materialization.metadata


def test_checks_of_what_was_not_published_point_at_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert made(project, monkeypatch, SOUND, instance).success
        result = made(project, monkeypatch, UNSOUND, instance)
    assert not result.success
    assert result.get_asset_materialization_events() == []
    checks = result.get_asset_check_evaluations()
    assert [check.passed for check in checks] == [True, True, False]
    assert [check.target_materialization_data for check in checks] == [None] * 3
    assert checks[2].description == "3 rows of customer_tags"
