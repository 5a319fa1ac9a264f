"""Popularity, what is bought again, and neighbours of products."""

import numpy as np
import pytest

from ml.recommendation.buy_again import BuyAgain
from ml.recommendation.interactions import Interactions
from ml.recommendation.item_neighbours import SIMILARITIES, ItemNeighbours
from ml.recommendation.popularity import Popularity
from ml.recommendation.recommender import Question
from tests.ml.recommendation import shop as shops
from tests.ml.recommendation.contract import RecommenderContract

ANA, BEN, CEM, DEE, EVE = range(5)


class TestPopularity(RecommenderContract):
    make = Popularity

    def test_most_buyers_come_first_and_ids_break_ties(
        self, in_shop: Popularity, shop: Interactions
    ) -> None:
        # 3 bought bread, 2 each jam, milk and tea; how often does not count.
        assert shops.named(in_shop.recommend(shop, 6).products, shop)[EVE] == [
            "bread",
            "jam",
            "milk",
            "tea",
        ]

    def test_reasons_count_the_buyers(self, in_shop: Popularity, shop: Interactions) -> None:
        ranking = in_shop.recommend(shop, 6)
        assert in_shop.reasons(shop, ranking).counts[EVE].tolist() == [3, 2, 2, 2, 0, 0]

    def test_recent_popularity_knows_nothing_older(self, shop: Interactions) -> None:
        recent = Popularity(oldest_days=8).fit(shop)
        assert recent.buyers_.tolist() == [2, 0, 1, 0, 0, 2]


class TestBuyAgain(RecommenderContract):
    make = BuyAgain

    def test_what_was_bought_often_and_lately_comes_first(
        self, in_shop: BuyAgain, shop: Interactions
    ) -> None:
        told = shops.named(in_shop.recommend(shop, 6).products, shop)
        assert told[ANA] == ["bread", "milk"]
        # Of Ben's the tea is newer than jam and milk, which tie but for popularity and then id.
        assert told[BEN] == ["bread", "tea", "jam", "milk"]
        assert told[EVE] == []

    def test_a_purchase_of_the_half_life_counts_half(self) -> None:
        shop = shops.of(("ana", "bread", 60), ("ana", "bread", 0), ("ana", "jam", 120))
        counts = BuyAgain(60).fit(shop).scores(shop).toarray()[0]
        assert counts == pytest.approx([1.5, 0.25], abs=2e-3)

    def test_nothing_new_is_said(self, in_shop: BuyAgain, shop: Interactions) -> None:
        assert (in_shop.recommend(shop, 3, Question.NEW).products == -1).all()


@pytest.mark.parametrize("similarity", SIMILARITIES)
class TestEachSimilarity:
    def test_neighbours_are_those_of_the_whole_table(self, similarity: str) -> None:
        """In blocks or whole, the likeness is that of all pairs, itself left out."""
        shop = shops.interactions()
        told = ItemNeighbours(similarity, neighbours=6).fit(shop).similarity_.toarray()  # type: ignore[arg-type]
        assert told == pytest.approx(told.T, rel=1e-6)
        assert not told.diagonal().any()
        assert (told <= 1 + 1e-6).all()


class TestItemNeighbours(RecommenderContract):
    make = ItemNeighbours

    def test_jaccard_is_the_share_of_those_who_have_both(self, shop: Interactions) -> None:
        jaccard = ItemNeighbours("jaccard").fit(shop).similarity_.toarray()
        bread, jam, milk, pen, _, tea = range(6)
        # Of Ana, Ben, Cem and Eve, who have bread or jam, two have both.
        assert jaccard[bread, jam] == pytest.approx(2 / 4)
        assert jaccard[bread, milk] == pytest.approx(2 / 3)
        assert jaccard[bread, tea] == pytest.approx(1 / 4)
        assert not jaccard[pen].any()

    def test_cosine_is_of_what_customers_weigh(self) -> None:
        shop = shops.of(("a", "x", 1), ("a", "x", 2), ("a", "y", 1), ("b", "y", 1))
        told = ItemNeighbours("cosine").fit(shop).similarity_.toarray()
        assert told[0, 1] == pytest.approx(2 / (2 * np.sqrt(2)))

    def test_shrinkage_takes_from_what_few_have_both(self, shop: Interactions) -> None:
        plain = ItemNeighbours("jaccard").fit(shop).similarity_.toarray()
        shrunk = ItemNeighbours("jaccard", shrinkage=2).fit(shop).similarity_.toarray()
        assert shrunk[0, 1] == pytest.approx(plain[0, 1] * 2 / 4)
        assert shrunk[0, 5] == pytest.approx(plain[0, 5] * 1 / 3)

    def test_only_so_many_neighbours_are_kept(self, shop: Interactions) -> None:
        told = ItemNeighbours("jaccard", neighbours=1).fit(shop).similarity_
        assert np.diff(told.indptr).max() == 1
        assert told.toarray()[1].argmax() == 0

    def test_a_reason_is_what_adds_most(self, shop: Interactions) -> None:
        recommender = ItemNeighbours("jaccard").fit(shop)
        ranking = recommender.recommend(shop, 1, Question.NEW)
        assert shops.named(ranking.products, shop)[ANA] == ["jam"]
        # Three breads of Ana's speak for jam, one milk does.
        assert shops.named(recommender.reasons(shop, ranking).because, shop)[ANA] == ["bread"]
