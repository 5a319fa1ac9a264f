"""The dbt project's SQL as plain statements in order, to be run without dbt.

The tests draw small warehouses by the hundred and the benchmark asks what the SQL alone costs; both
need the statements that dbt would run, and not the seconds that dbt takes to start.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.warehouse.dbt_in_process import close_warehouse, parse_with
from orchestration.warehouse.manifest import layer_of
from orchestration.warehouse.partition_plan import PartitionedPlan, read_plans
from orchestration.warehouse.plain_project import (
    PlainProject,
    Statement,
    declared_table,
    loaded_seed,
    relation_of,
)


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
        declared=tuple(declared_table(source) for source in manifest["sources"].values()),
        built=tuple(
            loaded_seed(nodes[unique_id], project.dbt_project)
            if nodes[unique_id]["resource_type"] == "seed"
            else _make_model(nodes[unique_id], compiled[unique_id].compiled_code, plans)
            for unique_id in order
        ),
        tests=_tests(compiled.values(), "error"),
        warnings=_tests(compiled.values(), "warn"),
        setup=partitioned["setup"],
    )


def _tests(nodes: Iterable[Any], severity: str) -> tuple[Statement, ...]:
    return tuple(
        Statement(node.name, "tests", node.compiled_code)
        for node in nodes
        if node.resource_type == "test" and node.config.severity.lower() == severity
    )


def _make_model(
    model: Mapping[str, Any], code: str, plans: Mapping[str, PartitionedPlan]
) -> Statement:
    relation = relation_of(model)
    kind = "view" if model["config"]["materialized"] == "view" else "table"
    return Statement(
        relation,
        layer_of(model),
        f"create or replace {kind} {relation} as {code}",
        code,
        plans.get(model["name"]),
    )
