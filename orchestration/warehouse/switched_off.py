"""Which staging models have nothing to read, because their source systems are switched off."""

from collections.abc import Collection, Mapping

from orchestration.warehouse.manifest import Manifest, layer_of


def staging_without_source(manifest: Manifest, off: Collection[str]) -> set[tuple[str, str]]:
    """(schema, name) of the staging models that read no source system but those that are off."""
    systems: dict[str, set[str]] = {}

    def read_by(unique_id: str) -> set[str]:
        if unique_id not in systems:
            source = manifest["sources"].get(unique_id)
            parents = manifest["parent_map"].get(unique_id, [])
            systems[unique_id] = (
                _system_of(source) if source else set().union(*map(read_by, parents))
            )
        return systems[unique_id]

    return {
        (node["schema"], node["name"])
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and layer_of(node) == "staging"
        and read_by(unique_id)
        and read_by(unique_id) <= set(off)
    }


def _system_of(source: Mapping[str, object]) -> set[str]:
    meta = source["source_meta"]
    told = meta.get("portrait") if isinstance(meta, Mapping) else None
    system = told.get("source_system") if isinstance(told, Mapping) else None
    return {str(system)} if system else set()
