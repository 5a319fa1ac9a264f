"""The portraits of a past day: refused before any work, made once, on a copy."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.defs.past import build
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.publishing import past_day
from orchestration.publishing.fingerprint import FINGERPRINT_FILE
from orchestration.publishing.past_days import past_days
from orchestration.publishing.publish import Making
from orchestration.publishing.versions import new_version
from orchestration.warehouse.manifest import Manifest

DAY = "2024-03-01"
MADE_FROM = {"code": "c", "source files": {}, "as-of date": ""}
MAKING = Making("run", datetime(2024, 6, 1, tzinfo=UTC), "c", is_whole=True)


@pytest.fixture
def shop(project: Project) -> Project:
    """A project with current portraits, whose first order is of 10 February."""
    project.current.mkdir(parents=True)
    (project.current / FINGERPRINT_FILE).write_text(json.dumps(MADE_FROM))
    with duckdb.connect(project.current / "marts.duckdb") as connection:
        connection.execute(
            "create table customer_profiles as "
            "select date '2024-02-10' as first_order_date, date '2024-06-01' as as_of_date"
        )
    return project


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The days that are made; each leaves what it was made from."""
    made: list[str] = []

    def make(past: Project, manifest: Manifest, making: Making, *, is_forced: bool) -> None:
        made.append(past.past_day)
        told = json.dumps({**MADE_FROM, "as-of date": past.past_day})
        with new_version(past.published, MAKING.started_at) as folder:
            (folder / FINGERPRINT_FILE).write_text(told)

    monkeypatch.setattr(past_day, "_make", make)
    return made


def publish(project: Project, day: str = DAY, *, force: bool = False) -> Path:
    return past_day.make_past_portraits(project, {}, day, MAKING, force=force)


def test_a_day_is_made_once_unless_something_is_new(shop: Project, made: list[str]) -> None:
    assert publish(shop) == replace(shop, past_day=DAY).current
    publish(shop)
    assert made == [DAY]
    publish(shop, force=True)
    publish(shop, "2024-04-01")
    assert made == [DAY, DAY, "2024-04-01"]
    (shop.current / FINGERPRINT_FILE).write_text(json.dumps({**MADE_FROM, "code": "other"}))
    publish(shop)
    assert made[3:] == [DAY]


def test_a_day_without_portraits_is_refused(shop: Project, made: list[str]) -> None:
    for day in ("2024-02-10", "2024-06-02"):
        with pytest.raises(PortraitError, match="first order is of 2024-02-10") as error:
            publish(shop, day)
        assert error.value.hint == "Choose a day from 2024-02-11 to 2024-06-01."
    for day in ("2024-02-11", "2024-06-01"):
        publish(shop, day)
    assert made == ["2024-02-11", "2024-06-01"]


def test_dagster_has_a_partition_for_each_day_that_can_be(shop: Project) -> None:
    days = past_days(shop.current)
    partitions = build(days).partitions_def
    assert partitions is not None and days is not None
    keys = partitions.get_partition_keys()
    assert (keys[0], keys[-1]) == ("2024-02-11", "2024-06-01")
    none_yet = build(past_days(shop.home / "nothing published")).partitions_def
    assert none_yet is not None and none_yet.get_partition_keys() == []


def test_a_day_needs_current_portraits(shop: Project, made: list[str]) -> None:
    (shop.current / FINGERPRINT_FILE).unlink()
    with pytest.raises(PortraitError, match="not of one piece"):
        publish(shop)
    (shop.current / "marts.duckdb").unlink()
    with pytest.raises(PortraitError, match="There are no current portraits"):
        publish(shop)
    assert made == []


def test_nothing_is_made_where_the_day_cannot_be_published(shop: Project, made: list[str]) -> None:
    published = replace(shop, past_day=DAY).published
    published.parent.mkdir(parents=True)
    published.write_text("no folder")
    with pytest.raises(PortraitError, match="is not a folder"):
        publish(shop)
    assert made == []
