"""What the orchestration reads from dbt's manifest: the declared source systems, tables and marts.

Tables, columns and files are declared once, in the yml files of the dbt project. This module turns
the manifest's JSON into small records; it needs neither dbt nor Dagster.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from orchestration.warehouse.options import (
    SYSTEM_OPTIONS,
    TABLE_OPTIONS,
    ReadOptions,
    check_options,
    read_options,
    written_columns,
)
from orchestration.warehouse.questions import Question, read_questions
from orchestration.warehouse.singular_tests import attach_singular_tests

Manifest = Mapping[str, Any]

# Columns that landing adds to every raw table, declared after the business columns.
ORIGIN_TYPES = {
    "_origin_file": "varchar",
    "_origin_row": "bigint",
    "_load_id": "varchar",
    "_loaded_at": "timestamp",
}
ORIGIN_COLUMNS = tuple(ORIGIN_TYPES)
# The schema of what landing remembers for itself.
_LANDING_RECORDS = "ingest"


@dataclass(frozen=True)
class Column:
    """A declared column; `data_type` is a DuckDB type, `is_personal`: it says who somebody is."""

    name: str
    data_type: str
    description: str
    is_personal: bool = False


@dataclass(frozen=True)
class Table:
    """A declared table that Python writes, or a mart that is published."""

    schema: str
    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def relation(self) -> str:
        """The table's quoted name in SQL."""
        return f'"{self.schema}"."{self.name}"'

    @property
    def business_columns(self) -> tuple[Column, ...]:
        """The columns that the data brings, without those that landing adds."""
        return tuple(column for column in self.columns if column.name not in ORIGIN_COLUMNS)


@dataclass(frozen=True)
class RawTable(Table):
    """A raw table, and how it is read.

    Attributes:
        files: Patterns in the order they are tried.
        files_beside: Patterns whose files are rows of it too, beside those of the first that finds
            some.
        reader: How they are read; `auto`: by their ending.
        header_starts_with: How the header of plain lines begins, where there is one.
        options: How the files are written.
        written: Column → how its times or amounts are written, where a file that writes them in
            another way is to be asked about.
        beside: Columns, in lower case, of each other table that reads the same files: sheets of a
            workbook.
        is_read: Whether a model reads it. What is wrong with the files of another stops nothing.
    """

    files: tuple[str, ...]
    reader: str
    header_starts_with: str | None
    options: ReadOptions = field(default_factory=ReadOptions)
    written: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[frozenset[str], ...] = ()
    is_read: bool = True
    files_beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceSystem:
    """A shop, till system or app, with the raw tables that are landed from its files.

    `left_out` names files that are not read though a table's pattern finds them.
    """

    name: str
    schema: str
    description: str
    tables: tuple[RawTable, ...]
    package: str | None
    folder: str
    is_default: bool
    is_simulated: bool = False
    questions: tuple[Question, ...] = ()
    left_out: tuple[str, ...] = ()


def read_manifest(path: Path) -> Manifest:
    """The manifest that dbt wrote, with every singular test given its asset.

    What is switched off is not in it.
    """
    manifest: dict[str, Any] = json.loads(path.read_bytes())
    _drop_switched_off(manifest)
    attach_singular_tests(manifest)
    return manifest


def _drop_switched_off(manifest: dict[str, Any]) -> None:
    """Drops the tests of models that are not enabled: dbt lists them still, and runs none."""
    off = {
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if not node["config"].get("enabled", True)
    }
    manifest["nodes"] = {
        unique_id: node for unique_id, node in manifest["nodes"].items() if unique_id not in off
    }
    for side in ("parent_map", "child_map"):
        manifest[side] = {
            unique_id: [one for one in others if one not in off]
            for unique_id, others in manifest[side].items()
            if unique_id not in off
        }


def source_systems(manifest: Manifest) -> dict[str, SourceSystem]:
    """The declared source systems by name."""
    tables: dict[str, list[Mapping[str, Any]]] = {}
    for unique_id, source in manifest["sources"].items():
        system = portrait_meta(source["source_meta"]).get("source_system")
        if system:
            children = manifest.get("child_map", {}).get(unique_id, ["?"])
            is_read = any(not child.startswith("test.") for child in children)
            tables.setdefault(system, []).append({**source, "is_read": is_read})
    return {name: _source_system(name, tables[name]) for name in sorted(tables)}


@dataclass(frozen=True)
class AgeLimits:
    """How old something may get before somebody should know."""

    warn_after: timedelta | None
    error_after: timedelta


def source_limits(manifest: Manifest) -> dict[str, AgeLimits]:
    """By schema of raw tables the `freshness` that dbt lets a source declare, where one does."""
    limits = {}
    for source in manifest["sources"].values():
        declared = source.get("freshness") or {}
        error_after = _period(declared.get("error_after"))
        warn_after = _period(declared.get("warn_after"))
        longest = error_after or warn_after
        if longest:
            limits[source["schema"]] = AgeLimits(warn_after if error_after else None, longest)
    return limits


def _period(declared: Mapping[str, Any] | None) -> timedelta | None:
    if not declared or not declared.get("count") or not declared.get("period"):
        return None
    return timedelta(**{f"{declared['period']}s": declared["count"]})


def ml_tables(manifest: Manifest) -> dict[str, Table]:
    """The tables that the Python steps write, by name."""
    sources = manifest["sources"].values()
    return {node["name"]: table_of(node) for node in sources if node["source_name"] == "ml"}


def models_with_meta(manifest: Manifest, key: str) -> Iterator[tuple[Table, Any]]:
    """The models that declare something under this key of their meta, with what they declare."""
    return (
        (table_of(node), node["config"]["meta"][key])
        for node in _models(manifest)
        if key in node["config"]["meta"]
    )


def all_relations(manifest: Manifest) -> set[tuple[str, str]]:
    """(schema, name) of everything that a run makes in the warehouse."""
    sources = {
        (node["schema"], node["name"])
        for node in manifest["sources"].values()
        if node["schema"] != _LANDING_RECORDS
    }
    return sources | {
        (node["schema"], node["name"])
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed", "snapshot")
        and node["config"]["materialized"] != "ephemeral"
    }


def layer_of(node: Mapping[str, Any]) -> str:
    """The layer of a dbt node: the first folder under models/, or `seeds`, `snapshots`."""
    if node["resource_type"] == "model":
        return str(node["fqn"][1])
    return f"{node['resource_type']}s"


def _models(manifest: Manifest) -> Iterator[Mapping[str, Any]]:
    return (node for node in manifest["nodes"].values() if node["resource_type"] == "model")


def portrait_meta(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a `meta` says to this project."""
    return meta.get("portrait") or {}


def _columns(node: Mapping[str, Any]) -> tuple[Column, ...]:
    return tuple(_column(column) for column in node["columns"].values())


def _column(said: Mapping[str, Any]) -> Column:
    is_personal = said.get("config", {}).get("meta", {}).get("sensitivity") == "personal"
    return Column(said["name"], said["data_type"] or "?", said["description"], is_personal)


def table_of(node: Mapping[str, Any]) -> Table:
    """The table that a source or model of dbt declares."""
    return Table(node["schema"], node["name"], node["description"], _columns(node))


def _source_system(name: str, sources: list[Mapping[str, Any]]) -> SourceSystem:
    meta = portrait_meta(sources[0]["source_meta"])
    check_options(sources[0]["schema"], meta, SYSTEM_OPTIONS)
    return SourceSystem(
        name=name,
        schema=sources[0]["schema"],
        description=sources[0]["source_description"],
        tables=_beside_others([_raw_table(source) for source in sources]),
        package=meta.get("package"),
        folder=meta.get("folder", ""),
        is_default=meta.get("is_default", False),
        is_simulated=meta.get("simulator", False),
        questions=read_questions(sources[0]["schema"], meta),
        left_out=tuple(map(str, meta.get("leave_out", ()))),
    )


def _of_all(meta: Mapping[str, Any]) -> dict[str, Any]:
    """What of a source's options is about each of its files."""
    return {name: meta[name] for name in ("encoding",) if name in meta}


def _beside_others(tables: list[RawTable]) -> tuple[RawTable, ...]:
    """The tables, each knowing the others of its files."""
    columns = {t.name: frozenset(c.name.lower() for c in t.business_columns) for t in tables}
    return tuple(
        replace(
            table,
            beside=tuple(
                columns[other.name]
                for other in tables
                if other is not table and set(other.files) & set(table.files)
            ),
        )
        for table in tables
    )


def _raw_table(source: Mapping[str, Any]) -> RawTable:
    meta = portrait_meta(source["config"]["meta"])
    # dbt hands the options of the source down to its tables.
    relation = f"{source['schema']}.{source['name']}"
    check_options(relation, meta, {*SYSTEM_OPTIONS, *TABLE_OPTIONS})
    return RawTable(
        schema=source["schema"],
        name=source["name"],
        description=source["description"],
        columns=_columns(source),
        files=tuple(meta.get("files", ())),
        reader=meta.get("reader", "auto"),
        header_starts_with=meta.get("header_starts_with"),
        # What is said of the whole source holds where a table says nothing.
        options=read_options(relation, {**_of_all(portrait_meta(source["source_meta"])), **meta}),
        written=written_columns(relation, meta),
        is_read=source["is_read"],
        files_beside=tuple(meta.get("files_beside", ())),
    )
