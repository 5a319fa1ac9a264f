"""Which marts are published, and how each is described and its rows told apart."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from orchestration.warehouse.manifest import Column, Manifest, Table, portrait_meta, table_of
from orchestration.warehouse.tag_words import PLACEHOLDER, personal_tags, tag_descriptions


@dataclass(frozen=True)
class Parts:
    """How the Parquet of a large mart is cut.

    Attributes:
        above_rows: A mart with no more rows is one file.
        by: Names of the parts' folders, with what they say in SQL; the outermost first.
    """

    above_rows: int
    by: Mapping[str, str]


@dataclass(frozen=True)
class Mart(Table):
    """A mart that is published.

    Attributes:
        grain: The columns that tell its rows apart, as its test unique_grain names them.
        parts: How its Parquet is cut when it is large, if it ever is.
        is_view: Nobody counts its rows before it is published.
    """

    grain: tuple[str, ...] = ()
    parts: Parts | None = None
    is_view: bool = False


def published_marts(manifest: Manifest) -> dict[str, Mart]:
    """The models of the marts layer by name, but those whose meta says `published: false`.

    Their columns that are tags are described as the tags are, and personal where these are.
    """
    tags, personal = tag_descriptions(manifest), personal_tags(manifest)
    grains = _grains(manifest)
    marts = {
        unique_id: (
            table_of(node),
            _parts(portrait_meta(node["config"]["meta"])),
            node["config"].get("materialized") == "view",
        )
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and node["fqn"][1] == "marts"
        and portrait_meta(node["config"]["meta"]).get("published", True)
    }
    return {
        table.name: Mart(
            table.schema,
            table.name,
            table.description,
            tuple(_described(column, tags, personal) for column in table.columns),
            grains.get(unique_id, ()),
            parts,
            is_view,
        )
        for unique_id, (table, parts, is_view) in sorted(
            marts.items(), key=lambda item: item[1][0].name
        )
    }


def _parts(meta: Mapping[str, Any]) -> Parts | None:
    said = meta.get("parquet_parts")
    return Parts(int(said["above_rows"]), said["by"]) if said else None


def _grains(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """By unique id of a model the columns that its test of the grain names."""
    return {
        node["attached_node"]: tuple(
            column
            for given in ("columns", "optional")
            for column in node["test_metadata"]["kwargs"].get(given, ())
        )
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "unique_grain"
    }


def _described(column: Column, tags: Mapping[str, str], personal: Set[str]) -> Column:
    if column.description.startswith(PLACEHOLDER):
        column = replace(column, description=tags[column.name])
    return replace(column, is_personal=column.is_personal or column.name in personal)
