"""The same customers and days by categories of products."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from ml.recommendation.categories import Categories
from ml.recommendation.contest import Window
from ml.recommendation.interactions import Interactions

CATEGORIES = {"coffee": "drinks", "jam": "food", "pen": None, "tea": "drinks"}


def told(rows: list[tuple[str, str, float, float, bool]]) -> Interactions:
    names = ["customer_id", "product_id", "age_days", "weight", "is_purchase"]
    return Interactions.of(pd.DataFrame(rows, columns=names))


def entries(shop: Interactions) -> list[tuple[str, str, float, float, bool]]:
    return list(
        zip(
            shop.customers[shop.customer],
            shop.products[shop.product],
            shop.age.tolist(),
            shop.weight.tolist(),
            shop.is_purchase.tolist(),
            strict=True,
        )
    )


def of(shop: Interactions) -> Categories:
    return Categories.of(np.array([CATEGORIES[one] for one in shop.products], dtype=object))


def test_an_order_buys_a_category_once_and_weighs_all_it_bought_of_it() -> None:
    shop = told(
        [
            ("ana", "tea", 9, 1, True),
            ("ana", "coffee", 3, 1, True),
            ("ana", "tea", 3, 1, True),
            ("ana", "jam", 3, 1, True),
            ("ana", "pen", 3, 1, True),
            ("ana", "tea", 3, 0.5, False),
            ("bob", "coffee", 3, 1, True),
        ]
    )
    coarse = of(shop).interactions(shop)
    assert coarse.products.tolist() == ["drinks", "food"]
    assert entries(coarse) == [
        ("ana", "drinks", 9, 1, True),
        ("ana", "drinks", 3, 0.5, False),
        ("ana", "drinks", 3, 2, True),
        ("ana", "food", 3, 1, True),
        ("bob", "drinks", 3, 1, True),
    ]
    assert coarse.purchases().toarray().tolist() == [[2, 1], [1, 0]]


def test_what_was_bought_in_the_days_after_counts_once_a_category() -> None:
    shop = told(
        [("ana", "tea", 1, 1, True), ("ana", "coffee", 1, 1, True), ("bob", "pen", 1, 1, True)]
    )
    bought = sparse.csr_array(np.array([[1, 0, 1], [0, 1, 0]], dtype=np.float32))
    window = of(shop).window(Window(shop, bought))
    assert window is not None
    assert window.bought.toarray().tolist() == [[1], [0]]
    assert window.learnt.customers.tolist() == ["ana", "bob"]
    assert of(shop).window(None) is None


def test_products_without_categories_leave_nothing() -> None:
    shop = told([("ana", "pen", 1, 1, True)])
    coarse = of(shop).interactions(shop)
    assert coarse.shape == (1, 0) and entries(coarse) == []


rows = st.lists(
    st.tuples(
        st.sampled_from(["ana", "bob", "eve"]),
        st.sampled_from(sorted(CATEGORIES)),
        st.sampled_from([0.5, 1.0, 7.0]),
        st.sampled_from([0.5, 1.0]),
        st.booleans(),
    ),
    min_size=1,
)


@given(rows)
def test_categories_are_what_sql_would_group_by(
    rows: list[tuple[str, str, float, float, bool]],
) -> None:
    """Whatever the order of rows: one entry a customer, time, category and behaviour."""
    shop = told(rows)
    frame = pd.DataFrame(rows, columns=["customer", "product", "age", "weight", "is_purchase"])
    frame["category"] = frame["product"].map(CATEGORIES)
    frame["older_first"] = -frame["age"]
    expected = (
        frame.dropna(subset="category")
        .groupby(["customer", "older_first", "category", "is_purchase"])["weight"]
        .sum()
        .reset_index()
    )
    assert entries(of(shop).interactions(shop)) == [
        (row.customer, row.category, -row.older_first, row.weight, row.is_purchase)
        for row in expected.itertuples()
    ]
