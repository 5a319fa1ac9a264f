"""Who answers for each asset, what it can be searched by, where it stands and where its code is."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg

# Raw tables belong to whoever runs the sources, the rest to whoever answers for the numbers.
_OWNERS = {"raw": "team:data-engineering"}
_OTHERS = "team:analytics"
# Layers from what is given on, those that stand beside each other with one number.
_ORDER = (
    *(("seeds", "ingest"), ("raw",), ("staging",), ("inputs",), ("intermediate",)),
    *(("features",), ("ml",), ("tags",), ("marts",), ("published", "semantic")),
)
_PLACES = {layer: place for place, layers in enumerate(_ORDER) for layer in layers}
RAW = dg.AssetSelection.tag("layer", "raw")
"""The raw tables, whatever their group is called."""


def owned(assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """Gives every asset an owner, and its layer and source system as tags."""

    def with_owner(spec: dg.AssetSpec) -> dg.AssetSpec:
        layer = spec.group_name or "default"
        tags = {**spec.tags, "layer": layer}
        if layer == "raw":
            tags["source"] = spec.key.path[0].removeprefix("raw_")
        return spec.replace_attributes(owners=[_OWNERS.get(layer, _OTHERS)], tags=tags)

    return list(dg.map_asset_specs(with_owner, assets))


def in_order(assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """Puts the number of its layer before each group: Dagster lists groups by their names."""

    def numbered(spec: dg.AssetSpec) -> dg.AssetSpec:
        number = _PLACES.get(spec.group_name or "")
        if number is None:
            return spec
        return spec.replace_attributes(group_name=f"{number}_{spec.group_name}")

    return list(dg.map_asset_specs(numbered, assets))


def linked(assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """Gives every asset a link to the function that makes it, behind those that it has."""
    with _trying_out():
        referring = dg.with_source_code_references(assets)
    return [asset for asset in referring if isinstance(asset, dg.AssetsDefinition)]


def code_reference(file: Path) -> dict[str, Any]:
    """A link to a file as metadata; the path is found anew wherever the definitions are loaded."""
    with _trying_out():
        reference = dg.LocalFileCodeReference(file_path=str(file))
        return {
            "dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[reference])
        }


def _trying_out() -> "warnings.catch_warnings[None]":
    """Dagster calls its code references beta, with a warning for each."""
    return warnings.catch_warnings(action="ignore", category=dg.BetaWarning)
