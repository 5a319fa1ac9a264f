"""What is predicted is declared beside its labels; what is declared wrongly is said."""

from typing import Any

import pytest

from ml.target import Target
from orchestration.errors import PortraitError
from orchestration.modelling.targets import declared_labels

AGAIN = {
    "name": "again",
    "target": "has_come_again",
    "outcome": "has_come",
    "horizon_days": 60,
}


def manifest(**models: dict[str, Any]) -> dict[str, Any]:
    columns = {
        name: {"name": name, "data_type": "", "description": ""}
        for name in ("shop", "customer_id", "as_of_date", "has_come")
    }
    return {
        "nodes": {
            name: {
                "resource_type": "model",
                "schema": "features",
                "name": name,
                "description": "",
                "columns": columns,
                "config": {"meta": meta},
            }
            for name, meta in models.items()
        }
    }


def test_targets_come_by_name_with_their_labels() -> None:
    later, again = {**AGAIN, "name": "later"}, AGAIN
    declared = declared_labels(
        manifest(a={"prediction": later}, b={"prediction": again}, c={}, d={"partitions": {}})
    )
    assert [labels.target for labels in declared] == [
        Target("again", "has_come_again", "has_come", 60),
        Target("later", "has_come_again", "has_come", 60),
    ]
    assert [labels.table.relation for labels in declared] == [
        '"features"."b"',
        '"features"."a"',
    ]


def test_nothing_need_be_predicted() -> None:
    assert declared_labels(manifest(a={})) == []


@pytest.mark.parametrize(
    ("meta", "told"),
    [
        ({"name": "again"}, "without meaning, are horizon_days, outcome, target"),
        ({**AGAIN, "horizon": 3}, "without meaning, is horizon"),
        ({**AGAIN, "horizon_days": "60"}, "horizon_days should be of type int, and is '60'"),
        ({**AGAIN, "horizon_days": 0}, "a horizon of 0 days"),
        ({**AGAIN, "outcome": "has_gone"}, "the outcome has_gone is none of its columns"),
    ],
)
def test_a_wrong_declaration_is_said(meta: dict[str, Any], told: str) -> None:
    with pytest.raises(PortraitError, match=told) as raised:
        declared_labels(manifest(labels_again={"prediction": meta}))
    assert "The model labels_again, under meta: {prediction: …}" in str(raised.value)


def test_labels_without_a_shop_are_said() -> None:
    labels = manifest(labels_again={"prediction": AGAIN})
    del labels["nodes"]["labels_again"]["columns"]["shop"]
    with pytest.raises(PortraitError, match="its columns lack shop"):
        declared_labels(labels)


def test_two_predictions_of_one_name_are_refused() -> None:
    both = manifest(a={"prediction": AGAIN}, b={"prediction": AGAIN})
    with pytest.raises(PortraitError, match="The prediction again is declared by a and b"):
        declared_labels(both)
