"""How products are recommended is declared in a file; what is declared wrongly is said."""

from typing import Any

import pytest

from ml.recommendation.questions import Level
from ml.recommendation.rule import RecommendationRule
from orchestration.errors import PortraitError
from orchestration.modelling.declared_recommendations import declared_recommendations
from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest

OF_CATEGORIES: dict[str, Any] = {"methods": ["buy_again"], "list_length": 3}
TOLD: dict[str, Any] = {
    "methods": ["ease", "buy_again"],
    "list_length": 5,
    "categories": OF_CATEGORIES,
}
FILE = "models/recommendations/mine.yml"


def manifest(*declared: Any, file: str = FILE) -> dict[str, Any]:
    return {
        "nodes": {},
        "exposures": {
            str(number): {
                "name": "mine",
                "original_file_path": file,
                "config": {"meta": {"recommendation": told} if told else {}},
            }
            for number, told in enumerate(declared)
        },
    }


def test_what_is_declared_is_the_rule() -> None:
    expected = [
        RecommendationRule(("ease", "buy_again"), list_length=5),
        RecommendationRule(("buy_again",), list_length=3, level=Level.CATEGORY),
    ]
    assert declared_recommendations(manifest(TOLD)) == expected
    assert declared_recommendations(manifest(TOLD, file="models/other.yml")) == expected


def test_the_default_is_declared(project: Project) -> None:
    rules = declared_recommendations(current_manifest(project))
    assert [rule.level for rule in rules] == list(Level)
    assert rules[0] == RecommendationRule(rules[0].methods)
    for rule in rules:
        assert {"buy_again", "item_neighbours"} <= set(rule.methods)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"method": "ease"}, "method is without meaning"),
        ({"methods": []}, "methods should name some, each once"),
        ({"methods": "ease"}, "methods should name some, each once"),
        ({"methods": ["ease", "ease"]}, "methods should name some, each once"),
        ({"methods": ["buy_agian"]}, "no method 'buy_agian'. Did you mean buy_again"),
        ({"list_length": 0}, "list_length should be a whole number from 1 to 100"),
        ({"list_length": True}, "list_length should be a whole number"),
        ({"most_customers": "all"}, "most_customers should be a whole number from 30"),
        ({"categories": None}, "does not say by which methods categories are recommended"),
        ({"categories": {**OF_CATEGORIES, "method": 1}}, "categories: method is without meaning"),
        ({"categories": {**OF_CATEGORIES, "list_length": 0}}, "categories: list_length should be"),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(PortraitError, match=told):
        declared_recommendations(manifest({**TOLD, **changed}))


def test_a_method_whose_library_is_missing_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declared = manifest({**TOLD, "methods": ["als"]})
    assert declared_recommendations(declared)[0].methods == ("als",)
    monkeypatch.setattr("ml.extras.find_spec", lambda name: None)
    with pytest.raises(PortraitError, match="als needs the library implicit") as raised:
        declared_recommendations(declared)
    assert ".[als]" in str(raised.value.__dict__)


def test_it_is_declared_once() -> None:
    with pytest.raises(PortraitError, match="declared once, and is: nowhere"):
        declared_recommendations(manifest())
    with pytest.raises(PortraitError, match="declared once, and is"):
        declared_recommendations(manifest(TOLD, TOLD))
    with pytest.raises(PortraitError, match="says nothing that is known"):
        declared_recommendations(manifest(None))
