"""The shallow autoencoder."""

import numpy as np
import pytest

from ml.recommendation.ease import Ease
from ml.recommendation.interactions import Interactions
from ml.recommendation.questions import Question
from tests.ml.recommendation import shop as shops
from tests.ml.recommendation.contract import RecommenderContract, drawn


def binary(**more: object) -> Ease:
    """Of which weights can be told by hand."""
    return Ease(**({"ridge": 1.0, "weighting": "binary", "half_life_days": None} | more))  # type: ignore[arg-type]


class TestEase(RecommenderContract):
    make = Ease

    def test_of_two_products_weights_are_known(self) -> None:
        # Three have x, two y, one both. With the ridge the table is [[4, 1], [1, 3]].
        shop = shops.of(("a", "x", 1), ("b", "x", 1), ("c", "x", 1), ("c", "y", 1), ("d", "y", 1))
        weights = binary().fit(shop).weights_.toarray()
        assert weights == pytest.approx(np.array([[0, 1 / 4], [1 / 3, 0]]))

    def test_each_product_is_told_best_from_all_others(self) -> None:
        """Column by column it is a ridge regression on the other products."""
        shop = drawn(40, 12)
        table = (shop.purchases().toarray() > 0).astype(float)
        told = binary(ridge=3.0).fit(shop).weights_.toarray()
        for product in range(12):
            others = np.delete(np.arange(12), product)
            rest = table[:, others]
            best = np.linalg.solve(rest.T @ rest + 3 * np.eye(11), rest.T @ table[:, product])
            assert told[others, product] == pytest.approx(best, abs=1e-4)

    def test_of_rare_products_it_says_nothing(self, shop: Interactions) -> None:
        recommender = binary(products=2).fit(shop)
        # Four have bread or jam, fewer the rest.
        assert set(np.unique(recommender.weights_.nonzero()[0])) == {0, 1}

    def test_only_the_largest_weights_are_kept(self) -> None:
        shop = drawn(40, 12)
        whole, cut = (binary(kept=kept).fit(shop).weights_.toarray() for kept in (12, 2))
        assert ((cut != 0).sum(axis=0) == 2).all()
        largest = np.sort(np.abs(whole), axis=0)[-2:]
        assert np.sort(np.abs(cut), axis=0)[-2:] == pytest.approx(largest)

    def test_a_reason_is_what_adds_most(self) -> None:
        shop = drawn(40, 12)
        recommender = binary().fit(shop)
        ranking = recommender.recommend(shop, 1, Question.NEW)
        because = recommender.reasons(shop, ranking).because[0, 0]
        adds = np.where(
            shop.purchases().toarray()[0] > 0,
            recommender.weights_.toarray()[:, ranking.products[0, 0]],
            -np.inf,
        )
        assert because == adds.argmax()
