"""Histories cut for tests."""

import numpy as np

from ml.recommendation.contest import Window
from ml.recommendation.windows import (
    before_days,
    before_last_basket,
    held_out,
    without_last_product,
)
from tests.ml.recommendation import shop as shops

SHOP = shops.interactions()


def known(window: Window) -> set[tuple[str, str, float]]:
    told = window.learnt
    return {
        (str(told.customers[customer]), str(told.products[product]), float(age))
        for customer, product, age in zip(told.customer, told.product, told.age, strict=True)
    }


def bought(window: Window) -> dict[str, list[str]]:
    told = window.bought.tocoo()
    found: dict[str, list[str]] = {}
    for customer, product in zip(told.row, told.col, strict=True):
        name = str(window.learnt.customers[customer])
        found.setdefault(name, []).append(str(window.learnt.products[product]))
    return found


def test_a_cut_at_a_day_knows_what_is_older() -> None:
    window = before_days(SHOP, 7)
    # Dee and Eve did nothing before: nothing can be said to them.
    assert list(window.learnt.customers) == ["ana", "ben", "cem"]
    assert ("ana", "bread", 1.0) in known(window)
    assert ("ben", "jam", 23.0) in known(window)
    assert bought(window) == {"ana": ["bread"], "ben": ["bread", "tea"]}


def test_days_behind_the_ones_of_the_test_stay_out() -> None:
    window = before_days(SHOP, 14, 7)
    assert known(window) >= {("ana", "bread", 1.0), ("cem", "jam", 76.0)}
    assert bought(window) == {"ana": ["bread", "milk"]}


def test_the_last_basket_of_who_has_another_is_held_out() -> None:
    window = before_last_basket(SHOP)
    assert bought(window) == {"ana": ["bread"], "ben": ["bread", "tea"]}
    # Ana's last basket was a day ago, so the one before it was a week before that.
    assert {row for row in known(window) if row[0] == "ana"} == {
        ("ana", "bread", 7.0),
        ("ana", "milk", 7.0),
        ("ana", "bread", 14.0),
    }
    assert ("dee", "tea", 5.0) in known(window)
    assert ("eve", "jam", 3.0) in known(window)


def test_the_basket_before_can_be_held_out_instead() -> None:
    window = before_last_basket(SHOP, skipped=1)
    # Ben has two baskets: with the last one left out there is none before the one held out.
    assert bought(window) == {"ana": ["bread", "milk"]}
    assert {row for row in known(window) if row[0] == "ana"} == {("ana", "bread", 7.0)}


def test_given_purchases_can_be_held_out() -> None:
    is_tea = SHOP.products[SHOP.product] == "tea"
    window = held_out(SHOP, is_tea)
    assert bought(window) == {"ben": ["tea"]}
    assert all(product != "tea" for _, product, _ in known(window))


def test_the_last_product_of_who_has_another_is_held_out_with_all_that_was_done_with_it() -> None:
    window = without_last_product(SHOP)
    # Ben bought bread and tea at one time. Dee bought nothing but tea, Eve nothing at all.
    assert bought(window) == {"ana": ["bread"], "ben": ["bread"], "cem": ["bread"]}
    assert {row for row in known(window) if row[0] == "ana"} == {("ana", "milk", 8.0)}
    assert {row for row in known(window) if row[0] in ("dee", "eve")} == {
        ("dee", "tea", 5.0),
        ("eve", "jam", 3.0),
    }


def test_nothing_known_is_an_empty_window() -> None:
    window = before_days(SHOP, 1000)
    assert window.learnt.shape == (0, 6)
    assert window.bought.shape == (0, 6)
    assert np.array_equal(window.learnt.products, SHOP.products)
