"""Matrix factorisation."""

import sys

import numpy as np
import pytest

from ml.recommendation.als import Als
from ml.recommendation.interactions import Interactions
from ml.recommendation.questions import Question
from ml.recommendation.ranking import NONE
from tests.ml.recommendation import shop as shops
from tests.ml.recommendation.contract import RecommenderContract, drawn


class TestAls(RecommenderContract):
    make = Als

    def test_a_customer_is_placed_where_confidence_says(self) -> None:
        """Equation 4 over all products, those that the customer lacks counting 1."""
        shop = drawn(40, 12)
        fitted = Als(factors=4, confidence=3, regularization=0.5).fit(shop)
        confidence = 1 + 3 * np.log1p(shop.weights(60).toarray()[5])
        has = shop.weights().toarray()[5] > 0
        factors = fitted.factors_
        left = (factors.T * confidence) @ factors + 0.5 * np.eye(4)
        placed = np.linalg.solve(left, factors.T @ (confidence * has))
        assert fitted.scores(shop)[5] == pytest.approx(placed @ factors.T, abs=1e-4)

    def test_customers_are_told_apart_by_what_they_like(self) -> None:
        """Each third of customers buys of its own third of products, mostly."""
        shop = drawn(120, 30)
        ranking = Als(factors=8).fit(shop).recommend(shop, 3, Question.NEW).products
        kind = np.arange(120) % 3
        assert (ranking % 3 == kind[:, None]).mean() > 0.7

    def test_reasons_add_up_to_the_score(self) -> None:
        """The largest part belongs to a product of the history; parts sum to the whole."""
        shop = drawn(40, 12)
        fitted = Als(factors=4).fit(shop)
        ranking = fitted.recommend(shop, 1, Question.NEW)
        because = fitted.reasons(shop, ranking).because[0, 0]
        history = np.flatnonzero(shop.weights().toarray()[0])
        alone = []
        for product in history:
            trust = 1 + np.log1p(shop.weights(60).toarray()[0, history])
            factors = fitted.factors_[history]
            gram = fitted.factors_.T @ fitted.factors_ + np.eye(4)
            left = gram + (factors.T * (trust - 1)) @ factors
            own = fitted.factors_[product] * trust[history == product]
            alone.append(fitted.factors_[ranking.products[0, 0]] @ np.linalg.solve(left, own))
        assert because == history[np.argmax(alone)]
        assert sum(alone) == pytest.approx(ranking.scores[0, 0], abs=1e-4)

    def test_of_what_nobody_has_nothing_is_said(self, shop: Interactions) -> None:
        fitted = Als(factors=2).fit(shop)
        seen = fitted.recommend(shop, 3).products
        # Nobody has bought or seen salt and the pen.
        assert not np.isin(seen[seen != NONE], [3, 4]).any()

    def test_without_the_library_it_says_what_to_install(
        self, shop: Interactions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "implicit.cpu.als", None)
        with pytest.raises(ModuleNotFoundError, match=r"pip install -e '\.\[als\]'"):
            Als().fit(shop)
        assert (Als().fit(shops.of()).recommend(shops.of()).products == NONE).all()
