"""Why partitions of a table were, or were not, made anew in its last build."""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.quoting import identifier
from orchestration.warehouse.dbt_in_process import compile_inline
from orchestration.warehouse.manifest import Manifest

# What an input is said to read: it goes by files (macro why_made_anew).
RAW_FILES = "raw files"
_EXAMPLES = 3


@dataclass(frozen=True)
class Touch:
    """A table that is read, and what a build saw of it.

    Attributes:
        because: Its name; of an input, RAW_FILES.
        changed_rows: Its rows, as they were and as they are, that differ since the build before.
        touched_partitions: How many partitions they touch.
        examples: Some of these partitions.
    """

    because: str
    changed_rows: int
    touched_partitions: int
    examples: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class LastBuild:
    """What the last build of a partitioned table did, and why.

    Attributes:
        table: Its name.
        partition_columns: What its partitions go by; of a table of one partition, nothing.
        extent: whole, partial or nothing; of an input nothing also where a file was read again
            and no row differs.
        whole_because: Why the whole was built; None where it was not.
        touches: Where it was not, what was read, by name.
    """

    table: str
    partition_columns: Sequence[str]
    extent: str
    whole_because: str | None
    touches: Sequence[Touch]


def explain_last_build(
    warehouse: duckdb.DuckDBPyConnection,
    project: Project,
    manifest: Manifest,
    table: str,
    partition: Mapping[str, str],
) -> LastBuild:
    """Looks at what is noted of the last build.

    Args:
        warehouse: The warehouse, while no run goes on.
        project: The entered project.
        manifest: Of the dbt project.
        table: The name of a partitioned table.
        partition: Text by partition column: only this partition is asked about; empty for all.

    Raises:
        PortraitError: There is no such table, it has no such partition column, or no run built it.
    """
    columns = _partition_columns(manifest, table)
    for column in partition.keys() - set(columns):
        raise PortraitError(
            f"The partitions of {table} do not go by {column}.",
            f"They go by {', '.join(columns) or 'nothing: it is made as a whole'}.",
        )
    whole_because = _noted_reason(warehouse, table)
    if whole_because:
        return LastBuild(table, columns, "whole", whole_because, [])
    reasons = json.loads(compile_inline(project, f"{{{{ why_made_anew('{table}') }}}}"))
    touches = [
        _touch(warehouse, because, queries, partition)
        for because, queries in sorted(reasons.items())
    ]
    extent = "partial" if any(touch.touched_partitions for touch in touches) else "nothing"
    return LastBuild(table, columns, extent, None, touches)


def _partition_columns(manifest: Manifest, table: str) -> list[str]:
    by_name = {
        node["name"]: list(node["config"]["meta"]["partitions"]["by"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "partitioned"
    }
    if table not in by_name:
        near = difflib.get_close_matches(table, by_name, n=3)
        raise PortraitError(
            f"{table} is no table that is brought up to date by partitions.",
            f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(by_name)}.",
        )
    return by_name[table]


def _noted_reason(warehouse: duckdb.DuckDBPyConnection, table: str) -> str | None:
    try:
        noted = warehouse.execute(
            "select whole_because, previous_build from increments.builds where relation = ?",
            [table],
        ).fetchone()
    except (duckdb.CatalogException, duckdb.BinderException):
        noted = None
    if noted is None:
        raise PortraitError(f"No run has built {table} yet.", "Make the portraits: make run")
    reason, previous_build = noted
    if reason is None and previous_build is None:
        raise PortraitError(
            f"{table} was last built by a version that noted no reasons.", "Run again: make run"
        )
    return str(reason) if reason else None


def _touch(
    warehouse: duckdb.DuckDBPyConnection,
    because: str,
    queries: Mapping[str, str],
    partition: Mapping[str, str],
) -> Touch:
    conditions = [f"cast(touched.{identifier(column)} as varchar) = ?" for column in partition]
    asked = f"from ({queries['touched']}) as touched where {' and '.join(conditions) or 'true'}"
    values = list(partition.values())
    changed = warehouse.execute(f"select count(*) from ({queries['changed']})").fetchall()
    touched = warehouse.execute(f"select count(*) {asked}", values).fetchall()
    examples = warehouse.execute(f"select * {asked} order by all limit {_EXAMPLES}", values)
    names = [column[0] for column in examples.description]
    return Touch(
        because,
        changed[0][0],
        touched[0][0],
        [dict(zip(names, row, strict=True)) for row in examples.fetchall()],
    )
