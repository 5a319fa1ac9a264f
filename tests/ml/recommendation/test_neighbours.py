"""Neighbours of customers, alone and with baskets."""

import numpy as np
import pandas as pd
import pytest

from ml.recommendation.customer_neighbours import CustomerNeighbours
from ml.recommendation.interactions import Interactions
from ml.recommendation.neighbourhood import sample
from ml.recommendation.next_basket import TifuKnn, UpCf, baskets
from ml.recommendation.questions import Question
from ml.recommendation.ranking import NONE
from tests.ml.recommendation import shop as shops
from tests.ml.recommendation.contract import RecommenderContract, drawn

ANA, BEN, CEM, DEE, EVE = range(5)
BREAD, JAM, MILK, PEN, SALT, TEA = range(6)


def plain(**more: object) -> CustomerNeighbours:
    """Of which likeness can be told by hand."""
    told = {"weighting": "binary", "half_life_days": None, "likeness_half_life_days": None}
    return CustomerNeighbours(**(told | more))  # type: ignore[arg-type]


class TestCustomerNeighbours(RecommenderContract):
    make = CustomerNeighbours

    def test_likeness_is_the_cosine_and_nobody_is_like_themselves(self, shop: Interactions) -> None:
        likeness = plain().fit(shop).nearest(shop).toarray()
        # Ana has bread and milk, Ben these and jam and tea, Cem bread and jam. Eve, who bought
        # nothing, is no neighbour.
        assert likeness.shape == (5, 4)
        assert likeness[ANA] == pytest.approx([0, 2 / np.sqrt(2 * 4), 1 / 2, 0])
        assert likeness[EVE] == pytest.approx([0, 1 / 2, 1 / np.sqrt(2), 0])

    def test_a_product_gets_the_likeness_of_those_who_have_it(self, shop: Interactions) -> None:
        scores = plain().fit(shop).scores(shop).toarray()
        assert scores[ANA, JAM] == pytest.approx(np.sqrt(1 / 2) + 1 / 2)
        assert scores[ANA, TEA] == pytest.approx(np.sqrt(1 / 2))

    def test_only_the_nearest_are_heard(self, shop: Interactions) -> None:
        scores = plain(neighbours=1).fit(shop).scores(shop).toarray()
        assert scores[ANA, JAM] == pytest.approx(np.sqrt(1 / 2))

    def test_reasons_count_the_neighbours_who_have_it(self, shop: Interactions) -> None:
        recommender = plain().fit(shop)
        ranking = recommender.recommend(shop, 3, Question.NEW)
        assert ranking.products[ANA].tolist() == [JAM, TEA, NONE]
        assert recommender.reasons(shop, ranking).counts[ANA].tolist() == [2, 1, 0]

    def test_what_neighbours_did_long_ago_counts_for_little(self) -> None:
        shop = shops.of(("a", "x", 0), ("b", "x", 0), ("b", "new", 0), ("b", "old", 15))
        scores = plain(weighting="plain", half_life_days=15).fit(shop).scores(shop).toarray()[0]
        assert scores[0] == pytest.approx(2 * scores[1])

    def test_a_customer_of_the_training_and_a_stranger_alike_are_answered_alike(self) -> None:
        """The one is left out, the other is not there: both hear the same neighbours."""
        many = drawn(30, 20)
        one = many.of_customers(np.array([3], dtype=np.int32))
        others = many.of_customers(np.delete(np.arange(30, dtype=np.int32), 3))
        told = [CustomerNeighbours().fit(each).recommend(one, 5) for each in (many, others)]
        assert told[0].products.tolist() == told[1].products.tolist()


class TestSample:
    def test_the_same_customers_stay_while_others_come(self) -> None:
        before, after = drawn(50, 20), drawn(60, 20)
        first, second = (set(sample(each, 20).customers) for each in (before, after))
        assert len(first) == len(second) == 20
        # Whoever left made room for a new customer.
        assert all(name >= "c050" for name in second - first)

    def test_who_bought_nothing_is_nobody_s_neighbour(self) -> None:
        shop = shops.interactions()
        assert sample(shop, 10).customers.tolist() == ["ana", "ben", "cem", "dee"]


class TestBaskets:
    def test_purchases_of_one_age_are_a_basket(self) -> None:
        held = baskets(shops.interactions())
        assert held.baskets.tolist() == [3, 2, 1, 1, 0]
        ana = held.customer == ANA
        told = zip(held.product[ana], held.later[ana], strict=True)
        assert list(told) == [(BREAD, 0), (BREAD, 1), (MILK, 1), (BREAD, 2)]
        ben = held.customer == BEN
        told = zip(held.product[ben], held.later[ben], strict=True)
        assert list(told) == [(BREAD, 0), (TEA, 0), (BREAD, 1), (JAM, 1), (MILK, 1)]

    def test_what_is_twice_in_a_basket_is_in_it_once(self) -> None:
        held = baskets(shops.of(("a", "x", 3), ("a", "x", 3), ("b", "x", 3)))
        assert held.product.tolist() == [0, 0]
        assert held.baskets.tolist() == [1, 1]

    def test_of_views_there_is_no_basket(self) -> None:
        row = {"customer_id": "a", "product_id": "x", "age_days": 1, "weight": 0.1}
        shop = Interactions.of(pd.DataFrame([row]).assign(is_purchase=False))
        assert baskets(shop).baskets.tolist() == [0]


class TestUpCf(RecommenderContract):
    make = UpCf

    def test_alone_it_is_the_share_of_the_latest_baskets(self, shop: Interactions) -> None:
        scores = UpCf(latest=2).fit(shop.of_customers(np.array([DEE], dtype=np.int32)))
        # Of Ana's two latest baskets both hold bread, one milk.
        assert scores.scores(shop).toarray()[ANA].tolist() == [1, 0, 0.5, 0, 0, 0]

    def test_neighbours_add_by_the_asymmetric_cosine(self, shop: Interactions) -> None:
        scores = UpCf(latest=None, locality=2, asymmetry=0.75).fit(shop).scores(shop).toarray()
        ben = 2 / (2**0.75 * 4**0.25)
        cem = 1 / (2**0.75 * 2**0.25)
        # Tea is in one of Ben's two baskets, jam likewise and in Cem's only one.
        assert scores[ANA, TEA] == pytest.approx(ben**2 / 2)
        assert scores[ANA, JAM] == pytest.approx(ben**2 / 2 + cem**2)

    def test_reasons_are_own_purchases_or_neighbours(self, shop: Interactions) -> None:
        recommender = UpCf().fit(shop)
        ranking = recommender.recommend(shop, 3)
        assert ranking.products[ANA].tolist() == [BREAD, MILK, JAM]
        because, counts, kinds = recommender.reasons(shop, ranking)
        assert kinds is not None
        assert kinds[ANA].tolist() == ["own_purchases", "own_purchases", "similar_customers"]
        assert because[ANA].tolist() == [BREAD, MILK, NONE]
        assert counts[ANA].tolist() == [3, 1, 2]


class TestTifuKnn(RecommenderContract):
    make = TifuKnn

    def test_frequencies_decay_within_groups_and_between_them(self, shop: Interactions) -> None:
        recommender = TifuKnn(group=2, within=0.5, between=0.25, own=1).fit(shop)
        scores = recommender.scores(shop).toarray()
        # Of Ana's groups the latest has two baskets, the other one.
        assert scores[ANA, BREAD] == pytest.approx(((1 + 0.5) / 2 + 0.25) / 2)
        assert scores[ANA, MILK] == pytest.approx(0.5 / 2 / 2)

    def test_the_mean_of_neighbours_is_mixed_in(self, shop: Interactions) -> None:
        recommender = TifuKnn(group=9, within=1, own=0.75, neighbours=2).fit(shop)
        scores = recommender.scores(shop).toarray()
        # Dee is like Ben alone, of whose two baskets one holds tea.
        assert scores[DEE, TEA] == pytest.approx(0.75 + 0.25 / 2)
        # Ana is like Ben and Cem; jam is in half of Ben's baskets and in all of Cem's.
        assert scores[ANA, JAM] == pytest.approx(0.25 * (1 / 2 + 1) / 2)


def test_who_is_near_is_found_once_for_scores_and_reasons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = shops.interactions()
    asked = []
    nearest = CustomerNeighbours.nearest

    def counted(self: CustomerNeighbours, histories: Interactions) -> object:
        asked.append(histories)
        return nearest(self, histories)

    monkeypatch.setattr(CustomerNeighbours, "nearest", counted)
    recommender = CustomerNeighbours().fit(shop)
    recommender.reasons(shop, recommender.recommend(shop, 3))
    assert len(asked) == 1


def test_who_is_near_is_another_where_something_else_was_learnt() -> None:
    shop = shops.interactions()
    recommender = CustomerNeighbours().fit(shop)
    before = recommender.recommend(shop, 3).products.tolist()
    recommender.fit(shop.of_customers(np.array([BEN, EVE], dtype=np.int32)))
    alone = CustomerNeighbours().fit(shop.of_customers(np.array([BEN, EVE], dtype=np.int32)))
    again = recommender.recommend(shop, 3).products.tolist()
    assert again == alone.recommend(shop, 3).products.tolist() != before


def test_everybody_has_so_many_neighbours_whether_or_not_among_the_references() -> None:
    many = drawn(60, 30)
    learnt = many.of_customers(np.arange(40, dtype=np.int32))
    found = np.diff(CustomerNeighbours(neighbours=3).fit(learnt).nearest(many).indptr)
    assert found.max() == 3 == found[40:].max()
