"""Segments, tags, periods of a customer, and what goes with a basket."""

import pytest

from orchestration.serving.keys import Scope
from tests.serving.conftest import AskAs, TestClient


def test_segments_and_tags_are_told_by_shop(ask: TestClient) -> None:
    segments = ask.get("/v1/segments").json()["segments"]
    assert [(one["shop"], one["segment_name"]) for one in segments] == [("s", "Active")]
    assert ask.get("/v1/segments", params={"shop": "t"}).json() == {"segments": []}
    tags = ask.get("/v1/tags").json()["tags"]
    assert {one["tag_key"]: one["sensitivity"] for one in tags} == {
        "gender": "personal",
        "lifecycle_stage": "internal",
    }
    rules = {one["tag_key"]: one["rule"] for one in tags}
    assert rules == {"gender": None, "lifecycle_stage": {"bands": []}}


def test_periods_are_told_by_attribute_and_time(ask: TestClient, ask_as: AskAs) -> None:
    answer = ask.get("/v1/customers/web:9/history")
    said = answer.json()
    assert said["customer_id"] == "s:1"
    assert answer.headers["content-location"] == "/v1/customers/s:1/history"
    assert [(one["attribute_value"], one["valid_from"]) for one in said["history"]] == [
        ("new", "2024-01-01"),
        ("active", "2024-03-01"),
    ]
    seen = ask_as(Scope.PERSONAL).get("/v1/customers/s:1/history").json()["history"]
    assert [one["attribute"] for one in seen] == ["gender", "lifecycle_stage", "lifecycle_stage"]
    assert ask_as(Scope.READ).get("/v1/customers/s:1/history").json() == said
    assert ask.get("/v1/customers/s:3/history").json()["history"] == []
    assert ask.get("/v1/customers/nobody/history").status_code == 404


def test_what_goes_with_a_basket_is_told_with_its_reason(ask: TestClient) -> None:
    said = ask.post("/v1/recommendations", json={"basket": ["Tea"], "count": 1}).json()
    assert said == {
        "recommendations": [
            {
                "rank": 1,
                "product_id": "s:jam",
                "product_name": "Jam",
                "score": 0.5,
                "because_product_id": "s:tea",
                "reason": "bought by people who bought Tea",
            }
        ]
    }


def test_a_product_that_nobody_knows_is_named(ask: TestClient) -> None:
    answer = ask.post("/v1/recommendations", json={"basket": ["te"]})
    assert answer.status_code == 404
    problem = answer.json()
    assert problem["code"] == "unknown_product" and "Tea (s:tea)" in problem["hint"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.basket"),
        ({"basket": []}, "body.basket"),
        ({"basket": [" "]}, "body.basket.0"),
        ({"basket": [","]}, "body.basket.0"),
        ({"basket": ["x" * 201]}, "body.basket.0"),
        ({"basket": ["tea"] * 51}, "body.basket"),
        ({"basket": "tea"}, "body.basket"),
        ({"basket": ["tea"], "count": 0}, "body.count"),
        ({"basket": ["tea"], "counts": 1}, "body.counts"),
    ],
)
def test_a_basket_that_is_none_is_refused(ask: TestClient, body: object, where: str) -> None:
    answer = ask.post("/v1/recommendations", json=body)
    assert answer.status_code == 422
    assert [one["where"] for one in answer.json()["errors"]] == [where]
    assert "tea" not in answer.text
