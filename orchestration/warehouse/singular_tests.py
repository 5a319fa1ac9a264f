"""Tests that read several models: for each, the asset that it is a check of."""

from typing import Any


def attach_singular_tests(manifest: dict[str, Any]) -> None:
    """Attaches each singular test that reads several models to the last of them.

    dagster-dbt makes an asset check only of a test that names its asset, in `meta.dagster.ref`. The
    model furthest down the graph is the one that can break what such a test says.
    """
    depths: dict[str, int] = {}

    def depth(unique_id: str) -> int:
        if unique_id not in depths:
            parents = manifest["parent_map"].get(unique_id, [])
            depths[unique_id] = 1 + max(map(depth, parents), default=0)
        return depths[unique_id]

    for node in manifest["nodes"].values():
        if node["resource_type"] != "test" or node.get("attached_node"):
            continue
        models = [name for name in node["depends_on"]["nodes"] if name in manifest["nodes"]]
        if len(node["depends_on"]["nodes"]) > 1 and models:
            last = max(models, key=lambda unique_id: (depth(unique_id), unique_id))
            meta = node["config"].setdefault("meta", {})
            meta.setdefault("dagster", {}).setdefault("ref", {"name": _name(manifest, last)})


def _name(manifest: dict[str, Any], unique_id: str) -> str:
    return str(manifest["nodes"][unique_id]["name"])
