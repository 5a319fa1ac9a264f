"""What a shop recommends, and how it says why."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from ml.recommendation.choice import Choice
from ml.recommendation.interactions import Interactions
from ml.recommendation.methods import METHODS
from ml.recommendation.questions import SLOTS
from ml.recommendation.rule import RecommendationRule
from ml.recommendation.serving import Rules
from ml.recommendation.shop_recommender import (
    OR_SEEN,
    fit_shop,
    recommendations,
    similar_products,
)
from tests.ml.recommendation import shop as shops

RULE = RecommendationRule((), list_length=3)
TODAY = pd.Timestamp("2024-04-01")
SEED = Path(__file__).parents[3] / "dbt_project" / "seeds" / "recommendation_reasons.csv"


def told(shop: Interactions, discover: str, parameters: dict[str, object]) -> pd.DataFrame:
    choice = Choice(
        {"buy_again": "buy_again", "discover": discover},
        {"buy_again": {}, "discover": parameters},
        [],
    )
    fitted = fit_shop(shop, choice)
    return recommendations(fitted, shop, dict.fromkeys(SLOTS, Rules()), RULE, TODAY)


def rows(table: pd.DataFrame, customer: str, slot: str) -> list[tuple[str, str]]:
    own = table[(table["customer_id"] == customer) & (table["slot"] == slot)]
    return list(zip(own["product_id"], own["reason"], strict=True))


def bought_only() -> Interactions:
    shop = shops.interactions()
    return shop.picked(shop.is_purchase, shop.age)


@pytest.mark.parametrize(
    ("shop", "reason"), [(bought_only(), "bought_with"), (shops.interactions(), "goes_with")]
)
def test_what_may_only_have_been_seen_is_not_called_bought(shop: Interactions, reason: str) -> None:
    table = told(shop, "item_neighbours", {"similarity": "jaccard", "least_customers": 1})
    assert rows(table, "ana", "discover")[0] == ("jam", reason)
    assert rows(table, "ana", "buy_again") == [
        ("bread", "own_purchases"),
        ("milk", "own_purchases"),
    ]


def test_a_place_that_was_filled_names_who_filled_it() -> None:
    table = told(bought_only(), "item_neighbours", {"similarity": "jaccard"})
    own = table[(table["customer_id"] == "eve") & (table["slot"] == "discover")]
    assert set(own["model_name"]) == {"popularity"}
    # Of the last 28 days: bread and tea of two customers, milk of one.
    assert own["reason_count"].tolist() == [2, 2, 1]
    assert own["because_product_id"].isna().all()


def test_products_are_alike_by_who_bought_them_not_by_who_looked() -> None:
    buyers = [(f"c{number}", product, 3.0) for number in range(6) for product in ("bread", "jam")]
    frame = pd.DataFrame(
        [(*row, 1.0, True) for row in [*buyers, ("d", "bread", 3.0)]]
        + [(f"e{number}", "jam", 3.0, 0.1, False) for number in range(9)],
        columns=["customer_id", "product_id", "age_days", "weight", "is_purchase"],
    )
    nothing: dict[str, dict[str, object]] = {slot: {} for slot in SLOTS}
    choice = Choice(dict.fromkeys(SLOTS, "buy_again"), nothing, [])
    table = similar_products(fit_shop(Interactions.of(frame), choice), TODAY)
    # Six bought both, and one bread alone; nine only looked at jam.
    assert table["similarity"].tolist() == pytest.approx([6 / 7, 6 / 7])


def test_every_kind_of_reason_has_words() -> None:
    """Where it has none the mart would have no row."""
    with SEED.open(encoding="utf-8") as file:
        known = {row["reason"] for row in csv.DictReader(file)}
    kinds = {method.build(**method.tried[0]).reason for method in METHODS.values()}
    kinds |= {"popular_ever", *OR_SEEN.values()}
    kinds |= {"bought_once", "bought_twice", "bought_regularly"}
    assert kinds <= known
