"""What was noted of a build is told, and what was not is said."""

from typing import Any

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.warehouse.why import explain_last_build

MANIFEST: dict[str, Any] = {
    "nodes": {
        name: {
            "resource_type": "model",
            "name": name,
            "config": {"materialized": kind, "meta": {"partitions": {"by": by}}},
        }
        for name, kind, by in (
            ("int_days", "partitioned", ["day"]),
            ("int_all", "partitioned", []),
            ("int_view", "view", []),
        )
    }
}


def explained(connection: duckdb.DuckDBPyConnection, table: str, **partition: str) -> Any:
    return explain_last_build(connection, Project.find(), MANIFEST, table, partition)


@pytest.fixture
def built(warehouse: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    warehouse.execute("""
        create schema increments;
        create table increments.builds as from (values
            ('int_days', 7, null, 'there was no table yet'),
            ('int_all', 3, null, null)
        ) as builds (relation, build, previous_build, whole_because)
    """)
    return warehouse


def test_why_the_whole_was_built_is_told(built: duckdb.DuckDBPyConnection) -> None:
    build = explained(built, "int_days", day="2024-01-01")
    assert (build.extent, build.whole_because) == ("whole", "there was no table yet")
    assert (build.partition_columns, build.touches) == (["day"], [])


@pytest.mark.parametrize(
    ("table", "partition", "message"),
    [
        ("int_day", {}, "int_day is no table that is brought up to date by partitions"),
        ("int_view", {}, "int_view is no table"),
        ("int_days", {"month": "1"}, "The partitions of int_days do not go by month"),
        ("int_all", {"day": "1"}, "The partitions of int_all do not go by day"),
        ("int_all", {}, "by a version that noted no reasons"),
    ],
)
def test_what_cannot_be_told_is_said(
    built: duckdb.DuckDBPyConnection, table: str, partition: dict[str, str], message: str
) -> None:
    with pytest.raises(PortraitError, match=message):
        explained(built, table, **partition)


def test_nothing_is_known_before_the_first_run(warehouse: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(PortraitError, match="No run has built int_days yet"):
        explained(warehouse, "int_days")
    warehouse.execute("create schema increments")
    warehouse.execute("create table increments.builds (relation varchar, build bigint)")
    with pytest.raises(PortraitError, match="No run has built int_days yet"):
        explained(warehouse, "int_days")
