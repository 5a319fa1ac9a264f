"""What is predicted is declared in a file; what is declared wrongly is said."""

from typing import Any

import pytest

from ml.target import Bands, Floors, Purchases, Target
from orchestration.errors import PortraitError
from orchestration.modelling.targets import declared_predictions

AGAIN: dict[str, Any] = {
    "target": "comes_again_next_{horizon_days}_days",
    "kind": "event",
    "horizon_days": 60,
    "eligible": "order_count > 0",
    "outcome": " labels.order_count > {horizon_days} / 60",
    "baselines": [
        {"name": "bands", "bands_of": "days_since_last_order", "band_ends": [7, 30]},
        {"name": "expected_orders", "purchases_by": "bg_nbd"},
    ],
    "candidates": ["logistic_regression", "random_forest"],
}


BANDS = {"name": "bands", "bands_of": "days_since_last_order"}
ORDERS = {"name": "orders", "purchases_by": "nbd"}


def manifest(**predictions: Any) -> dict[str, Any]:
    features = {"shop": {}, "days_since_last_order": {}, "total_spend": {}}
    model = {"resource_type": "model", "name": "customer_features", "columns": features}
    return {
        "nodes": {"model.portrait.customer_features": model},
        "exposures": {
            "exposure.portrait.published": {"type": "application", "name": "published"},
            **{
                name: {
                    "type": "ml",
                    "name": name,
                    "original_file_path": f"models/predictions/{name}.yml",
                    "config": {"meta": {"prediction": told} if told else {}},
                }
                for name, told in predictions.items()
            },
        },
    }


def test_predictions_come_by_name() -> None:
    later = {**AGAIN, "target": "later", "gate": {"minimum_auc": 0.7}}
    declared = declared_predictions(manifest(later=later, again=AGAIN))
    assert [one.target.prediction for one in declared] == ["again", "later"]
    assert declared[0].target == Target(
        "again",
        "comes_again_next_60_days",
        "event",
        60,
        (
            Bands("bands", "days_since_last_order", (7, 30)),
            Purchases("expected_orders", "bg_nbd"),
        ),
        ("logistic_regression", "random_forest"),
    )
    assert declared[0].eligible == "order_count > 0"
    assert declared[0].outcome == "labels.order_count > 60 / 60"
    assert declared[1].target.floors == Floors(minimum_auc=0.7)


def test_nothing_need_be_predicted() -> None:
    assert declared_predictions(manifest()) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"horizon": 3}, "without meaning, is horizon"),
        ({"horizon_days": "60"}, "horizon_days should be of type int, and is '60'"),
        ({"horizon_days": 0}, "a horizon of 0 days"),
        ({"kind": "class"}, "there is no kind 'class'"),
        ({"baselines": [{"name": "bands"}]}, "baselines: lacking, or without meaning, is bands_of"),
        (
            {"baselines": [{**BANDS, "band_ends": [30, 7]}]},
            "band_ends are not numbers that ascend",
        ),
        ({"baselines": [{**BANDS, "band_ends": ["seven"]}]}, "band_ends are not numbers"),
        (
            {"baselines": [{**BANDS, "bands_of": "days_since_lst_order"}]},
            "bands_of names days_since_lst_order, which is no feature",
        ),
        (
            {"baselines": [{**BANDS, "bands_of": "shop"}]},
            "bands_of names shop, which is no feature",
        ),
        ({"baselines": []}, "the first of its baselines has no bands_of"),
        ({"baselines": [ORDERS]}, "the first of its baselines has no bands_of"),
        ({"baselines": ["bands"]}, "'bands' is no rule"),
        ({"baselines": [BANDS, {**ORDERS, "name": "bands"}]}, "two baselines have one name"),
        ({"baselines": [{**BANDS, "name": "svm"}]}, "or one that of a candidate"),
        (
            {"baselines": [BANDS, {**ORDERS, "purchases_by": "arima"}]},
            "there is no purchase model arima",
        ),
        ({"horizon_days": True}, "horizon_days should be of type int, and is True"),
        ({"candidates": ["random_forest", "random_forest"]}, "a candidate is named twice"),
        ({"candidates": []}, "no candidates"),
        ({"candidates": ["logistic_regression", "two_stage"]}, "unknown is two_stage"),
        ({"gate": {"minimum": 0.7}}, "gate: minimum: 0.7 says nothing"),
        ({"gate": {"minimum_auc": "high"}}, "gate: minimum_auc: 'high' says nothing"),
    ],
)
def test_a_wrong_declaration_is_said(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(PortraitError, match=told) as raised:
        declared_predictions(manifest(again={**AGAIN, **changed}))
    assert "The prediction again (models/predictions/again.yml)" in str(raised.value)


def test_a_candidate_whose_library_is_missing_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declared = manifest(again={**AGAIN, "candidates": ["lightgbm", "logistic_regression"]})
    monkeypatch.setattr("ml.extras.find_spec", lambda name: None)
    with pytest.raises(PortraitError, match="lightgbm needs the library lightgbm") as raised:
        declared_predictions(declared)
    assert ".[boosting]" in str(raised.value.__dict__)
    monkeypatch.setattr("ml.extras.find_spec", lambda name: name)
    assert "lightgbm" in declared_predictions(declared)[0].target.candidates


def test_what_is_lacking_is_named() -> None:
    without = {key: value for key, value in AGAIN.items() if key not in ("kind", "outcome")}
    with pytest.raises(PortraitError, match="lacking, or without meaning, are kind, outcome"):
        declared_predictions(manifest(again=without))
    for nothing in (None, ["again"]):
        with pytest.raises(PortraitError, match=r"again.yml.* says nothing that is known"):
            declared_predictions(manifest(again=nothing))


def test_two_predictions_of_one_target_are_refused() -> None:
    with pytest.raises(PortraitError, match=r"declared in models/predictions/a.yml and in"):
        declared_predictions(manifest(a=AGAIN, b=AGAIN))
