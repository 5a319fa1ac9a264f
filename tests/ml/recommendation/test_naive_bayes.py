"""What is bought together, as a probability."""

import numpy as np
import pytest

from ml.recommendation.interactions import Interactions
from ml.recommendation.naive_bayes import NaiveBayes
from ml.recommendation.questions import Question
from tests.ml.recommendation import shop as shops
from tests.ml.recommendation.contract import RecommenderContract, drawn

BREAD, JAM, MILK, PEN, SALT, TEA = range(6)


def plain(**more: float) -> NaiveBayes:
    return NaiveBayes(**({"smoothing": 2.0, "least_customers": 1, "half_life_days": None} | more))  # type: ignore[arg-type]


class TestNaiveBayes(RecommenderContract):
    make = NaiveBayes

    def test_evidence_is_how_much_more_often_who_has_it_has_the_other(
        self, shop: Interactions
    ) -> None:
        told = plain().fit(shop).evidence_.toarray()
        # Of two who have milk two have bread, of all five three: (2 + 2 * 3/5) / (4 * 3/5).
        assert told[BREAD, MILK] == pytest.approx(np.log(3.2 / 2.4))
        # Of two who have tea one has bread: fewer than of all, which is no evidence.
        assert told[BREAD, TEA] == 0
        assert not told.diagonal().any()

    def test_prior_is_the_share_of_late_buyers(self, shop: Interactions) -> None:
        told = np.exp(plain(calibrated_days=8).fit(shop).prior_)
        assert told[[BREAD, JAM, MILK, TEA]] == pytest.approx(np.array([2.5, 0.5, 1.5, 2.5]) / 5)

    def test_a_score_is_a_chance_of_prior_and_evidence(self, shop: Interactions) -> None:
        fitted = plain().fit(shop)
        fitted.calibration_ = np.array([-1.0, 0.5, 2.0])
        scores = fitted.scores(shop).toarray()
        # Cem has bread and jam once each: log(1 + 1) is what each weighs.
        has = np.log(2)
        evidence = fitted.evidence_.toarray()[[BREAD, JAM], MILK].sum() * has / np.sqrt(2 * has)
        odds = -1 + 0.5 * fitted.prior_[MILK] + 2 * evidence
        assert scores[2, MILK] == pytest.approx(1 / (1 + np.exp(-odds)), rel=1e-5)

    def test_chances_are_those_of_what_was_bought_anew(self) -> None:
        """Over all that something is said of, as many are expected as there were."""
        shop = drawn(400, 30)
        fitted = NaiveBayes(calibrated_days=100).fit(shop)
        # All products are drawn alike: the prior says nothing there.
        intercept, of_prior, of_evidence = fitted.calibration_
        assert intercept < 0 <= of_prior < of_evidence
        chances = fitted.scores(shop).data
        assert ((chances > 0) & (chances < 1)).all()
        # In 100 days a customer buys three or so of 30 products.
        assert 0.02 < chances.mean() < 0.2

    def test_where_nothing_is_bought_anew_prior_and_evidence_count_alike(self) -> None:
        shop = shops.of(("a", "x", 50), ("a", "y", 50), ("b", "x", 50))
        assert plain().fit(shop).calibration_.tolist() == [0, 1, 1]

    def test_a_reason_says_most(self) -> None:
        shop = drawn(60, 20)
        fitted = plain().fit(shop)
        ranking = fitted.recommend(shop, 1, Question.NEW)
        because = fitted.reasons(shop, ranking).because[0, 0]
        says = fitted.evidence_.toarray()[:, ranking.products[0, 0]]
        has = np.log1p(shop.weights().toarray()[0])
        assert because == (says * has).argmax()
