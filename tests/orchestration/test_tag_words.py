"""Who reads a published column sees what it means, not where that would be said."""

from typing import Any

from orchestration.entering import entered
from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.published_marts import published_marts
from orchestration.warehouse.tag_words import PLACEHOLDER

TIER = {
    "key": "tier",
    "labels": [{"label": "none"}],
    "bands": [{"from": 0, "label": "low"}, {"from": 5, "label": "top"}],
}


def model(name: str, layer: str, columns: dict[str, Any]) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "schema": layer,
        "description": "",
        "fqn": ["portrait", layer, name],
        "config": {"meta": {}},
        "columns": {
            column: {"name": column, "data_type": "varchar", **described}
            for column, described in columns.items()
        },
    }


def test_a_tag_says_what_it_means_and_its_values() -> None:
    tag = {"description": "By spend.\n  NULL without an order.", "config": {"meta": {"tag": TIER}}}
    mart = {"tier": {"description": f"{PLACEHOLDER}."}, "note": {"description": "Its own."}}
    nodes = {1: model("tags_value", "tags", {"tier": tag}), 2: model("profiles", "marts", mart)}
    tier, note = published_marts({"nodes": nodes})["profiles"].columns
    assert tier.description == (
        "By spend. NULL without an order. Values: none, low, top. "
        "Why it holds of a customer: customer_tags."
    )
    assert note.description == "Its own."


def test_every_published_column_is_described(project: Project) -> None:
    with entered(project):
        marts = published_marts(current_manifest(project))
    columns = [(mart, column) for mart in marts.values() for column in mart.columns]
    assert len(columns) > 200
    assert [
        f"{mart.name}.{column.name}"
        for mart, column in columns
        if len(column.description) < 5 or PLACEHOLDER in column.description
    ] == []
