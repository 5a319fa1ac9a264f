"""Who buys alike: known by hand, and the same however many are asked about at once."""

import numpy as np
import pandas as pd
import pytest

from ml import layouts
from ml.recommendation import customers_alike
from ml.recommendation.customers_alike import CustomersAlike
from ml.recommendation.interactions import Interactions
from tests.ml.recommendation import shop as shops
from tests.ml.recommendation.contract import drawn

TODAY = pd.Timestamp("2024-03-01")
# Ana and Ben buy the same, Cem two of the three things; Dee has one, Eve shares one with each.
ROWS = [
    *[("ana", product, 1) for product in ("bread", "jam", "tea")],
    *[("ben", product, 1) for product in ("bread", "jam", "tea")],
    *[("cem", product, 1) for product in ("bread", "jam")],
    ("dee", "tea", 1),
    *[("eve", product, 1) for product in ("tea", "pen")],
]


def table(shop: Interactions, **given: int) -> pd.DataFrame:
    return CustomersAlike(**given).fit(shop).table(shop, TODAY)


def pairs(told: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(told["customer_id"], told["similar_customer_id"], strict=True))


def test_who_shares_two_products_is_told_by_likeness() -> None:
    told = table(shops.of(*ROWS))
    assert pairs(told) == [
        *[("ana", "ben"), ("ana", "cem"), ("ben", "ana"), ("ben", "cem")],
        *[("cem", "ana"), ("cem", "ben")],
    ]
    assert told["rank"].tolist() == [1, 2] * 3
    assert told["similarity"][:2].tolist() == pytest.approx([1, 2 / np.sqrt(6)], rel=1e-6)
    assert told["shared_product_count"].tolist() == [3, 2, 3, 2, 2, 2]
    # All weigh the same: the first by its id.
    assert told["shared_product_id"].tolist() == ["bread"] * 6
    assert list(told.columns) == list(layouts.CUSTOMER_SIMILAR)
    assert set(told["model_version"]) == {customers_alike.MODEL_VERSION}


def test_what_both_buy_most_and_lately_is_what_they_share() -> None:
    jam = [("ana", "jam", 2), ("ana", "jam", 3), ("ben", "jam", 9)]
    assert set(table(shops.of(*ROWS, *jam))["shared_product_id"][:1]) == {"jam"}
    # What was bought years ago hardly counts, and is still shared.
    old = [("ana", "rye", 365.0 * 40), ("ben", "rye", 365.0 * 40), ("eve", "rye", 1)]
    told = table(shops.of(*ROWS, *old))
    assert told["shared_product_count"][0] == 4
    assert ("ana", "eve") in pairs(told)


def test_what_was_only_looked_at_is_not_bought() -> None:
    rows = [(*row, 1.0, True) for row in ROWS] + [("eve", "bread", 1, 0.1, False)]
    columns = ["customer_id", "product_id", "age_days", "weight", "is_purchase"]
    told = table(Interactions.of(pd.DataFrame(rows, columns=columns)))
    assert "eve" not in set(told["customer_id"]) | set(told["similar_customer_id"])


def test_of_equals_the_first_ids_are_told() -> None:
    same = [(f"c{n}", product, 1) for n in range(8) for product in ("x", "y")]
    told = table(shops.of(*same), neighbours=2)
    assert pairs(told)[:6] == [
        *[("c0", "c1"), ("c0", "c2"), ("c1", "c0"), ("c1", "c2")],
        *[("c2", "c0"), ("c2", "c1")],
    ]


def test_many_are_told_as_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = drawn(80, 30)
    whole = table(shop)
    assert len(whole) > 200
    weights = shop.purchases(180)
    weights.data = np.log1p(weights.data)
    dense = weights.toarray()
    dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    of = {customer: row for row, customer in enumerate(shop.customers)}
    for told in whole.itertuples():
        one, other = of[told.customer_id], of[told.similar_customer_id]
        assert one != other
        assert told.similarity == pytest.approx(dense[one] @ dense[other], abs=1e-5)
        assert told.shared_product_count == ((dense[one] > 0) & (dense[other] > 0)).sum() >= 2
    monkeypatch.setattr(customers_alike, "_CELLS", 100)
    pd.testing.assert_frame_equal(table(shop), whole)
    alike = CustomersAlike().fit(shop)
    alone = [
        alike.table(shop.of_customers(np.array([n], dtype=np.int32)), TODAY) for n in range(80)
    ]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), whole)


def test_neighbours_are_looked_for_among_so_many() -> None:
    shop = drawn(80, 30)
    told = table(shop, references=20)
    assert len(set(told["similar_customer_id"])) <= 20
    # They are asked about as everybody is.
    assert len(set(told["customer_id"])) > 60


@pytest.mark.parametrize("rows", [[], ROWS[:3], ROWS[:1]])
def test_nobody_or_one_customer_is_like_nobody(rows: list[tuple[str, str, float]]) -> None:
    told = table(shops.of(*rows))
    assert told.empty
    assert list(told.columns) == list(layouts.CUSTOMER_SIMILAR)
