"""The methods by name, each with what is worth trying: what a contest chooses among."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ml.recommendation.buy_again import TIES, BuyAgain, DueAgain
from ml.recommendation.customer_neighbours import CustomerNeighbours
from ml.recommendation.ease import Ease
from ml.recommendation.item_neighbours import ItemNeighbours
from ml.recommendation.next_basket import TifuKnn, UpCf
from ml.recommendation.popularity import Popularity
from ml.recommendation.recommender import Question, Recommender

Parameters = Mapping[str, Any]

_ALL = tuple(Question)


@dataclass(frozen=True)
class Method:
    """A way to recommend.

    Attributes:
        build: Makes one with some of the parameters.
        tried: Parameters that are compared on the days before the test; the first are taken where
            there are no such days.
        questions: What it has an answer to.
    """

    build: Callable[..., Recommender]
    tried: tuple[Parameters, ...] = ({},)
    questions: tuple[Question, ...] = _ALL


METHODS: Mapping[str, Method] = {
    "popularity": Method(
        Popularity, ({"oldest_days": 28}, {"oldest_days": 91}, {"oldest_days": None})
    ),
    "personal_frequency": Method(
        lambda: BuyAgain(half_life_days=None, popularity=TIES),
        questions=(Question.ANYTHING, Question.AGAIN),
    ),
    "buy_again": Method(
        BuyAgain,
        tuple({"half_life_days": days} for days in (90, 45, 180)),
        (Question.ANYTHING, Question.AGAIN),
    ),
    "due_again": Method(DueAgain, questions=(Question.ANYTHING, Question.AGAIN)),
    "tifu_knn": Method(TifuKnn),
    "up_cf": Method(UpCf),
    "customer_neighbours": Method(CustomerNeighbours),
    "item_neighbours": Method(ItemNeighbours, ({"similarity": "bm25"},)),
    "ease": Method(Ease),
}

BASELINES: Mapping[Question, str] = {
    Question.ANYTHING: "popularity",
    Question.AGAIN: "personal_frequency",
    Question.NEW: "popularity",
}
"""What a method must beat to be served: what everybody buys, and what the customer bought most."""
