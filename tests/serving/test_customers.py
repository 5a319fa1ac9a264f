"""One customer: all that is published, of one version, as far as the caller may see it."""

from urllib.parse import quote

import pytest

from orchestration.serving.keys import Scope
from tests.serving.conftest import AskAs, TestClient
from tests.serving.served_shop import ANNA, PERSONAL_TAGS, table_of


def test_the_answer_has_all_parts_in_their_order(ask: TestClient) -> None:
    answer = ask.get("/v1/customers/s:1")
    assert answer.status_code == 200
    said = answer.json()
    assert list(said) == [
        *("shop", "customer_id", "as_of_date", "profile", "segment", "lifetime_value", "tags"),
        *("predictions", "next_categories", "recommendations"),
    ]
    assert (said["shop"], said["customer_id"], said["as_of_date"]) == ("s", "s:1", "2024-04-17")
    assert said["profile"]["total_spend"] == 11
    assert said["segment"]["segment_name"] == "Active"
    assert said["lifetime_value"]["probability_alive"] == 0.5
    assert [one["target"] for one in said["predictions"]] == ["orders", "spend"]
    orders, spend = said["predictions"]
    assert [one["reason"] for one in orders["reasons"]] == ['said "more" <b>', "less"]
    assert spend["reasons"] == []
    assert [one["category"] for one in said["next_categories"]] == ["k1", "k2"]
    # By number, not as text.
    assert [(one["slot"], one["rank"]) for one in said["recommendations"]] == [
        (slot, rank) for slot in ("buy_again", "discover") for rank in (1, 2, 10)
    ]


def test_who_has_nothing_has_empty_parts(ask: TestClient) -> None:
    said = ask.get("/v1/customers/s:3").json()
    assert said["segment"] is None and said["lifetime_value"] is None
    assert said["tags"] == said["predictions"] == said["recommendations"] == []


def test_json_has_no_number_that_is_none(ask: TestClient) -> None:
    profile = ask.get("/v1/customers/s:2").json()["profile"]
    assert profile["average_rating"] is None and profile["total_spend"] is None


@pytest.mark.parametrize("key", ["s:1", "web:9"])
def test_any_key_is_answered_with_its_customer(ask: TestClient, key: str) -> None:
    answer = ask.get(f"/v1/customers/{key}")
    assert answer.json()["customer_id"] == "s:1"
    assert answer.headers["content-location"] == "/v1/customers/s:1"


def test_a_key_may_have_any_character(ask: TestClient) -> None:
    for key in (ANNA, quote(ANNA, safe="")):
        answer = ask.get(f"/v1/customers/{key}")
        assert answer.json()["customer_id"] == ANNA
    assert answer.headers["content-location"] == "/v1/customers/t:anna%40example.org%2F1"
    assert ask.get(f"/v1/customers/{quote(ANNA, safe='')}/recommendations").status_code == 200


@pytest.mark.parametrize("key", ["1", "s:", "S:1", "s:1 ", "s:1/x", "%00", "s:1'--"])
def test_nobody_is_found_by_half_a_key(ask: TestClient, key: str) -> None:
    answer = ask.get(f"/v1/customers/{key}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "unknown_customer" and "source_customer_id" in problem["hint"]


def test_what_says_who_somebody_is_needs_the_scope(ask: TestClient, ask_as: AskAs) -> None:
    personal = {one.name for one in table_of("customer_profiles").columns if one.is_personal}
    assert {"city", "occupation", "household_id", *PERSONAL_TAGS} <= personal
    for client in (ask, ask_as(Scope.READ)):
        said = client.get("/v1/customers/s:1").json()
        assert "personal" not in said and not personal & set(said["profile"])
        # What the catalogue does not call internal is kept back.
        assert [tag["tag_key"] for tag in said["tags"]] == ["lifecycle_stage"]
    said = ask_as(Scope.PERSONAL).get("/v1/customers/s:1").json()
    assert set(said["personal"]["profile"]) == personal
    assert said["personal"]["profile"]["city"] == "city 1"
    assert [tag["tag_key"] for tag in said["personal"]["tags"]] == ["gender", "odd"]


def test_an_answer_goes_out_as_it_lies_on_the_disk(ask: TestClient) -> None:
    packed = ask.get("/v1/customers/s:1", headers={"accept-encoding": "gzip"})
    plain = ask.get("/v1/customers/s:1", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    refused = ask.get("/v1/customers/s:1", headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers


@pytest.mark.parametrize("path", ["/v1/customers/s:1", "/v1/customers/s:1/recommendations"])
def test_what_is_known_is_not_sent_again(ask: TestClient, path: str) -> None:
    first = ask.get(path)
    for known in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = ask.get(path, headers={"if-none-match": known})
        assert again.status_code == 304 and again.content == b""
        assert again.headers["portrait-version"] == first.headers["portrait-version"]
    assert ask.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_recommendations_alone_can_be_asked_by_slot_and_count(ask: TestClient) -> None:
    said = ask.get("/v1/customers/web:9/recommendations", params={"slot": "discover", "count": 2})
    assert [row["product_id"] for row in said.json()["recommendations"]] == [
        *("s:discover1", "s:discover2")
    ]
    assert ask.get("/v1/customers/s:3/recommendations").json()["recommendations"] == []
    wrong = ask.get("/v1/customers/s:1/recommendations", params={"slot": "x", "count": 0})
    assert wrong.status_code == 422
    assert [one["where"] for one in wrong.json()["errors"]] == ["query.slot", "query.count"]
