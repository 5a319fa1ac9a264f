"""A warehouse as plain statements in order: seeds, models and tests, to be run without dbt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.quoting import quoted
from orchestration.warehouse.manifest import ORIGIN_TYPES
from orchestration.warehouse.partition_plan import PartitionedPlan

DATABASE = "warehouse"


@dataclass(frozen=True)
class Statement:
    """One relation, and how it is made.

    Attributes:
        relation: Schema and name.
        layer: Its layer.
        sql: The statement that makes the whole of it.
        query: The query behind it.
        plan: How it is brought up to date, if it is partitioned.
    """

    relation: str
    layer: str
    sql: str
    query: str = ""
    plan: PartitionedPlan | None = None


class PlainProject:
    """Everything a warehouse is made of: declared tables, seeds and models in order, data tests."""

    def __init__(
        self,
        declared: tuple[Statement, ...],
        built: tuple[Statement, ...],
        tests: tuple[Statement, ...],
        setup: Sequence[str] = (),
        warnings: tuple[Statement, ...] = (),
    ) -> None:
        """Keeps the statements; `setup` makes the record of builds, `warnings` are tests too."""
        self.setup = setup
        self.declared = declared
        self.built = built
        self.tests = tests
        self.warnings = warnings

    def create(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Creates schemas, declared tables (empty) and seeds in the database `warehouse`."""
        connection.execute(f"use {DATABASE}")
        for statement in (*self.declared, *self.built):
            schema = statement.relation.split(".")[0]
            connection.execute(f"create schema if not exists {schema}")
        for statement in self.declared:
            connection.execute(statement.sql)
        for sql in self.setup:
            connection.execute(sql)
        self.build(connection, {"seeds"})

    def build(
        self, connection: duckdb.DuckDBPyConnection, layers: Iterable[str] | None = None
    ) -> None:
        """Runs the statements of the given layers, by default of all, in the order of the graph."""
        wanted = None if layers is None else set(layers)
        for statement in self.built:
            if wanted is None or statement.layer in wanted:
                connection.execute(statement.sql)

    def update(
        self, connection: duckdb.DuckDBPyConnection, layers: Iterable[str]
    ) -> dict[str, str]:
        """Brings the given layers up to date, partitioned tables partition by partition.

        Returns:
            What was made of each partitioned table: `whole`, `partial` or `nothing`.
        """
        wanted = set(layers)
        made = {}
        for statement in self.built:
            if statement.layer in wanted:
                if statement.plan:
                    made[statement.relation] = statement.plan.update(connection, statement.query)
                else:
                    connection.execute(statement.sql)
        return made

    def failing_tests(self, connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
        """Failing rows of each data test of severity error that fails, by the test's name."""
        counts = {
            test.relation: connection.execute(f"select count(*) from ({test.sql})").fetchall()[0][0]
            for test in self.tests
        }
        return {name: count for name, count in counts.items() if count}


def relation_of(node: Mapping[str, Any]) -> str:
    """Schema and name of a node of dbt's manifest."""
    return f"{node['schema']}.{node.get('alias') or node['name']}"


def declared_table(source: Mapping[str, Any]) -> Statement:
    """An empty table as it is declared."""
    types = {column["name"]: column["data_type"] for column in source["columns"].values()}
    if source["schema"].startswith("raw_"):
        types |= {name: kind for name, kind in ORIGIN_TYPES.items() if name not in types}
    columns = ", ".join(f'"{name}" {data_type}' for name, data_type in types.items())
    relation = relation_of(source)
    return Statement(relation, source["schema"], f"create or replace table {relation} ({columns})")


def loaded_seed(seed: Mapping[str, Any], dbt_project: Path) -> Statement:
    """A seed, read from its file."""
    path = quoted(dbt_project / seed["original_file_path"])
    types = ", ".join(
        f"'{name}': '{data_type}'" for name, data_type in seed["config"]["column_types"].items()
    )
    relation = relation_of(seed)
    return Statement(
        relation,
        "seeds",
        f"create or replace table {relation} as "
        f"select * from read_csv({path}, header = true, columns = {{{types}}}, "
        "hive_partitioning = false)",
    )
