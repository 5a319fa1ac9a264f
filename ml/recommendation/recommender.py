"""The contract of all recommenders.

Parameters are given to `__init__` and kept as they are; `fit` returns itself, and what it learnt
ends with an underscore, as scikit-learn's estimators have it. What is learnt belongs to products:
histories of anybody, customers of the training or not, can be asked about.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator

from ml.kept import from_bytes, to_bytes
from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.questions import Question
from ml.recommendation.ranking import NONE, Ranking, Scores, top
from ml.threads import side_by_side


class Reasons(NamedTuple):
    """Why each product of a ranking is there, shape (n_customers, n) each.

    Attributes:
        because: the product of the customer's history that speaks most for it; NONE for none.
        counts: how many customers or purchases stand behind it; 0 where the method counts none.
        kinds: of what kind each is, like `Recommender.reason`; None where all are of that.
    """

    because: NDArray[np.int32]
    counts: NDArray[np.int64]
    kinds: NDArray[np.object_] | None = None


class Recommender(BaseEstimator, ABC):  # type: ignore[misc]
    """Ranks products for histories.

    Attributes:
        reason: the kind of reason that it gives, a key of the seed recommendation_reasons.
    """

    reason: ClassVar[str] = "popular"

    def fit(self, interactions: Interactions) -> Self:
        """Learns from what all customers did."""
        self.catalogue_ = interactions.catalogue
        self.n_products_ = len(interactions.products)
        self._fit(interactions)
        return self

    def recommend(
        self,
        histories: Interactions,
        n: int = 10,
        question: Question = Question.ANYTHING,
        allowed: NDArray[np.bool_] | None = None,
    ) -> Ranking:
        """The n best products of each customer.

        Args:
            histories: of those that are asked about, in the catalogue of the training.
            n: how many; fewer where there is nothing more to say.
            question: of which products.
            allowed: shape (n_products,), what may be recommended; None for everything.

        Raises:
            ValueError: the histories are of another catalogue.
        """
        return self.answers(histories, n, [question], allowed)[question]

    def answers(
        self,
        histories: Interactions,
        n: int,
        questions: Sequence[Question],
        allowed: NDArray[np.bool_] | None = None,
    ) -> dict[Question, Ranking]:
        """`recommend` for several questions, by scores that are added up once."""
        self._check(histories)
        empty = top(np.empty((0, 1), dtype=np.float32), n)

        def best(some: Interactions) -> dict[Question, Ranking]:
            told = self._told(some, questions, allowed)
            return {question: top(scores, n) for question, scores in told}

        found = side_by_side(partial(best, some) for some in histories.batches)
        found.insert(0, dict.fromkeys(questions, empty))
        return {
            question: Ranking(
                *(
                    np.concatenate(parts)
                    for parts in zip(*(of[question] for of in found), strict=True)
                )
            )
            for question in questions
        }

    def _told(
        self,
        some: Interactions,
        questions: Sequence[Question],
        allowed: NDArray[np.bool_] | None,
    ) -> Iterator[tuple[Question, Scores]]:
        """The scores of what each question asks for."""
        scores = self.scores(some)
        for question in questions:
            yield question, asked(scores, some, question, allowed)

    @abstractmethod
    def _fit(self, interactions: Interactions) -> None: ...

    @abstractmethod
    def scores(self, histories: Interactions) -> Scores:
        """How much speaks for each product, shape (n_customers, n_products), float32.

        Sparse, where the method says nothing of most products; else dense, -inf for nothing.
        """

    def similar_items(self, products: NDArray[np.int32], n: int = 10) -> Ranking:
        """The n products that are most like each, itself left out; none unless the method says."""
        return top(sparse.csr_array((len(products), self.n_products_), dtype=np.float32), n)

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """Why products are in a ranking that `recommend` gave for the same histories."""
        shape = ranking.products.shape
        return Reasons(np.full(shape, NONE, dtype=np.int32), np.zeros(shape, dtype=np.int64))

    def save(self, path: Path) -> None:
        """Writes the fitted recommender."""
        path.write_bytes(to_bytes(self))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads what `save` wrote.

        Raises:
            ValueError: the file is damaged or holds something else.
        """
        read = from_bytes(path.read_bytes())
        if not isinstance(read, cls):
            raise ValueError(f"{path} holds no {cls.__name__}")
        return read

    def _check(self, histories: Interactions) -> None:
        if histories.catalogue != self.catalogue_:
            raise ValueError("the histories are of another catalogue than the training")


def own_entries(matrix: Matrix) -> NDArray[np.intp]:
    """The row of each stored entry."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def portions(sizes: NDArray[np.integer], most: int) -> list[slice]:
    """Entries one after the other, so many that their sizes make at most so much, at least one."""
    before = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
    ends = [0]
    while ends[-1] < len(sizes):
        end = int(np.searchsorted(before, before[ends[-1]] + most, side="right")) - 1
        ends.append(max(end, ends[-1] + 1))
    return [slice(begin, end) for begin, end in pairwise(ends)]


def asked(
    scores: Scores,
    histories: Interactions,
    question: Question,
    allowed: NDArray[np.bool_] | None,
) -> Scores:
    """The scores of what is asked for, -inf or nothing for the rest."""
    bought = histories.purchases() if question is not Question.ANYTHING else None
    if bought is not None and question is Question.AGAIN:
        scores = _of_own(scores, bought)
    if not isinstance(scores, np.ndarray):
        return _asked_sparse(scores, bought if question is Question.NEW else None, allowed)
    scores = np.array(scores, dtype=np.float32)
    if bought is not None:
        scores[own_entries(bought), bought.indices] = -np.inf
    if allowed is not None:
        scores[:, ~allowed] = -np.inf
    return scores


def _of_own(scores: Scores, bought: Matrix) -> Matrix:
    """The scores of what each customer has bought: far fewer than there are."""
    if isinstance(scores, np.ndarray):
        told = scores[own_entries(bought), bought.indices]
        return sparse.csr_array((told, bought.indices, bought.indptr), shape=bought.shape)
    pattern = sparse.csr_array(
        (np.ones_like(bought.data), bought.indices, bought.indptr), shape=bought.shape
    )
    return sparse.csr_array(scores.multiply(pattern))


def _asked_sparse(
    scores: Matrix, refused: Matrix | None, allowed: NDArray[np.bool_] | None
) -> Matrix:
    if refused is None and allowed is None:
        return scores
    kept = np.ones(scores.nnz, dtype=np.bool_) if allowed is None else allowed[scores.indices]
    if refused is not None:
        is_own = np.zeros(scores.shape, dtype=np.bool_)
        is_own[own_entries(refused), refused.indices] = True
        kept &= ~is_own[own_entries(scores), scores.indices]
    data = np.where(kept, scores.data, np.float32(-np.inf))
    return sparse.csr_array((data, scores.indices, scores.indptr), shape=scores.shape)
