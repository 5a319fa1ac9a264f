"""The dbt project's SQL as plain statements in order, to be run without dbt.

The tests draw small warehouses by the hundred and the benchmark asks what the SQL alone costs; both
need the statements that dbt would run, and not the seconds that dbt takes to start.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.quoting import quoted
from orchestration.warehouse.dbt_in_process import close_warehouse, parse_with
from orchestration.warehouse.manifest import ORIGIN_TYPES, layer_of
from orchestration.warehouse.partition_plan import PartitionedPlan, read_plans

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
    ) -> None:
        """Keeps the statements; `setup` makes the record of builds."""
        self.setup = setup
        self.declared = declared
        self.built = built
        self.tests = tests

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


def compile_project(
    project: Project,
    variables: Mapping[str, Any] | None = None,
    selection: Sequence[str] = (),
) -> PlainProject:
    """Compiles the dbt project for a database named `warehouse`.

    Args:
        project: The project; its warehouse file is opened to compile, but not changed.
        variables: dbt vars.
        selection: Models, as dbt selects; there are then no others, no tests, and no plans of how
            tables are brought up to date. Empty: everything.

    Returns:
        The statements that dbt would run, unit tests left out.

    Raises:
        PortraitError: The dbt project does not compile.
    """
    parsed = parse_with(project, variables or {})
    manifest = parsed.writable_manifest().to_dict(omit_none=False)
    as_json = json.dumps(dict(variables or {}))
    # Not --quiet: what was selected would be printed all the same.
    silent = ("--log-level", "none", "--log-level-file", "none")
    arguments = [*silent, "--no-write-json", "compile"]
    arguments += ["--vars", as_json]
    if selection:
        arguments += ["--select", *selection, "--exclude", "resource_type:test"]
    try:
        outcome = dbtRunner(manifest=parsed).invoke(arguments)
    finally:
        close_warehouse()
    if not (outcome.success and isinstance(outcome.result, RunExecutionResult)):
        raise PortraitError(
            f"The dbt project does not compile: {outcome.exception}",
            f"Correct the model that it names. dbt's log: {project.dbt_log}",
        )
    compiled: dict[str, Any] = {
        result.node.unique_id: result.node for result in outcome.result.results
    }
    partitioned: dict[str, Any] = {"setup": [], "plans": {}}
    for node in compiled.values():
        if node.name == "partitioned_plans":
            partitioned = json.loads(node.compiled_code)
    plans = read_plans(partitioned["plans"])
    nodes = {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "seed"
        or (node["resource_type"] == "model" and unique_id in compiled)
    }
    order = TopologicalSorter(
        {
            unique_id: [parent for parent in node["depends_on"].get("nodes", []) if parent in nodes]
            for unique_id, node in nodes.items()
        }
    ).static_order()
    return PlainProject(
        declared=tuple(_declare(source) for source in manifest["sources"].values()),
        built=tuple(
            _load_seed(nodes[unique_id], project.dbt_project)
            if nodes[unique_id]["resource_type"] == "seed"
            else _make_model(nodes[unique_id], compiled[unique_id].compiled_code, plans)
            for unique_id in order
        ),
        tests=tuple(
            Statement(node.name, "tests", node.compiled_code)
            for node in compiled.values()
            if node.resource_type == "test" and node.config.severity.lower() == "error"
        ),
        setup=partitioned["setup"],
    )


def _relation(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}.{node.get('alias') or node['name']}"


def _declare(source: Mapping[str, Any]) -> Statement:
    types = {column["name"]: column["data_type"] for column in source["columns"].values()}
    if source["schema"].startswith("raw_"):
        types |= {name: kind for name, kind in ORIGIN_TYPES.items() if name not in types}
    columns = ", ".join(f'"{name}" {data_type}' for name, data_type in types.items())
    relation = _relation(source)
    return Statement(relation, source["schema"], f"create or replace table {relation} ({columns})")


def _load_seed(seed: Mapping[str, Any], dbt_project: Path) -> Statement:
    path = quoted(dbt_project / seed["original_file_path"])
    types = ", ".join(
        f"'{name}': '{data_type}'" for name, data_type in seed["config"]["column_types"].items()
    )
    relation = _relation(seed)
    return Statement(
        relation,
        "seeds",
        f"create or replace table {relation} as "
        f"select * from read_csv({path}, header = true, columns = {{{types}}}, "
        "hive_partitioning = false)",
    )


def _make_model(
    model: Mapping[str, Any], code: str, plans: Mapping[str, PartitionedPlan]
) -> Statement:
    relation = _relation(model)
    kind = "view" if model["config"]["materialized"] == "view" else "table"
    return Statement(
        relation,
        layer_of(model),
        f"create or replace {kind} {relation} as {code}",
        code,
        plans.get(model["name"]),
    )
