"""Several methods as one."""

import numpy as np
import pytest
from sklearn.base import clone

from ml.recommendation.blend import Blend
from ml.recommendation.buy_again import BuyAgain
from ml.recommendation.customer_neighbours import CustomerNeighbours
from ml.recommendation.ease import Ease
from ml.recommendation.interactions import Interactions
from ml.recommendation.popularity import Popularity
from ml.recommendation.questions import Question
from ml.recommendation.ranking import NONE
from tests.ml.recommendation import shop as shops
from tests.ml.recommendation.contract import RecommenderContract

ANA, BEN, CEM, DEE, EVE = range(5)
BREAD, JAM, MILK, PEN, SALT, TEA = range(6)


def again_or_popular(**more: object) -> Blend:
    """Two members whose order is known by hand."""
    members = (BuyAgain(None, popularity=0), Popularity())
    return Blend(members, **({"weights": (1.0, 0.5), "flatness": 1.0} | more))  # type: ignore[arg-type]


class TestBlend(RecommenderContract):
    @staticmethod
    def make() -> Blend:
        return Blend((Ease(), CustomerNeighbours(), Popularity()), (1.0, 1.0, 0.5))

    def test_fit_returns_the_recommender_with_its_parameters(self, many: Interactions) -> None:
        """Members are copied by `clone`, so that they are like and not the same."""
        recommender = self.make()
        assert recommender.fit(many) is recommender
        assert repr(clone(recommender)) == repr(recommender)

    def test_weighed_places_are_added(self, shop: Interactions) -> None:
        scores = again_or_popular().fit(shop).scores(shop).toarray()
        # Ana bought bread and then milk most often; most bought bread, then jam, milk and tea.
        assert scores[ANA] == pytest.approx(
            [1 + 0.5, 0.5 * 2 / 3, 2 / 3 + 0.5 / 2, 0, 0, 0.5 * 2 / 5]
        )

    def test_places_are_among_what_is_asked_for(self, shop: Interactions) -> None:
        ranking = again_or_popular().fit(shop).recommend(shop, 4, Question.NEW)
        assert ranking.products[ANA].tolist() == [JAM, TEA, NONE, NONE]
        # The first of the popular that Ana has not, not the second.
        assert ranking.scores[ANA, :2] == pytest.approx([0.5, 0.5 * 2 / 3])

    def test_the_reason_is_of_the_member_that_says_most(self, shop: Interactions) -> None:
        recommender = again_or_popular().fit(shop)
        ranking = recommender.recommend(shop, 4)
        assert ranking.products[ANA].tolist() == [BREAD, MILK, JAM, TEA]
        because, counts, kinds = recommender.reasons(shop, ranking)
        assert because[ANA].tolist() == [BREAD, MILK, NONE, NONE]
        assert kinds is not None
        assert kinds[ANA].tolist() == ["own_purchases"] * 2 + ["popular_ever"] * 2
        # Own purchases of bread and milk; buyers of jam and tea.
        assert counts[ANA].tolist() == [3, 1, 2, 2]

    def test_without_weights_all_count_alike(self, shop: Interactions) -> None:
        scores = again_or_popular(weights=None).fit(shop).scores(shop).toarray()
        assert scores[EVE, BREAD] == pytest.approx(1)
        assert scores[ANA, BREAD] == pytest.approx(2)

    def test_similar_items_are_blended_too(self) -> None:
        shop = shops.of(("a", "x", 1), ("a", "y", 1), ("b", "z", 1))
        told = Blend((Ease(), Popularity())).fit(shop).similar_items(np.array([0], dtype=np.int32))
        assert told.products[0, 0] == 1
