"""The dbt project as its files declare it, read without dbt: sources, seeds, models and vars.

dbt needs five seconds of CPU to parse the project anew, as it has to after each new draft, and two
where nothing has changed. What one source needs is read here in a few hundredths.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import PortraitError
from orchestration.warehouse.manifest import Manifest, portrait_meta

# Ten times as fast as the one in Python, where libyaml is there.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# As a model's text refers to a raw table.
_SOURCE = re.compile(r"""source\(\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]+)['"]\s*\)""")


@dataclass(frozen=True)
class DeclaredProject:
    """A dbt project's folder; what stands in it is read when it is asked for."""

    folder: Path

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """`dbt_project.yml`."""
        return _read(self.folder / "dbt_project.yml")

    @cached_property
    def models(self) -> Mapping[str, Path]:
        """The SQL file of each model by its name."""
        return {path.stem: path for path in sorted(self.folder.glob("models/**/*.sql"))}

    @cached_property
    def seeds(self) -> Mapping[str, Mapping[str, Any]]:
        """Each seed by its name, as dbt's manifest has it."""
        declared = {
            seed["name"]: seed.get("config", {})
            for path in sorted(self.folder.glob("seeds/*.yml"))
            for seed in _entries(path, "seeds")
        }
        return {
            path.stem: {
                "schema": "seeds",
                "name": path.stem,
                "original_file_path": f"seeds/{path.name}",
                "config": {"column_types": {}, **declared.get(path.stem, {})},
            }
            for path in sorted(self.folder.glob("seeds/*.csv"))
        }

    @cached_property
    def manifest(self) -> Manifest:
        """The part of dbt's manifest that declares the sources, and which models read them."""
        tables = {
            f"source.{source['name']}.{table['name']}": _source_node(source, table)
            for path in sorted(self.folder.glob("models/**/*.yml"))
            if "sources:" in path.read_text(encoding="utf-8")
            for source in _entries(path, "sources")
            for table in source.get("tables", ())
        }
        readers: dict[str, list[str]] = {unique_id: [] for unique_id in tables}
        for model, path in self.models.items():
            for schema, table in _SOURCE.findall(path.read_text(encoding="utf-8")):
                readers.setdefault(f"source.{schema}.{table}", []).append(f"model.{model}")
        return {"sources": tables, "nodes": {}, "child_map": readers}

    def tables(self, sources: Collection[str]) -> list[Mapping[str, Any]]:
        """The declared tables of some source systems, and those of no source system."""
        return [
            node
            for node in self.manifest["sources"].values()
            if portrait_meta(node["source_meta"]).get("source_system") in (None, *sources)
        ]

    def layer(self, model: str) -> str:
        """The layer of a model: the first folder under models/."""
        return self.models[model].relative_to(self.folder / "models").parts[0]

    def kind(self, model: str) -> str:
        """How a model is made where its SQL says nothing of it: `view` or `table`."""
        layers = self.settings["models"][self.settings["name"]]
        kept = layers.get(self.layer(model), {}).get("+materialized", "view")
        return "view" if kept == "view" else "table"

    def columns(self, model: str) -> Mapping[str, Mapping[str, Any]]:
        """The columns of a model that its own yml declares, by name."""
        entries = _entries(self.models[model].with_suffix(".yml"), "models")
        found: Sequence[Mapping[str, Any]] = [e for e in entries if e["name"] == model]
        return {column["name"]: column for entry in found for column in entry.get("columns", ())}


def _source_node(source: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of a source, with what dbt hands down to it from the source."""
    of_source, of_table = _meta(source), _meta(table)
    portrait = {**of_source.get("portrait", {}), **of_table.get("portrait", {})}
    meta = {**of_source, **of_table, **({"portrait": portrait} if portrait else {})}
    return {
        "resource_type": "source",
        "source_name": source["name"],
        "source_meta": of_source,
        "source_description": source.get("description", ""),
        "schema": source.get("schema", source["name"]),
        "name": table["name"],
        "description": table.get("description", ""),
        "config": {"meta": meta},
        "columns": {
            column["name"]: {"data_type": None, "description": "", **column}
            for column in table.get("columns", ())
        },
    }


def _meta(declared: Mapping[str, Any]) -> Mapping[str, Any]:
    return declared.get("meta") or declared.get("config", {}).get("meta") or {}


def _entries(path: Path, kind: str) -> Iterator[Mapping[str, Any]]:
    """What a yml file declares of a kind.

    Raises:
        PortraitError: It is no yml that dbt could read.
    """
    read = _read(path) if path.exists() else {}
    listed = read.get(kind) or ()
    if not all(isinstance(entry, dict) and "name" in entry for entry in listed):
        raise PortraitError(f"{path} has {kind} without a name.", "Correct it.")
    yield from listed


def _read(path: Path) -> dict[str, Any]:
    try:
        read = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise PortraitError(f"{path} cannot be read: {why}", "Correct it.") from error
    if not isinstance(read or {}, dict):
        raise PortraitError(f"{path} declares nothing.", "Correct it, or delete it.")
    return read or {}
