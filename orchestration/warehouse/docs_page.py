"""dbt's documentation as one page that needs no server, of the tables as they are in the warehouse.

The page is dbt's own, which finds two documents within itself. `dbt docs generate --static` puts
them into a script element as they are: a column that a file calls `</script>…` would end the
element and run as a script of the page. Nor need anything be parsed or compiled again for it: the
manifest is there, and the SQL as the last build ran it.
"""

import json
import shutil
import traceback
from importlib.resources import files
from pathlib import Path
from typing import Any

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.quoting import json_in_html
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.manifest import Manifest
from orchestration.warehouse.opening import open_warehouse

DOCS = "docs"
"""The folder of the page in a published version."""

_PLACES = ('"MANIFEST.JSON INLINE DATA"', '"CATALOG.JSON INLINE DATA"')
# What of the manifest's head is the same whenever it is made.
_HEAD = ("dbt_schema_version", "dbt_version", "project_name", "adapter_type", "quoting")
_OF_THIS_MACHINE = ("root_path", "build_path", "compiled_path", "created_at")
_COLUMNS = """
    select schema_name, table_name, column_index, column_name, data_type, comment
    from duckdb_columns()
    where not internal and database_name = current_database()
    order by schema_name, table_name, column_index
"""

Catalog = dict[str, dict[str, Any]]


def write_docs_page(project: Project) -> Path:
    """Writes the page with every model, column and test.

    Args:
        project: The entered project, whose run lock is held.

    Raises:
        PortraitError: There is no warehouse to describe, or the dbt project has an error.
    """
    if not project.warehouse.exists():
        raise PortraitError(
            "There are no tables to describe yet.", "Make the portraits first: make run"
        )
    page = docs_page(project, current_manifest(project))
    project.docs_page.write_text(page, encoding="utf-8")
    return project.docs_page


def add_docs(project: Project, manifest: Manifest, folder: Path) -> None:
    """Writes the page of a version; if that fails, says so, and the tables go without it.

    Args:
        project: The entered project, whose run lock is held.
        manifest: What the tables were made by.
        folder: Of the version.
    """
    try:
        (folder / DOCS).mkdir()
        page = docs_page(project, manifest)
        (folder / DOCS / "index.html").write_text(page, encoding="utf-8")
    except Exception as error:
        shutil.rmtree(folder / DOCS, ignore_errors=True)
        progress.details.error(traceback.format_exc())
        progress.warning(
            f"The documentation could not be made: {error}. The tables are published without it. "
            "What to do: run again; if it stays, report it with the run's log."
        )


def docs_page(project: Project, manifest: Manifest) -> str:
    """The page, the same for the same code and tables.

    Args:
        project: The project.
        manifest: As dbt wrote it.
    """
    page = (files("dbt.task.docs") / "index.html").read_text(encoding="utf-8")
    documents = (_described(project, manifest), _catalog(project, manifest))
    for place, document in zip(_PLACES, documents, strict=True):
        page = page.replace(place, json_in_html(json.dumps(document)))
    return page


def _described(project: Project, manifest: Manifest) -> dict[str, Any]:
    """The manifest with the SQL that was run, and without times and paths of this machine."""
    head = {key: value for key, value in manifest["metadata"].items() if key in _HEAD}
    return {
        **manifest,
        "metadata": head,
        "nodes": {name: _node(project, node) for name, node in manifest["nodes"].items()},
    }


def _node(project: Project, node: dict[str, Any]) -> dict[str, Any]:
    compiled = project.dbt_target / "compiled" / node["package_name"] / node["original_file_path"]
    is_there = node["resource_type"] == "model" and compiled.is_file()
    return {
        **{key: value for key, value in node.items() if key not in _OF_THIS_MACHINE},
        "compiled": is_there,
        "compiled_code": compiled.read_text(encoding="utf-8") if is_there else None,
    }


def _catalog(project: Project, manifest: Manifest) -> Catalog:
    """The tables of the manifest that the warehouse has, with their columns, as dbt writes it."""
    held: dict[tuple[str, str], dict[str, Any]] = {}
    with open_warehouse(project.warehouse) as warehouse:
        for schema, table, index, name, kind, comment in warehouse.execute(_COLUMNS).fetchall():
            column = {"type": kind, "index": index, "name": name, "comment": comment}
            held.setdefault((schema, table), {})[name] = column
    return {
        "nodes": _tables(manifest["nodes"], "alias", held),
        "sources": _tables(manifest["sources"], "identifier", held),
    }


def _tables(
    declared: dict[str, Any], called: str, held: dict[tuple[str, str], dict[str, Any]]
) -> Catalog:
    return {
        unique_id: {
            "unique_id": unique_id,
            "metadata": {
                "type": node.get("config", {}).get("materialized") or "table",
                "database": node["database"],
                "schema": node["schema"],
                "name": node[called],
            },
            "columns": held[node["schema"], node[called]],
            "stats": {},
        }
        for unique_id, node in declared.items()
        if (node["schema"], node.get(called)) in held
    }
