"""A part of the dbt project, built: node by node, with its progress and what went wrong.

The graph makes one hop through Python. Everything that needs no output of it is built before, so
that a run invokes dbt twice and no more.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.project import Project
from orchestration.warehouse.acceptance import (
    check_any_order_accepted,
    warn_of_sources_without_customers,
)
from orchestration.warehouse.build_outcome import LayerProgress, raise_failures, warn_of
from orchestration.warehouse.dbt_in_process import Build, Event, code_before_parsing
from orchestration.warehouse.held_questions import unknown_statuses, write_statuses
from orchestration.warehouse.manifest import Manifest, layer_of, source_systems
from orchestration.warehouse.opening import open_warehouse
from orchestration.warehouse.relation import Relation, describe_relation
from orchestration.warehouse.removed_models import drop_removed_models

# Models and tests downstream of the tables that Python writes, and the tests of these tables.
AFTER_ML = "source:ml+"
_RELATIONS = ("model", "seed", "snapshot")


@dataclass(frozen=True)
class Node:
    """A node that dbt is done with.

    Attributes:
        event: What dbt said of it.
        relation: What it made; None of a test, and of what failed.
    """

    event: Event
    relation: Relation | None


def build_models(
    project: Project,
    manifest: Manifest,
    selection: Sequence[str],
    expected: Counter[str],
    *,
    is_full_refresh: bool = False,
) -> Iterator[Node]:
    """Builds and tests the selected part, and tells each layer as it is done.

    Args:
        project: The entered project; with its past day, if it has one.
        manifest: The manifest of the dbt project.
        selection: Arguments of `dbt build` that select.
        expected: How many relations that are, by layer.
        is_full_refresh: Every table whole; else partitions that nothing new touches stay.

    Raises:
        PortraitError: A node failed, or no order was accepted. The nodes before were given.
    """
    build = Build(project, [*selection, *_options(project, is_full_refresh=is_full_refresh)])
    layers = LayerProgress(manifest, expected)
    # A connection of its own: DuckDB refuses a call on one that dbt is just using.
    with open_warehouse(project.warehouse) as warehouse:
        drop_removed_models(warehouse, manifest)
        for event in build:
            info = event["data"]["node_info"]
            node = manifest["nodes"].get(info["unique_id"])
            relation = describe_relation(warehouse, node) if _is_made(info, node) else None
            if relation:
                layers.add(info, relation.row_count)
            yield Node(event, relation)
    with open_warehouse(project.warehouse) as warehouse:
        warn_of(warehouse, build.nodes_with("warn"))
        check_any_order_accepted(warehouse, source_systems(manifest))
    raise_failures(build.nodes_with("error", "fail"), build.exception, project.dbt_log)
    if expected["intermediate"]:  # The half in which they are judged.
        with open_warehouse(project.warehouse) as warehouse:
            warn_of_sources_without_customers(warehouse)
            write_statuses(project.unknown_statuses, unknown_statuses(warehouse))


def build_half(
    project: Project, manifest: Manifest, *, after_ml: bool, is_full_refresh: bool = False
) -> None:
    """Builds all that comes before the Python steps, or all that comes after them.

    Raises:
        PortraitError: As `build_models`.
    """
    chosen = relations_after_ml(manifest)
    expected = Counter(
        layer_of(node)
        for unique_id, node in manifest["nodes"].items()
        if _is_relation(node) and (unique_id in chosen) is after_ml
    )
    selection = ["--select" if after_ml else "--exclude", AFTER_ML]
    nodes = build_models(project, manifest, selection, expected, is_full_refresh=is_full_refresh)
    for _ in nodes:
        pass


def relations_after_ml(manifest: Manifest) -> set[str]:
    """Dbt's ids of everything downstream of the tables that Python writes."""
    found: set[str] = set()
    left = [
        unique_id
        for unique_id, source in manifest["sources"].items()
        if source["source_name"] == "ml"
    ]
    while left:
        children = manifest["child_map"].get(left.pop(), [])
        left += [child for child in children if child not in found]
        found.update(children)
    return found


def _options(project: Project, *, is_full_refresh: bool) -> list[str]:
    # Unit tests check the code, not the data: they belong to `make test`.
    options = ["--exclude-resource-type", "unit_test"]
    if is_full_refresh:
        options.append("--full-refresh")
    variables = {"code": code_before_parsing(project)}
    if project.past_day:
        variables["as_of_date"] = project.past_day
    return [*options, "--vars", json.dumps(variables)]


def _is_relation(node: Any) -> bool:
    return node["resource_type"] in _RELATIONS and node["config"]["materialized"] != "ephemeral"


def _is_made(info: Event, node: Any) -> bool:
    return node is not None and _is_relation(node) and info["node_status"] == "success"
