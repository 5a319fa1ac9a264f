"""Who answers for each asset, and what it can be searched by."""

from collections.abc import Sequence

import dagster as dg

# Raw tables belong to whoever runs the sources, the rest to whoever answers for the numbers.
_OWNERS = {"raw": "team:data-engineering"}
_OTHERS = "team:analytics"


def owned(assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """Gives every asset an owner, and its layer and source system as tags."""

    def with_owner(spec: dg.AssetSpec) -> dg.AssetSpec:
        layer = spec.group_name or "default"
        tags = {**spec.tags, "layer": layer}
        if layer == "raw":
            tags["source"] = spec.key.path[0].removeprefix("raw_")
        return spec.replace_attributes(owners=[_OWNERS.get(layer, _OTHERS)], tags=tags)

    return list(dg.map_asset_specs(with_owner, assets))
