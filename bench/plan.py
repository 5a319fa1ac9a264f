"""What the measured scripts need to know of the project, in one JSON file.

dbt compiles it beforehand, in a process that is not measured:
`python -m bench.plan FILE [--vars JSON] SOURCE…`.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.warehouse.manifest import Manifest

BEFORE_ML, AFTER_ML = "before ml", "after ml"

# What an analyst would make by hand, and pandas_by_hand.py does.
COMPARED_TABLES = (
    "intermediate.int_customer_days",
    "features.feature_purchases",
    "features.feature_affinities",
    "features.feature_rfm",
)


@dataclass(frozen=True)
class Step:
    """One statement.

    Attributes:
        relation: What it makes, or the data test that it is.
        part: BEFORE_ML, AFTER_ML, or `test`.
        sql: The statement.
        is_compared: Whether one of COMPARED_TABLES needs it.
    """

    relation: str
    part: str
    sql: str
    is_compared: bool = False


@dataclass(frozen=True)
class Plan:
    """The steps in order, and of the manifest what declares tables, tags and predictions."""

    sources: Sequence[str]
    declared: Sequence[Step]
    built: Sequence[Step]
    tests: Sequence[Step]
    manifest: Manifest


def read_plan(path: Path) -> Plan:
    """The plan that `write_plan` wrote."""
    read: dict[str, Any] = json.loads(path.read_bytes())
    for name in ("declared", "built", "tests"):
        read[name] = [Step(**step) for step in read[name]]
    return Plan(**read)


def write_plan(
    path: Path, sources: Sequence[str], variables: Mapping[str, Any] | None = None
) -> None:
    """Compiles the dbt project and writes all of its statements.

    Args:
        path: Where to.
        sources: `NAME` or `NAME=PATH` of the source systems to land; none: the default one.
        variables: dbt vars.
    """
    from orchestration.entering import enter
    from orchestration.warehouse.current_manifest import current_manifest
    from orchestration.warehouse.plain_sql import compile_project

    project = enter()
    plain = compile_project(project, variables)
    manifest = current_manifest(project)
    names = {_relation(node): unique_id for unique_id, node in manifest["nodes"].items()}
    after_ml = set(_reach(manifest["child_map"], _ml_sources(manifest)))
    compared = set(_reach(manifest["parent_map"], [names[table] for table in COMPARED_TABLES]))
    made = {one.relation for one in plain.built}
    plan = Plan(
        sources=sources,
        declared=[Step(one.relation, BEFORE_ML, one.sql) for one in plain.declared],
        built=[
            Step(
                one.relation,
                AFTER_ML if names[one.relation] in after_ml else BEFORE_ML,
                one.sql,
                names[one.relation] in compared,
            )
            for one in plain.built
        ],
        tests=[
            Step(one.relation, "test", f"select count(*) from ({one.sql})") for one in plain.tests
        ],
        manifest={
            "sources": manifest["sources"],
            "exposures": manifest["exposures"],
            "nodes": {
                key: node
                for key, node in manifest["nodes"].items()
                if _is_model(node) and _relation(node) in made
            },
        },
    )
    path.write_text(json.dumps(asdict(plan)))


def _relation(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}.{node.get('alias') or node['name']}"


def _is_model(node: Mapping[str, Any]) -> bool:
    return bool(node["resource_type"] == "model")


def _ml_sources(manifest: Manifest) -> list[str]:
    return [key for key, node in manifest["sources"].items() if node["source_name"] == "ml"]


def _reach(edges: Mapping[str, Sequence[str]], starts: Sequence[str]) -> Iterator[str]:
    """The nodes that can be reached along the edges, the starts themselves among them."""
    waiting, seen = list(starts), set(starts)
    while waiting:
        node = waiting.pop()
        yield node
        new = [other for other in edges.get(node, []) if other not in seen]
        seen.update(new)
        waiting.extend(new)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.plan")
    parser.add_argument("file", type=Path)
    parser.add_argument("sources", nargs="*")
    parser.add_argument("--vars", type=json.loads, default={})
    options = parser.parse_args()
    write_plan(options.file, options.sources, options.vars)
