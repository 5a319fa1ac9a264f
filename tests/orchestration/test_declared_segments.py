"""How customers are segmented is declared in a file; what is declared wrongly is said."""

from typing import Any

import pytest

from ml.segment_rule import SegmentRule
from orchestration.errors import PortraitError
from orchestration.modelling.declared_segments import declared_segments
from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest

TOLD: dict[str, Any] = {
    "features": ["days_since_last_order", "discount_share"],
    "method": "gaussian_mixture",
    "rule": {"largest_k": 5, "minimum_share": 0.1},
}
FILE = "models/segments/mine.yml"


def manifest(*declared: Any, file: str = FILE) -> dict[str, Any]:
    names = ("shop", "customer_id", "as_of_date", "days_since_last_order", "discount_share")
    columns: dict[str, Any] = {name: {} for name in names}
    model = {"resource_type": "model", "name": "customer_features", "columns": columns}
    return {
        "nodes": {"model.portrait.customer_features": model},
        "exposures": {
            str(number): {
                "name": "mine",
                "original_file_path": file,
                "config": {"meta": {"segmentation": told} if told else {}},
            }
            for number, told in enumerate(declared)
        },
    }


def test_what_is_declared_is_the_rule() -> None:
    assert declared_segments(manifest(TOLD)) == SegmentRule(
        features=("days_since_last_order", "discount_share"),
        method="gaussian_mixture",
        largest_k=5,
        minimum_share=0.1,
    )
    assert declared_segments(manifest(TOLD, file="models/other.yml")).largest_k == 5


def test_the_default_is_declared(project: Project) -> None:
    assert declared_segments(current_manifest(project)) == SegmentRule()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"methods": "kmeans"}, "methods is without meaning"),
        ({"method": "k_means"}, "method is 'k_means', which is unknown. Did you mean kmeans"),
        ({"method": None}, "method should be of type str"),
        ({"features": "order_count"}, "features should be of type list"),
        ({"features": []}, "features names none"),
        ({"features": ["discount_share", "discount_share"]}, "features names one twice"),
        ({"features": ["discount_shar"]}, "a feature is 'discount_shar', which is unknown"),
        ({"features": ["customer_id"]}, "a feature is 'customer_id', which is unknown"),
        ({"rule": {"biggest_k": 3}}, "rule: biggest_k is without meaning"),
        ({"rule": {"largest_k": 2.5}}, "largest_k should be a whole number from 2 to 100"),
        ({"rule": {"largest_k": True}}, "largest_k should be a whole number"),
        ({"rule": {"minimum_share": 5}}, "minimum_share should be a number from 0 to 0.5"),
        ({"rule": {"smallest_k": 6, "largest_k": 5}}, "smallest_k 6 is above largest_k 5"),
    ],
)
def test_a_wrong_declaration_is_said(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(PortraitError) as raised:
        declared_segments(manifest({**TOLD, **changed}))
    assert told in str(raised.value)
    assert f"The segmentation mine ({FILE})" in str(raised.value)


def test_it_is_declared_once() -> None:
    with pytest.raises(PortraitError, match="declared once, and is: nowhere"):
        declared_segments(manifest())
    with pytest.raises(PortraitError, match=f"{FILE}, {FILE}"):
        declared_segments(manifest(TOLD, TOLD))
    with pytest.raises(PortraitError, match="says nothing that is known"):
        declared_segments(manifest(None))
