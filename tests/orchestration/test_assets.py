"""Assets, materialized by themselves: what they show and how they fail."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import dagster as dg
import duckdb
import pytest

from orchestration.connections.sources import write_choice
from orchestration.defs import raw_assets as ingest
from orchestration.defs.published_assets import _is_whole
from orchestration.defs.resources import PortraitRun
from orchestration.entering import environment
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.runs import job
from orchestration.warehouse.manifest import Manifest

from .conftest import shop


@pytest.fixture
def sources(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[dg.AssetsDefinition]:
    """The raw assets of the shop, whose data folder is the only source that is on."""
    for name, value in environment(project).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Project, "find", classmethod(lambda cls: project))
    monkeypatch.setattr(ingest, "source_systems", lambda manifest: {"shop": SHOP})
    (tmp_path / "a.csv").write_text("customer\nanna\nbert\n")
    write_choice(project.choice_file, {"shop": tmp_path})
    return ingest.build({})


SHOP = shop({"customer": "varchar"})


def materialize(assets: list[dg.AssetsDefinition]) -> dg.ExecuteInProcessResult:
    return dg.materialize(assets, resources={"run": PortraitRun()})


def test_landing_shows_rows_and_declared_columns(
    project: Project, sources: list[dg.AssetsDefinition]
) -> None:
    (event,) = materialize(sources).get_asset_materialization_events()
    assert event.asset_key == dg.AssetKey(["raw_shop", "sales"])
    assert event.materialization.metadata["dagster/row_count"].value == 2
    spec = sources[0].get_asset_spec(dg.AssetKey(["raw_shop", "sales"]))
    assert spec.metadata["dagster/column_schema"].columns[0].name == "customer"
    with duckdb.connect(project.warehouse, read_only=True) as warehouse:
        assert warehouse.execute("select count(*) from raw_shop.sales").fetchall() == [(2,)]


def test_a_user_error_is_a_failure_without_retries(
    tmp_path: Path, sources: list[dg.AssetsDefinition]
) -> None:
    (tmp_path / "a.csv").write_text("")
    with pytest.raises(dg.Failure) as failure:
        materialize(sources)
    assert failure.value.allow_retries is False
    assert isinstance(failure.value.__cause__, PortraitError)
    told = str(failure.value.description).splitlines()
    assert told[0].endswith("a.csv is empty.") and told[1] == "Fetch or export the file again."


def test_a_failing_source_keeps_its_rows_while_another_is_on(
    project: Project,
    tmp_path: Path,
    sources: list[dg.AssetsDefinition],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = replace(SHOP, name="till", schema="raw_till")
    other = replace(other, tables=(replace(SHOP.tables[0], schema="raw_till"),))
    monkeypatch.setattr(ingest, "source_systems", lambda manifest: {"shop": SHOP, "till": other})
    (tmp_path / "till").mkdir()
    (tmp_path / "till" / "t.csv").write_text("customer\nzoe\n")
    write_choice(project.choice_file, {"shop": tmp_path, "till": tmp_path / "till"})
    first = materialize(ingest.build({}))
    assert [check.passed for check in first.get_asset_check_evaluations()] == [True, True]
    (tmp_path / "a.csv").write_text("colour\nanna\n")
    (tmp_path / "till" / "t.csv").write_text("customer\nzoe\nyan\n")
    second = materialize(ingest.build({}))
    checks = {check.asset_key.path[0]: check for check in second.get_asset_check_evaluations()}
    assert checks["raw_till"].passed
    assert not checks["raw_shop"].passed
    assert checks["raw_shop"].severity == dg.AssetCheckSeverity.WARN
    assert "Until then its rows of 20" in caplog.text
    with duckdb.connect(project.warehouse, read_only=True) as warehouse:
        counts = "select (select count(*) from raw_shop.sales), count(*) from raw_till.sales"
        assert warehouse.execute(counts).fetchall() == [(2, 2)]


def test_a_source_that_is_off_is_not_shown_as_made(
    project: Project,
    tmp_path: Path,
    sources: list[dg.AssetsDefinition],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    till = replace(SHOP, name="till", schema="raw_till")
    till = replace(till, tables=(replace(SHOP.tables[0], schema="raw_till"),))
    monkeypatch.setattr(ingest, "source_systems", lambda manifest: {"shop": SHOP, "till": till})

    @dg.asset(deps=[["raw_shop", "sales"], ["raw_till", "sales"]])
    def union_of_both(run: PortraitRun) -> None:
        """Every input is one over all sources."""

    result = materialize([*ingest.build({}), union_of_both])
    made = {event.asset_key for event in result.get_asset_materialization_events()}
    assert made == {dg.AssetKey(["raw_shop", "sales"]), dg.AssetKey("union_of_both")}
    assert [check.asset_key.path[0] for check in result.get_asset_check_evaluations()] == [
        "raw_shop"
    ]
    (told,) = result.get_asset_observation_events()
    assert told.asset_key == dg.AssetKey(["raw_till", "sales"])
    assert "portrait run --source till" in str(told.asset_observation_data.asset_observation)
    with duckdb.connect(project.warehouse, read_only=True) as warehouse:
        assert warehouse.execute("select count(*) from raw_till.sales").fetchall() == [(0,)]


def test_a_warehouse_that_is_none_is_told(
    project: Project, sources: list[dg.AssetsDefinition]
) -> None:
    project.warehouse.write_text("no database at all, as it seems")
    with pytest.raises(dg.DagsterError) as error:
        materialize(sources)
    assert "The warehouse is damaged" in job._user_error(error.value, project).message


def test_nothing_is_made_where_nothing_can_be_published(project: Project) -> None:
    project.home.mkdir(parents=True, exist_ok=True)
    project.published.write_text("no folder")
    made: list[str] = []

    @dg.asset
    def anything(run: PortraitRun) -> None:
        """What would take hours."""
        made.append("anything")

    with pytest.raises(dg.DagsterError) as error:
        dg.materialize([anything], resources={"run": PortraitRun()})
    assert "is not a folder" in job._user_error(error.value, project).message
    assert made == []


MANIFEST = cast(
    "Manifest",
    {
        "sources": {
            1: {
                "schema": "raw",
                "name": "a",
                "source_meta": {"portrait": {"source_system": "shop"}},
            },
            2: {"schema": "ml", "name": "b", "source_meta": {}},
        },
        "nodes": {},
    },
)


@pytest.mark.parametrize(
    ("selected", "parent", "is_whole"),
    [
        (None, None, True),
        (["raw/a", "ml/b", "published/snapshot"], None, True),
        (["ml/b", "published/snapshot"], None, False),
        (["published/snapshot"], None, False),
        (None, "an earlier run", False),
    ],
)
def test_only_a_run_of_everything_has_a_fingerprint(
    selected: list[str] | None, parent: str | None, is_whole: bool
) -> None:
    keys = selected and frozenset(map(dg.AssetKey.from_user_string, selected))
    run: Any = SimpleNamespace(asset_selection=keys, parent_run_id=parent)
    assert _is_whole(run, MANIFEST) == is_whole
