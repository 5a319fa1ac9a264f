"""Popularity, what is bought again, and neighbours of products."""

import numpy as np
import pytest

from ml.recommendation.buy_again import TIES, BuyAgain, DueAgain
from ml.recommendation.interactions import Interactions
from ml.recommendation.item_neighbours import SIMILARITIES, ItemNeighbours, Similarity
from ml.recommendation.popularity import Popularity
from ml.recommendation.questions import Question
from ml.recommendation.recommender import portions
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

    def test_who_bought_lately_are_not_told_as_all_who_bought(self, shop: Interactions) -> None:
        def kinds(oldest_days: float | None) -> set[object]:
            fitted = Popularity(oldest_days).fit(shop)
            told = fitted.reasons(shop, fitted.recommend(shop, 2)).kinds
            return {fitted.reason} if told is None else {*told.ravel()}

        assert kinds(None) == {"popular_ever"}
        assert kinds(8) == {"popular"}


class TestBuyAgain(RecommenderContract):
    make = BuyAgain

    def test_what_was_bought_often_and_lately_comes_first(
        self, in_shop: BuyAgain, shop: Interactions
    ) -> None:
        told = shops.named(in_shop.recommend(shop, 6).products, shop)
        assert told[ANA] == ["bread", "milk"]
        # Of Ben's the tea is newer than jam and milk, of which only milk was bought lately.
        assert told[BEN] == ["bread", "tea", "milk", "jam"]
        assert told[EVE] == []

    def test_a_purchase_of_the_half_life_counts_half(self) -> None:
        shop = shops.of(("ana", "bread", 60), ("ana", "bread", 0), ("ana", "jam", 120))
        counts = BuyAgain(60, popularity=0).fit(shop).scores(shop).toarray()[0]
        assert counts == pytest.approx([1.5, 0.25])

    def test_popularity_of_late_weighs_to_a_power(self, shop: Interactions) -> None:
        scores = BuyAgain(None, popularity=0.5).fit(shop).scores(shop).toarray()
        # In four weeks two bought bread, one milk, nobody jam.
        assert scores[BEN, :3] == pytest.approx(
            [2, np.sqrt(0.01 / 1.01), np.sqrt(0.51 / 1.01)], rel=1e-6
        )

    def test_so_little_popularity_only_tells_apart_what_ties(self) -> None:
        rows = [("a", "x", 9), ("a", "x", 8), ("a", "y", 7), ("a", "z", 7)]
        shop = shops.of(*rows, *[(f"b{n}", "z", 1) for n in range(99)])
        ranking = BuyAgain(None, popularity=TIES).fit(shop).recommend(shop)
        assert ranking.products[0, :3].tolist() == [0, 2, 1]

    def test_reasons_are_the_purchases_themselves(
        self, in_shop: BuyAgain, shop: Interactions
    ) -> None:
        because, counts, _ = in_shop.reasons(shop, in_shop.recommend(shop, 3))
        assert because[ANA].tolist() == [0, 2, -1]
        assert counts[ANA].tolist() == [3, 1, 0]

    def test_nothing_new_is_said(self, in_shop: BuyAgain, shop: Interactions) -> None:
        assert (in_shop.recommend(shop, 3, Question.NEW).products == -1).all()


class TestDueAgain(RecommenderContract):
    make = DueAgain

    # Of x's three gaps the mean is 20 days; one of two buyers bought x again, nobody y.
    SHOP = shops.of(*[("a", "x", age) for age in (5, 25, 45, 65)], ("b", "x", 5), ("b", "y", 5))

    def test_shares_and_gaps_are_shrunk_to_those_of_all_products(self) -> None:
        told = DueAgain().fit(self.SHOP)
        # One of three pairs of a customer and a product was bought again.
        assert told.repeaters_ == pytest.approx([(1 + 5 / 3) / 7, (0 + 5 / 3) / 6])
        assert told.gap_ == pytest.approx([20, 20])

    def test_it_is_the_rate_of_purchases(self) -> None:
        told = DueAgain(100, popularity=0).fit(self.SHOP)
        scores = told.scores(self.SHOP).toarray()
        assert scores[0, 0] == pytest.approx((3 + told.repeaters_[0]) / (65 + 100))
        assert scores[1, 1] == pytest.approx(told.repeaters_[1] / (5 + 100))

    def test_what_is_overdue_is_going_out_of_use(self) -> None:
        late = shops.of(*[("a", "x", age + 55) for age in (5, 25, 45, 65)], ("a", "y", 5))
        told = DueAgain(100, popularity=0).fit(self.SHOP)
        # The last is 60 days ago, three gaps of 20.
        assert told.scores(late).toarray()[0, 0] == pytest.approx(
            (3 + told.repeaters_[0]) / (120 + 100) / 3
        )

    def test_two_purchases_of_one_day_are_one(self) -> None:
        twice = shops.of(("a", "x", 5), ("a", "x", 5), ("b", "y", 5))
        once = shops.of(("a", "x", 5), ("b", "y", 5))
        told = [DueAgain().fit(shop).scores(shop).toarray() for shop in (twice, once)]
        assert told[0] == pytest.approx(told[1])


def plain(similarity: Similarity = "cosine", **more: object) -> ItemNeighbours:
    """Of which likenesses can be told by hand."""
    told = {"half_life_days": None, "least_customers": 1}
    return ItemNeighbours(similarity, **(told | more))  # type: ignore[arg-type]


def test_portions_hold_so_much_and_whatever_is_larger_alone() -> None:
    told = portions(np.array([3, 3, 9, 0, 2, 4]), 6)
    assert [(one.start, one.stop) for one in told] == [(0, 2), (2, 3), (3, 6)]
    assert portions(np.array([], dtype=np.int64), 6) == []


@pytest.mark.parametrize("similarity", SIMILARITIES)
class TestEachSimilarity:
    def test_neighbours_are_those_of_the_whole_table(self, similarity: Similarity) -> None:
        """In blocks or whole, the likeness is that of all pairs, itself left out."""
        shop = shops.interactions()
        told = plain(similarity, neighbours=6).fit(shop).similarity_.toarray()
        assert told == pytest.approx(told.T, rel=1e-6)
        assert not told.diagonal().any()
        assert (told <= 1 + 1e-6).all()


class TestItemNeighbours(RecommenderContract):
    make = ItemNeighbours

    def test_jaccard_is_the_share_of_those_who_have_both(self, shop: Interactions) -> None:
        jaccard = plain("jaccard").fit(shop).similarity_.toarray()
        bread, jam, milk, pen, _, tea = range(6)
        # Of Ana, Ben, Cem and Eve, who have bread or jam, two have both.
        assert jaccard[bread, jam] == pytest.approx(2 / 4)
        assert jaccard[bread, milk] == pytest.approx(2 / 3)
        assert jaccard[bread, tea] == pytest.approx(1 / 4)
        assert not jaccard[pen].any()

    def test_cosine_is_of_what_customers_weigh(self) -> None:
        shop = shops.of(("a", "x", 1), ("a", "x", 2), ("a", "y", 1), ("b", "y", 1))
        told = plain("cosine").fit(shop).similarity_.toarray()
        assert told[0, 1] == pytest.approx(2 / (2 * np.sqrt(2)))

    def test_shrinkage_takes_from_what_few_have_both(self, shop: Interactions) -> None:
        whole = plain("jaccard").fit(shop).similarity_.toarray()
        shrunk = plain("jaccard", shrinkage=2).fit(shop).similarity_.toarray()
        assert shrunk[0, 1] == pytest.approx(whole[0, 1] * 2 / 4)
        assert shrunk[0, 5] == pytest.approx(whole[0, 5] * 1 / 3)

    def test_only_so_many_neighbours_are_kept(self, shop: Interactions) -> None:
        told = plain("jaccard", neighbours=1).fit(shop).similarity_
        assert np.diff(told.indptr).max() == 1
        assert told.toarray()[1].argmax() == 0

    def test_of_rare_products_nothing_is_known(self, shop: Interactions) -> None:
        told = plain("jaccard", least_customers=3).fit(shop).similarity_.toarray()
        # Three have bread, and three jam, with Eve who looked at it.
        assert np.unique(told.nonzero()).tolist() == [0, 1]

    def test_only_so_many_products_have_neighbours(self, shop: Interactions) -> None:
        told = plain("jaccard", products=2).fit(shop).similarity_.toarray()
        assert np.unique(told.nonzero()).tolist() == [0, 1]

    def test_weights_may_count_as_their_logarithm_or_not_at_all(self) -> None:
        shop = shops.of(("a", "x", 1), ("a", "x", 2), ("a", "y", 1), ("b", "y", 1))
        for weighting, own in (("binary", 1.0), ("log", np.log(3) / np.log(2))):
            told = plain(weighting=weighting).fit(shop)
            assert told.similarity_[0, 1] == pytest.approx(1 / np.sqrt(2))
            assert told.scores(shop)[0, 1] == pytest.approx(
                own * (np.log(2) if weighting == "log" else 1) / np.sqrt(2)
            )

    def test_a_reason_is_what_adds_most(self, shop: Interactions) -> None:
        recommender = plain("jaccard").fit(shop)
        ranking = recommender.recommend(shop, 1, Question.NEW)
        assert shops.named(ranking.products, shop)[ANA] == ["jam"]
        # Three breads of Ana's speak for jam, one milk does.
        assert shops.named(recommender.reasons(shop, ranking).because, shop)[ANA] == ["bread"]
