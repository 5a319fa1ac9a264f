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
from orchestration.warehouse.published_marts import Mart

WHOLE = "pages_are_whole"
PAGE = '<h1>Shop</h1><a href="{link}">on</a>'
MANIFEST = {"sources": {}, "nodes": {}}
SOUND = [SnapshotCheck(name, []) for name in CHECKS]
UNSOUND = [*SOUND[:2], SnapshotCheck("closed_keys", ["3 rows of customer_tags"])]


def made(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    checks: list[SnapshotCheck],
    instance: dg.DagsterInstance,
    link: str | None = "index.html",
) -> dg.ExecuteInProcessResult:
    """A run that publishes a snapshot with these results of its checks."""

    version = project.published / "v1"
    for folder in ("site", "reports"):
        (version / folder).mkdir(parents=True, exist_ok=True)
    (version / "reports" / "segments.svg").write_text("<svg/>")
    (version / "reports" / "segment-map.svg").write_text("x" * 32_001)
    if link is None:
        (version / "site" / "index.html").unlink(missing_ok=True)
    else:
        (version / "site" / "index.html").write_text(PAGE.format(link=link))
    project.current.unlink(missing_ok=True)
    project.current.symlink_to("v1")

    def publish(*_: object) -> Published:
        if any(check.problems for check in checks):
            raise UnsoundSnapshotError(checks)
        pictures = ["segments.svg", "segment-map.svg"]
        return Published({"customer_profiles": 3, "tag_catalog": 2}, 3, checks, pictures)

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
            materialized, pages = result.get_asset_materialization_events()
            targets = [
                check.target_materialization_data for check in result.get_asset_check_evaluations()
            ]
            assert [target and target.run_id for target in targets] == [result.run_id] * 4
            assert pages.materialization.metadata["pages"].value == 1
    table: Any = materialized.materialization.metadata["rows by table"]
    assert [record.data for record in table.records] == [
        {"table": "customer_profiles", "rows": 3},
        {"table": "tag_catalog", "rows": 2},
    ]
    # A picture that can be seen, unless it would swell the run's history; and where all lie.
    shown = materialized.materialization.metadata
    assert shown["picture: segments"].value == ("![segments](data:image/svg+xml;base64,PHN2Zy8+)")
    assert "picture: segment-map" not in shown and "segment-map.svg" in str(shown["pictures"].value)
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


def test_pages_that_are_not_whole_are_told_with_what_is_wrong(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = made(project, monkeypatch, SOUND, instance, link="gone.html")
        *_, told = result.get_asset_check_evaluations()
        assert result.success and not told.passed and told.check_name == WHOLE
        assert told.severity is dg.AssetCheckSeverity.WARN
        assert told.description == "index.html: a link leads nowhere, to gone.html"
        assert told.target_materialization_data


def test_of_pages_that_could_not_be_made_nothing_is_materialized(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert made(project, monkeypatch, SOUND, instance).success
        result = made(project, monkeypatch, SOUND, instance, link=None)
        (materialized,) = result.get_asset_materialization_events()
        *_, told = result.get_asset_check_evaluations()
    assert result.success and materialized.asset_key.path == ["published", "snapshot"]
    assert not told.passed and told.description == "There are no pages."
    assert told.target_materialization_data is None


def test_rows_of_marts_that_are_views_are_told_when_they_are_published(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are counted as they are copied; a table was counted when it was built."""
    marts = {
        "customer_profiles": Mart("marts", "customer_profiles", "", (), is_view=True),
        "tag_catalog": Mart("marts", "tag_catalog", "", ()),
    }
    monkeypatch.setattr(published_assets, "published_marts", lambda manifest: marts)
    with dg.DagsterInstance.ephemeral() as instance:
        result = made(project, monkeypatch, SOUND, instance)
        (told,) = result.get_asset_observation_events()
    assert told.asset_observation_data.asset_observation.asset_key.path[-1] == "customer_profiles"
    counted = told.asset_observation_data.asset_observation.metadata["dagster/row_count"]
    assert counted.value == 3
