"""Which columns each column of a model is made from, read off the SQL that dbt has compiled.

It is read from features on: half a second of CPU in a run; what comes before would be another half.
What was read is kept beside the parsed project, until the SQL or the columns that it reads differ.
It follows values: what only filters or joins rows is no origin of a column, and a count of rows has
none. sqlglot takes the parts of a union by their position, so a union by name is left without.
"""

import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from orchestration import progress
from orchestration.code_digest import hash_code
from orchestration.project import Project
from orchestration.state.kept_files import keep, read_kept
from orchestration.warehouse.manifest import Manifest, layer_of
from orchestration.warehouse.opening import open_warehouse
from orchestration.warehouse.relation import Relation

_DIALECT = "duckdb"
_LAYERS = ("features", "tags", "marts")

# Schema → table → column → type.
_Columns = dict[str, dict[str, dict[str, str]]]
# The origins of each column, and the digest of the SQL and the columns that they were read off.
_Read = tuple[str, dict[str, list["Origin"]]]


class Origin(NamedTuple):
    """A column of a table or view."""

    schema: str
    table: str
    column: str


class LineageReader:
    """Reads the lineage of models while they are built, each after those that it reads."""

    def __init__(self, project: Project, manifest: Manifest) -> None:
        """Looks at no model yet."""
        self._project = project
        self._manifest = manifest
        self._columns: _Columns = {}
        self._known = _read_before(project)
        self._is_any_new = False

    def origins(self, unique_id: str, relation: Relation) -> dict[str, list[Origin]]:
        """The origins of each column of a model that was just made; empty where they are not known.

        Args:
            unique_id: dbt's id of the model.
            relation: The model in the warehouse.
        """
        node = self._manifest["nodes"][unique_id]
        if not self._columns:
            self._columns = self._all_columns()
        held = {column.name: column.data_type for column in relation.columns}
        self._columns.setdefault(node["schema"], {})[node["alias"]] = held
        compiled = self._project.dbt_target / "compiled" / node["package_name"]
        file = compiled / node["original_file_path"]
        if layer_of(node) not in _LAYERS or not file.exists():
            return {}
        try:
            return self._known_or_read(unique_id, file.read_text("utf-8"), self._read_by(node))
        except SqlglotError as error:
            progress.detail("info", f"No column lineage of {relation.name}: {error}")
            return {}

    def keep(self) -> None:
        """Keeps what was read, of each model the last, for the next run."""
        if self._is_any_new and self._project.cache:
            keep(self._project.cache, _made_from(), json.dumps(self._known).encode())

    def _known_or_read(
        self, unique_id: str, sql: str, columns: _Columns
    ) -> dict[str, list[Origin]]:
        digest = hashlib.sha256(json.dumps([sql, columns]).encode()).hexdigest()
        known, origins = self._known.get(unique_id, ("", {}))
        if known != digest:
            origins = origins_of(sql, columns)
            self._known[unique_id] = digest, origins
            self._is_any_new = True
        return origins

    def _read_by(self, node: dict[str, Any]) -> _Columns:
        columns: _Columns = {}
        for unique_id in node["depends_on"]["nodes"]:
            parent = self._manifest["nodes"].get(unique_id) or self._manifest["sources"][unique_id]
            schema, name = parent["schema"], parent.get("alias") or parent["name"]
            columns.setdefault(schema, {})[name] = self._columns.get(schema, {}).get(name, {})
        return columns

    def _all_columns(self) -> _Columns:
        columns: _Columns = {}
        with open_warehouse(self._project.warehouse) as warehouse:
            for schema, table, column, kind in warehouse.execute(
                "select schema_name, table_name, column_name, data_type from duckdb_columns()"
                " where not internal"
            ).fetchall():
                columns.setdefault(schema, {}).setdefault(table, {})[column] = kind
        return columns


def _read_before(project: Project) -> dict[str, _Read]:
    content = read_kept(project.cache, _made_from()) if project.cache else None
    return {
        unique_id: (
            digest,
            {column: [Origin(*one) for one in found] for column, found in origins.items()},
        )
        for unique_id, (digest, origins) in json.loads(content or b"{}").items()
    }


def _made_from() -> str:
    """Differs whenever the same SQL may be read otherwise."""
    return f"column lineage {version('sqlglot')} {hash_code([Path(__file__)])}"


def origins_of(sql: str, columns: _Columns) -> dict[str, list[Origin]]:
    """The origins of each column of a query, in order; empty for a union by name.

    Args:
        sql: A query that names each table with database and schema.
        columns: The columns of the tables that it reads.

    Raises:
        SqlglotError: sqlglot does not understand it.
    """
    query = parse_one(sql, dialect=_DIALECT)
    if any(union.args.get("by_name") for union in query.find_all(exp.SetOperation)):
        return {}
    databases = {table.catalog for table in query.find_all(exp.Table) if table.catalog}
    query = qualify(
        query,
        dialect=_DIALECT,
        schema=dict.fromkeys(databases, columns),
        validate_qualify_columns=False,
        quote_identifiers=False,
    )
    # Qualified once and never trimmed to one column: a tenth of the time that sqlglot takes alone.
    found = lineage(
        None,
        query,
        {},
        dialect=_DIALECT,
        scope=build_scope(query),
        trim_selects=False,
        copy=False,
    )
    return {column: sorted(set(_tables(node))) for column, node in found.items()}


def _tables(node: Node) -> Iterator[Origin]:
    for leaf in node.walk():
        table = leaf.expression
        if not leaf.downstream and isinstance(table, exp.Table):
            yield Origin(table.db, table.name, leaf.name.rpartition(".")[2].strip('"'))
