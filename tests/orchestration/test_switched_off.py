"""Staging models of sources that are off: those that read nothing else."""

from typing import Any

from orchestration.warehouse.switched_off import staging_without_source


def source(system: str | None) -> dict[str, Any]:
    return {"source_meta": {"portrait": {"source_system": system}} if system else {}}


def model(name: str, layer: str = "staging") -> dict[str, Any]:
    fqn = ["portrait", layer, name]
    return {"resource_type": "model", "schema": layer, "name": name, "fqn": fqn}


MANIFEST = {
    "sources": {
        "raw_till": source("till"),
        "raw_shop": source("shop"),
        "corrections": source(None),
    },
    "nodes": {
        "base": model("base_till"),
        "till": model("stg_till"),
        "both": model("stg_both"),
        "shop": model("stg_shop"),
        "none": model("stg_none"),
        "input": model("input_orders", "inputs"),
    },
    "parent_map": {
        "base": ["raw_till", "corrections"],
        "till": ["base"],
        "both": ["base", "raw_shop"],
        "shop": ["raw_shop"],
        "none": [],
        "input": ["till"],
    },
}


def test_what_reads_only_switched_off_systems_has_nothing_to_read() -> None:
    off = staging_without_source(MANIFEST, {"till"})
    assert off == {("staging", "base_till"), ("staging", "stg_till")}
    assert staging_without_source(MANIFEST, set()) == set()
    assert ("staging", "stg_both") in staging_without_source(MANIFEST, {"till", "shop"})
