"""Recommenders that are trained as networks, where their library is installed."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(sys.prefix) / "deep"))  # Where `make test` installs it.
torch = pytest.importorskip("torch")

from ml.recommendation.deep.autoencoder import DenoisingAutoencoder  # noqa: E402
from ml.recommendation.deep.self_attention import SelfAttention, turned_round  # noqa: E402
from ml.recommendation.deep.training import library, reproducible  # noqa: E402
from ml.recommendation.interactions import Interactions  # noqa: E402
from ml.recommendation.ranking import NONE  # noqa: E402
from ml.recommendation.recommender import Question  # noqa: E402
from tests.ml.recommendation import shop as shops  # noqa: E402
from tests.ml.recommendation.contract import RecommenderContract, drawn  # noqa: E402


class TestDenoisingAutoencoder(RecommenderContract):
    @staticmethod
    def make() -> DenoisingAutoencoder:
        return DenoisingAutoencoder(hidden=16, epochs=4)

    def test_customers_are_told_apart_by_what_they_like(self) -> None:
        """Each third of customers buys of its own third of products, mostly."""
        shop = drawn(120, 30)
        fitted = DenoisingAutoencoder(hidden=16, epochs=80, batch=32, learning_rate=0.01).fit(shop)
        ranking = fitted.recommend(shop, 3, Question.NEW).products
        assert (ranking % 3 == (np.arange(120) % 3)[:, None]).mean() > 0.7

    def test_of_rare_products_it_says_nothing(self, shop: Interactions) -> None:
        fitted = DenoisingAutoencoder(hidden=4, epochs=1, products=2).fit(shop)
        # Four have bread or jam, fewer the rest; who has neither is told nothing.
        told = fitted.recommend(shop, 6).products
        assert set(told[told != NONE]) == {0, 1}
        dee = list(shop.customers).index("dee")
        assert (told[dee] == NONE).all()


def one_after_another(customers: int = 60, products: int = 12, length: int = 8) -> Interactions:
    """Each goes round the products from one of their own on, a step a day."""
    return shops.of(
        *(
            (f"c{customer:02}", f"p{(customer + step) % products:02}", float(length - step))
            for customer in range(customers)
            for step in range(length)
        )
    )


class TestSelfAttention(RecommenderContract):
    @staticmethod
    def make() -> SelfAttention:
        return SelfAttention(dimensions=8, blocks=1, length=6, epochs=3, drawn=8)

    def test_it_learns_what_comes_next(self) -> None:
        shop = one_after_another()
        fitted = SelfAttention(
            dimensions=16, length=8, epochs=60, drawn=16, batch=16, dropout=0.1, learning_rate=0.01
        ).fit(shop)
        first = fitted.recommend(shop, 1, Question.NEW).products[:, 0]
        assert (first == (np.arange(60) + 8) % 12).mean() > 0.9

    def test_both_ways_it_knows_what_comes_next_still(self) -> None:
        shop = one_after_another()
        told = {"dimensions": 16, "length": 8, "epochs": 60, "drawn": 16, "batch": 16}
        fitted = SelfAttention(**told, dropout=0.1, learning_rate=0.01, both_ways=True).fit(shop)  # type: ignore[arg-type]
        first = fitted.recommend(shop, 1, Question.NEW).products[:, 0]
        assert (first == (np.arange(60) + 8) % 12).mean() > 0.9

    def test_of_a_long_history_the_end_counts(self) -> None:
        shop = one_after_another()
        fitted = self.make().fit(shop)
        last = shop.picked(shop.age <= 6, shop.age)
        assert (
            fitted.recommend(last, 5).products.tolist()
            == fitted.recommend(shop, 5).products.tolist()
        )


def test_rows_are_turned_round_and_their_pad_is_not() -> None:
    rows = np.array([[1, 2, 3, 0], [4, 5, 6, 7]])
    assert turned_round(rows).tolist() == [[3, 2, 1, 0], [7, 6, 5, 4]]


def test_the_library_is_left_as_it_was() -> None:
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    with reproducible(1):
        assert torch.get_num_threads() == 1
        torch.rand(3)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)


def test_without_the_library_there_is_a_word_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install -e '\.\[deep\]'"):
        library()
