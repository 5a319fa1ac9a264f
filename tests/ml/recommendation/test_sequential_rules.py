"""What follows what."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from ml.recommendation import sequential_rules
from ml.recommendation.contest import Window, hold_contest
from ml.recommendation.interactions import Interactions
from ml.recommendation.questions import Question
from ml.recommendation.ranking import NONE
from ml.recommendation.sequential_rules import Sequence, SequentialRules
from tests.ml.recommendation import shop as shops
from tests.ml.recommendation.contract import RecommenderContract

HOUR = 1 / 24


def bare(**more: object) -> SequentialRules:
    """Of which rules can be told by hand: plain sums."""
    told = {"backwards": 0.0, "shrinkage": 0.0, "popularity": 0.0, "half_life_days": 1e9} | more
    return SequentialRules(**told)  # type: ignore[arg-type]


def visit(customer: str, *products: str, ends: float = 0.0) -> list[tuple[str, str, float]]:
    """Products one after the other, an hour apart, the last so many days ago."""
    count = len(products)
    return [
        (customer, name, ends + (count - 1 - place) * HOUR) for place, name in enumerate(products)
    ]


class TestSequentialRules(RecommenderContract):
    make = SequentialRules

    def test_the_kth_after_one_says_1_over_k(self) -> None:
        shop = shops.of(*visit("a", "x", "y", "z"))
        rules = bare().fit(shop).rules_.toarray()
        # Of what follows x, y says 1 and z 1/2, divided by both together.
        assert rules == pytest.approx(np.array([[0, 2 / 3, 1 / 3], [0, 0, 1], [0, 0, 0]]))

    def test_what_comes_before_says_what_it_is_told_to(self) -> None:
        shop = shops.of(*visit("a", "x", "y"))
        rules = bare(backwards=0.5, shrinkage=1.0).fit(shop).rules_.toarray()
        assert rules == pytest.approx(np.array([[0, 1 / 2], [0.5 / 1.5, 0]]))

    def test_a_pause_parts_visits(self) -> None:
        shop = shops.of(*visit("a", "x", "y", ends=10), *visit("a", "z"))
        rules = bare(half_life_days=HOUR).fit(shop).rules_.toarray()
        assert rules[0, 1] == pytest.approx(1)
        assert rules[0, 2] == pytest.approx(0, abs=1e-6)

    def test_of_a_visit_what_comes_last_says_most(self) -> None:
        # After x comes p, after y comes q, each as often.
        shop = shops.of(*visit("a", "x", "p"), *visit("b", "y", "q"), *visit("c", "x", "y"))
        told = bare(steps=1).fit(shop)
        asked = shop.of_customers(np.array([2], dtype=np.int32))
        assert shops.named(told.recommend(asked, 2, Question.NEW).products, shop) == [["q", "p"]]

    def test_rules_of_many_products_are_those_of_few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        draw = np.random.default_rng(0)
        rows = [(f"c{draw.integers(20)}", f"p{draw.integers(12)}", age) for age in range(400)]
        held = SequentialRules().fit(shops.of(*rows)).rules_
        monkeypatch.setattr(sequential_rules, "_CELLS", 0)
        sparse_ones = SequentialRules().fit(shops.of(*rows)).rules_
        assert held.nnz == sparse_ones.nnz > 100
        np.testing.assert_allclose(held.toarray(), sparse_ones.toarray(), rtol=1e-5)

    def test_customers_are_not_followed_by_others(self) -> None:
        shop = shops.of(("a", "x", 1), ("b", "y", 0))
        assert not bare().fit(shop).rules_.nnz

    def test_a_product_on_end_is_there_once_with_what_weighs_most(self) -> None:
        rows = [("a", "x", 3, 0.1), ("a", "x", 2, 1.0), ("a", "y", 1, 0.1), ("a", "x", 0, 0.5)]
        frame = pd.DataFrame(rows, columns=["customer_id", "product_id", "age_days", "weight"])
        told = Sequence.of(Interactions.of(frame.assign(is_purchase=True)))
        assert told.product.tolist() == [0, 1, 0]
        assert told.age.tolist() == [2, 1, 0]
        assert told.weight == pytest.approx([1, 0.1, 0.5])

    def test_a_product_that_was_followed_by_nothing_says_nothing(self) -> None:
        shop = shops.of(*visit("a", "x", "y"), ("b", "z", 1))
        told = bare().fit(shop).recommend(shop, 1).products[1]
        assert (told == NONE).all()


def windows(is_purchase: bool) -> Window:
    """40 who look at a pair of products and buy its second, after others who did the same."""
    rows = []
    for customer in range(80):
        rows += visit(f"c{customer:02}", f"p{customer % 20 * 2:02}", ends=customer / 100)
        if customer < 40:
            rows += [(f"c{customer:02}", f"p{customer % 20 * 2 + 1:02}", 0.0)]
    frame = pd.DataFrame(rows, columns=["customer_id", "product_id", "age_days"])
    seen = [is_purchase] * len(frame)
    learnt = Interactions.of(frame.assign(weight=1.0, is_purchase=seen))
    bought = np.zeros(learnt.shape, dtype=np.float32)
    for customer in range(40, 80):
        bought[customer, customer % 20 * 2 + 1] = 1
    return Window(learnt, sparse.csr_array(bought))


def test_they_win_where_visits_tell_what_comes_next() -> None:
    held = hold_contest(None, windows(is_purchase=False), ["sequential_rules"])
    assert held.verdicts[Question.NEW].method == "sequential_rules"
    assert held.verdicts[Question.NEW].gain.lower > 0.5  # type: ignore[union-attr]


def test_they_take_no_part_where_only_purchases_are_known() -> None:
    held = hold_contest(None, windows(is_purchase=True), ["sequential_rules"])
    assert {entry.method for entry in held.entries[Question.NEW]} == {"popularity"}
