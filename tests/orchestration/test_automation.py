"""What Dagster watches: news start runs, assets have conditions and limits."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs import sensors
from orchestration.defs.automation import automate
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.publishing.news import News
from orchestration.runs.status import age, staleness
from orchestration.state.lock import run_lock
from orchestration.warehouse.manifest import AgeLimits, source_limits
from orchestration.warehouse.opening import open_warehouse
from orchestration.warehouse.past_copy import past_project


@pytest.fixture
def home(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(Project, "find", classmethod(lambda cls: project))
    monkeypatch.setattr(sensors, "enter", lambda project: project)
    return project


def answer(monkeypatch: pytest.MonkeyPatch, changed: list[str], version: str = "1") -> object:
    news = News(changed, {"code": version}, is_first=False)
    monkeypatch.setattr(sensors, "look_for_news", lambda project: news)
    return sensors.run_on_new_data()


def test_news_start_one_run_for_each_state(home: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    clock = [noon, noon + timedelta(minutes=59), noon + timedelta(hours=1), noon]
    monkeypatch.setattr(sensors, "_now", lambda: clock.pop(0))
    one, again, later, other = (answer(monkeypatch, ["source files"], code) for code in "1112")
    assert isinstance(one, dg.RunRequest) and isinstance(again, dg.RunRequest)
    assert isinstance(later, dg.RunRequest) and isinstance(other, dg.RunRequest)
    assert one.run_key == again.run_key
    assert len({one.run_key, later.run_key, other.run_key}) == 3
    assert one.tags["portrait/reason"] == "new since the last run: source files"
    assert isinstance(answer(monkeypatch, []), dg.SkipReason)


def test_a_sensor_says_why_it_waits(home: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with run_lock(home.lock_file):
        waiting = sensors.run_on_new_data()
    assert isinstance(waiting, dg.SkipReason)
    assert "A run is going on" in str(waiting.skip_message)

    def fails(project: Project) -> News:
        raise PortraitError("The till does not answer.", "Plug it in.")

    monkeypatch.setattr(sensors, "look_for_news", fails)
    failed = sensors.run_on_new_data()
    assert isinstance(failed, dg.SkipReason)
    assert failed.skip_message == "The till does not answer. Plug it in."


def test_marts_and_declared_sources_may_not_get_old() -> None:
    specs = [
        dg.AssetSpec(["raw_shop", "sales"], group_name="raw"),
        dg.AssetSpec(["raw_till", "sales"], group_name="raw"),
        dg.AssetSpec(["marts", "customer_profiles"], group_name="marts"),
        dg.AssetSpec(["features", "customer_features"], group_name="features"),
    ]

    @dg.multi_asset(specs=specs)
    def everything():  # type: ignore[no-untyped-def]
        """All of them."""

    limits = {"raw_shop": AgeLimits(timedelta(days=1), timedelta(days=2))}
    (made,) = automate([everything], limits)
    found = {spec.key.path[0]: spec for spec in made.specs}
    assert [name for name, spec in found.items() if spec.freshness_policy] == ["raw_shop", "marts"]
    assert [name for name, spec in found.items() if spec.automation_condition] == [
        "marts",
        "features",
    ]
    condition = found["marts"].automation_condition
    assert condition is not None and condition.get_label() == "something it reads is newer"


# Dagster's own tester of conditions is in beta.
@pytest.mark.filterwarnings("ignore")
def test_what_was_made_before_follows_though_a_source_is_off() -> None:
    """Of a source that is off nothing is ever made; what was never made waits for a whole run."""
    automated = automate(
        [
            dg.AssetsDefinition(
                specs=[
                    dg.AssetSpec(["raw_shop", "sales"], group_name="raw"),
                    dg.AssetSpec(["raw_off", "sales"], group_name="raw"),
                ]
            ),
            dg.AssetsDefinition(
                specs=[
                    dg.AssetSpec(name, group_name="inputs", deps=[[raw, "sales"]])
                    for name, raw in (("orders", "raw_shop"), ("new", "raw_shop"))
                ]
                + [dg.AssetSpec("both", deps=[["raw_shop", "sales"], ["raw_off", "sales"]])]
            ),
        ],
        {},
    )
    definitions = dg.Definitions(automated)
    with dg.DagsterInstance.ephemeral() as instance:

        def materialized(*keys: str | list[str]) -> None:
            for key in keys:
                instance.report_runless_asset_event(dg.AssetMaterialization(dg.AssetKey(key)))

        materialized(["raw_shop", "sales"], "orders", "both")
        before = dg.evaluate_automation_conditions(definitions, instance)
        materialized(["raw_shop", "sales"])
        after = dg.evaluate_automation_conditions(definitions, instance, cursor=before.cursor)
        requested = {
            str(result.key.path[-1]) for result in after.results if result.true_subset.size
        }
        # That its rows were counted makes nothing new: each publish tells it of views.
        counted = dg.AssetObservation(["raw_shop", "sales"], metadata={"dagster/row_count": 3})
        instance.report_runless_asset_event(counted)
        at_last = dg.evaluate_automation_conditions(definitions, instance, cursor=after.cursor)
    assert requested == {"orders", "both"}
    assert at_last.total_requested == 0


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (None, {}),
        ({"warn_after": {"count": None, "period": None}}, {}),
        (
            {"warn_after": {"count": 36, "period": "hour"}},
            {"raw": AgeLimits(None, timedelta(hours=36))},
        ),
        (
            {
                "warn_after": {"count": 1, "period": "day"},
                "error_after": {"count": 2, "period": "day"},
            },
            {"raw": AgeLimits(timedelta(days=1), timedelta(days=2))},
        ),
    ],
)
def test_limits_are_what_dbt_calls_freshness(
    declared: object, expected: dict[str, AgeLimits]
) -> None:
    manifest = {"sources": {"source.p.raw.t": {"schema": "raw", "freshness": declared}}}
    assert source_limits(manifest) == expected


# A run that is killed leaves its last rows in the log beside the file.
KILLED = """
import duckdb, os, sys
warehouse = duckdb.connect(sys.argv[1])
warehouse.execute("create table orders as select 'all rows' as said")
assert os.path.exists(sys.argv[1] + ".wal")
os._exit(0)
"""


def said(project: Project) -> str:
    with open_warehouse(project.warehouse) as warehouse:
        ((said,),) = warehouse.execute("from orders").fetchall()
    return str(said)


def test_a_run_for_a_past_day_works_on_a_copy(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTRAIT_WAREHOUSE", "before")
    project.home.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-c", KILLED, str(project.warehouse)], check=True)
    with past_project(project, "2024-01-01") as past:
        assert said(past) == "all rows"
        assert past.published == project.published / "as_of" / "2024-01-01"
        assert (past.lock_file, past.dbt_target) == (project.lock_file, project.dbt_target)
        with open_warehouse(past.warehouse) as warehouse:
            warehouse.execute("update orders set said = 'of that day'")
    assert said(project) == "all rows"
    assert not past.past_work.exists()
    assert os.environ["PORTRAIT_WAREHOUSE"] == "before"


def test_ages_are_told_in_the_largest_unit() -> None:
    now = datetime(2024, 1, 10, tzinfo=UTC)
    ages = {
        timedelta(seconds=-5): "less than a minute",
        timedelta(seconds=59): "less than a minute",
        timedelta(minutes=1): "1 minute",
        timedelta(hours=5): "5 hours",
        timedelta(days=1, hours=23): "1 day",
        timedelta(days=400): "400 days",
    }
    assert [age(now - ago, now) for ago in ages] == list(ages.values())
    limits = AgeLimits(timedelta(days=2), timedelta(days=3))
    assert staleness(None, now, now) == "fine"
    assert staleness(limits, now - timedelta(days=1), now) == "fresh"
    assert staleness(limits, now - timedelta(days=5), now) == "stale: it may be 2 days old"
