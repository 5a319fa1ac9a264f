"""What shares attributes, and what is popular in a group: for who and what has no history."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from ml.recommendation.content import Content
from ml.recommendation.interactions import Interactions
from ml.recommendation.popularity import GroupPopularity
from ml.recommendation.questions import Question
from tests.ml.recommendation import shop as shops
from tests.ml.recommendation.contract import RecommenderContract, drawn

ANA, BEN, CEM, DEE, EVE = range(5)
BREAD, JAM, MILK, PEN, SALT, TEA = range(6)

# Food: bread, jam, milk, salt, tea. Cheap: bread, pen. To drink: milk, tea.
ATTRIBUTES = np.array([[1, 1, 0], [1, 0, 0], [1, 0, 1], [0, 1, 0], [1, 0, 0], [1, 0, 1]])


def described(shop: Interactions, table: np.ndarray = ATTRIBUTES) -> Interactions:
    return replace(shop, attributes=sparse.csr_array(table.astype(np.float32)))


class TestContent(RecommenderContract):
    make = Content

    @pytest.fixture(scope="class")
    @classmethod
    def many(cls) -> Interactions:
        table = np.arange(30)[:, None] % np.array([2, 3, 5]) == 0
        return described(drawn(60, 30), table)

    def test_a_product_that_nobody_bought_is_found(self, shop: Interactions) -> None:
        fitted = Content().fit(described(shop))
        ranking = fitted.recommend(shop, 6, Question.NEW)
        assert PEN in ranking.products[ANA]
        assert SALT in ranking.products[DEE]

    def test_rare_attributes_say_more(self, shop: Interactions) -> None:
        units = Content().fit(described(shop)).units_.toarray()
        food, cheap = np.log(7 / 6) + 1, np.log(7 / 3) + 1
        assert units[BREAD] == pytest.approx(np.array([food, cheap, 0]) / np.hypot(food, cheap))
        assert units[PEN].tolist() == [0, 1, 0]

    def test_the_score_is_the_cosine_with_all_that_the_customer_has(
        self, shop: Interactions
    ) -> None:
        fitted = Content("plain", half_life_days=None).fit(described(shop))
        units = fitted.units_.toarray()
        profile = 3 * units[BREAD] + units[MILK]
        expected = units @ profile / np.linalg.norm(profile)
        assert fitted.scores(shop).toarray()[ANA] == pytest.approx(expected, rel=1e-5)

    def test_a_reason_is_the_likest_that_the_customer_has(self, shop: Interactions) -> None:
        fitted = Content("binary", half_life_days=None).fit(described(shop))
        ranking = fitted.recommend(shop, 3, Question.NEW)
        told = dict(
            zip(ranking.products[ANA], fitted.reasons(shop, ranking).because[ANA], strict=True)
        )
        assert told[TEA] == MILK
        assert fitted.similar_items(np.array([PEN], dtype=np.int32), 1).products.tolist() == [
            [BREAD]
        ]

    def test_without_attributes_it_says_nothing(self, shop: Interactions) -> None:
        assert (Content().fit(shop).recommend(shop).products == -1).all()


class TestGroupPopularity(RecommenderContract):
    make = GroupPopularity

    GROUPS = np.array([0, 0, 1, 1, -1], dtype=np.int32)

    def test_without_groups_it_is_popularity(self, shop: Interactions) -> None:
        ranking = GroupPopularity(oldest_days=None).fit(shop).recommend(shop, 6)
        assert shops.named(ranking.products, shop)[EVE] == ["bread", "jam", "milk", "tea"]

    def test_a_group_s_share_is_shrunk_to_that_of_all(self, shop: Interactions) -> None:
        grouped = replace(shop, group=self.GROUPS)
        scores = GroupPopularity(None, shrinkage=2).fit(grouped).scores(grouped)
        # Of four buyers three have bread and two jam; of Cem and Dee one has each.
        assert scores[CEM, BREAD] == pytest.approx((1 + 2 * 3 / 4) / (2 + 2))
        assert scores[CEM, JAM] == pytest.approx((1 + 2 * 2 / 4) / (2 + 2))
        assert scores[ANA, BREAD] == pytest.approx((2 + 2 * 3 / 4) / (2 + 2))
        # Who is in no group follows all.
        assert scores[EVE, BREAD] == pytest.approx(3 / 4)
        assert scores[EVE, PEN] == -np.inf

    def test_who_is_in_a_group_that_was_not_there_follows_all(self, shop: Interactions) -> None:
        fitted = GroupPopularity(None).fit(replace(shop, group=self.GROUPS))
        other = replace(shop, group=np.array([7, 7, 7, 7, 7], dtype=np.int32))
        assert fitted.scores(other)[ANA, BREAD] == pytest.approx(3 / 4)

    def test_reasons_count_the_buyers_of_the_group(self, shop: Interactions) -> None:
        grouped = replace(shop, group=self.GROUPS)
        fitted = GroupPopularity(None, shrinkage=0).fit(grouped)
        ranking = fitted.recommend(grouped, 1)
        assert ranking.products[:, 0].tolist() == [BREAD, BREAD, BREAD, BREAD, BREAD]
        reasons = fitted.reasons(grouped, ranking)
        assert reasons.counts[:, 0].tolist() == [2, 2, 1, 1, 3]
        assert reasons.kinds is not None
        assert reasons.kinds[:, 0].tolist() == ["popular_in_segment"] * 4 + ["popular"]
