"""The methods by name, each with what is worth trying: what a contest chooses among."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ml.extras import install_command, is_installed
from ml.recommendation.als import Als
from ml.recommendation.blend import Blend
from ml.recommendation.buy_again import TIES, BuyAgain, DueAgain
from ml.recommendation.content import Content
from ml.recommendation.customer_neighbours import CustomerNeighbours
from ml.recommendation.deep.autoencoder import DenoisingAutoencoder
from ml.recommendation.deep.self_attention import SelfAttention
from ml.recommendation.ease import Ease
from ml.recommendation.item_neighbours import ItemNeighbours
from ml.recommendation.naive_bayes import NaiveBayes
from ml.recommendation.next_basket import TifuKnn, UpCf
from ml.recommendation.popularity import GroupPopularity, Popularity
from ml.recommendation.questions import Question
from ml.recommendation.recommender import Recommender
from ml.recommendation.sequential_rules import SequentialRules
from ml.recommendation.time_aware import TimeAware

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
        reads_attributes: Whether it goes by what is said of products.
        reads_groups: Whether it goes by the groups of customers.
        follows_visits: Whether it is for what is looked at, in a visit, one after the other.
        library: Of an extra, where it imports more than the project's own dependencies; else None.
    """

    build: Callable[..., Recommender]
    tried: tuple[Parameters, ...] = ({},)
    questions: tuple[Question, ...] = _ALL
    reads_attributes: bool = False
    reads_groups: bool = False
    follows_visits: bool = False
    library: str | None = None

    @property
    def is_installed(self) -> bool:
        """Whether its library is there."""
        return self.library is None or is_installed(self.library)


METHODS: Mapping[str, Method] = {
    "popularity": Method(
        Popularity, ({"oldest_days": 28}, {"oldest_days": 91}, {"oldest_days": None})
    ),
    "group_popularity": Method(
        GroupPopularity,
        tuple({"oldest_days": days} for days in (28, 91)),
        (Question.ANYTHING, Question.NEW),
        reads_groups=True,
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
    "time_aware": Method(TimeAware, questions=(Question.ANYTHING, Question.AGAIN)),
    "tifu_knn": Method(TifuKnn),
    "up_cf": Method(UpCf),
    "customer_neighbours": Method(CustomerNeighbours),
    "item_neighbours": Method(ItemNeighbours, ({"similarity": "bm25", "products": 5_000},)),
    "ease": Method(Ease),
    "naive_bayes": Method(NaiveBayes),
    "sequential_rules": Method(
        SequentialRules,
        tuple({"half_life_days": days} for days in (1.0, 0.01, 30.0)),
        follows_visits=True,
    ),
    "content": Method(Content, questions=(Question.NEW,), reads_attributes=True),
    "als": Method(Als, library="implicit"),
    "autoencoder": Method(DenoisingAutoencoder, library="torch"),
    "self_attention": Method(
        SelfAttention, ({"both_ways": False}, {"both_ways": True}), library="torch"
    ),
    # What is bought again, by rhythm too, before what goes with it.
    "blend_again": Method(
        lambda: Blend((BuyAgain(), DueAgain(), Ease()), (1.0, 0.5, 0.2)),
        questions=(Question.ANYTHING,),
    ),
    "blend_new": Method(
        lambda: Blend((Ease(), CustomerNeighbours(), NaiveBayes())), questions=(Question.NEW,)
    ),
}

FILLER = "popularity"
"""What fills the places of a list about which a method says nothing."""

BASELINES: Mapping[Question, str] = {
    Question.ANYTHING: "popularity",
    Question.AGAIN: "personal_frequency",
    Question.NEW: "popularity",
}
"""What a method must beat to be served: what everybody buys, and what the customer bought most."""


def without_library(name: str) -> tuple[str, str]:
    """What is wrong where a method's library is not installed, and what to do."""
    library = METHODS[name].library or ""
    return (
        f"The method {name} needs the library {library}, which is not installed.",
        f"{install_command(library)}, or name other methods.",
    )
