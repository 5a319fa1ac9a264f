"""What every recommender keeps, whatever its method: inherit, and name the method."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from ml.recommendation.interactions import Interactions
from ml.recommendation.questions import Question
from ml.recommendation.ranking import NONE, Ranking
from ml.recommendation.recommender import Recommender
from ml.threads import one_thread
from tests.ml.recommendation import shop as shops


def drawn(customers: int, products: int, seed: int = 1) -> Interactions:
    """Purchases drawn with likings of kinds of products, some of them more than once."""
    draw = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        kind = customer % 3
        for _ in range(int(draw.integers(1, 12))):
            near = draw.random() < 0.8
            product = (
                int(draw.integers(products // 3)) * 3 + kind if near else draw.integers(products)
            )
            rows.append((f"c{customer:03}", f"p{product:03}", float(draw.integers(1, 200))))
    return shops.of(*rows)


class RecommenderContract:
    """Each subclass says which `Recommender` it is about."""

    make: Callable[[], Recommender]

    @classmethod
    def maker(cls) -> Recommender:
        return cls.make()

    @pytest.fixture(scope="class")
    @classmethod
    def shop(cls) -> Interactions:
        return shops.interactions()

    @pytest.fixture(scope="class")
    @classmethod
    def many(cls) -> Interactions:
        return drawn(60, 30)

    @pytest.fixture(scope="class")
    @classmethod
    def fitted(cls, many: Interactions) -> Recommender:
        return cls.maker().fit(many)

    @pytest.fixture(scope="class")
    @classmethod
    def in_shop(cls, shop: Interactions) -> Recommender:
        return cls.maker().fit(shop)

    def test_fit_returns_the_recommender_with_its_parameters(self, many: Interactions) -> None:
        recommender = self.maker()
        told = recommender.get_params()
        assert recommender.fit(many) is recommender
        assert recommender.get_params() == told == clone(recommender).get_params()

    def test_rows_are_ranked_by_score_and_hold_each_product_once(
        self, fitted: Recommender, many: Interactions
    ) -> None:
        ranking = fitted.recommend(many, 8)
        assert ranking.products.shape == ranking.scores.shape == (60, 8)
        for products, scores in zip(*ranking, strict=True):
            there = products != NONE
            assert (there[:-1] >= there[1:]).all()  # Nothing behind an empty place.
            assert len(set(products[there])) == there.sum()
            assert np.isnan(scores[~there]).all()
            assert (np.diff(scores[there]) <= 0).all()

    @pytest.mark.parametrize("question", [Question.AGAIN, Question.NEW])
    def test_a_question_is_answered_with_what_it_asks_for(
        self, fitted: Recommender, many: Interactions, question: Question
    ) -> None:
        bought = many.purchases().toarray() > 0
        for row, products in enumerate(fitted.recommend(many, 30, question).products):
            for product in products[products != NONE]:
                assert bought[row, product] == (question is Question.AGAIN)

    def test_only_what_is_allowed_is_recommended(
        self, fitted: Recommender, many: Interactions
    ) -> None:
        allowed = np.arange(30) % 2 == 0
        products = fitted.recommend(many, 30, allowed=allowed).products
        assert allowed[products[products != NONE]].all()
        assert not (fitted.recommend(many, 5, allowed=np.zeros(30, bool)).products != NONE).any()

    def test_customers_are_answered_alike_alone_and_among_others(
        self, fitted: Recommender, many: Interactions
    ) -> None:
        alone = fitted.recommend(many.of_customers(np.array([7], dtype=np.int32)), 6)
        together = fitted.recommend(many, 6)
        assert alone.products.tolist() == together.products[7:8].tolist()

    def test_the_same_input_gives_the_same_ranking(self, many: Interactions) -> None:
        first = self.maker().fit(many).recommend(many, 10)
        with one_thread():
            second = self.maker().fit(many).recommend(many, 10)
        assert first.products.tolist() == second.products.tolist()

    def test_what_is_saved_answers_alike(
        self, fitted: Recommender, many: Interactions, tmp_path: Path
    ) -> None:
        fitted.save(tmp_path / "model")
        read = type(fitted).load(tmp_path / "model")
        assert (
            read.recommend(many, 6).products.tolist() == fitted.recommend(many, 6).products.tolist()
        )

    def test_what_is_damaged_is_not_read(self, fitted: Recommender, tmp_path: Path) -> None:
        fitted.save(tmp_path / "model")
        content = (tmp_path / "model").read_bytes()
        (tmp_path / "model").write_bytes(content[:-1] + b"x")
        with pytest.raises(ValueError, match="not the bytes"):
            type(fitted).load(tmp_path / "model")

    def test_another_catalogue_is_refused(self, fitted: Recommender, shop: Interactions) -> None:
        with pytest.raises(ValueError, match="another catalogue"):
            fitted.recommend(shop)

    def test_who_has_bought_nothing_and_what_nobody_bought_make_no_trouble(
        self, in_shop: Recommender, shop: Interactions
    ) -> None:
        ranking = in_shop.recommend(shop, 10)
        assert ranking.products.shape == (5, 10)
        assert np.isfinite(ranking.scores[ranking.products != NONE]).all()

    def test_reasons_name_what_the_customer_has(
        self, fitted: Recommender, many: Interactions
    ) -> None:
        ranking = fitted.recommend(many, 6)
        because, counts, _ = fitted.reasons(many, ranking)
        assert because.shape == counts.shape == ranking.products.shape
        own = many.weights().toarray() > 0
        for row, products in enumerate(because):
            assert own[row, products[products != NONE]].all()
        assert (because[ranking.products == NONE] == NONE).all()

    def test_similar_items_leave_the_product_itself_out(self, fitted: Recommender) -> None:
        asked = np.arange(30, dtype=np.int32)
        found = fitted.similar_items(asked, 5).products
        assert found.shape == (30, 5)
        assert not (found == asked[:, None]).any()

    def test_one_customer_with_one_product_is_a_shop_too(self) -> None:
        alone = shops.of(("ana", "bread", 1))
        ranking = self.maker().fit(alone).recommend(alone, 3)
        assert set(ranking.products.ravel()) <= {0, NONE}

    def test_a_shop_without_entries_recommends_nothing(self) -> None:
        nobody = shops.of()
        ranking: Ranking = self.maker().fit(nobody).recommend(nobody, 3)
        assert ranking.products.shape == (0, 3)
