"""Several methods as one: what one says nothing of, or not surely, another may know."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone

from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.questions import Question
from ml.recommendation.ranking import NONE, Ranking, Scores, at, placed, top
from ml.recommendation.recommender import Reasons, Recommender

# So many products of each member are looked at: further down nothing gets into a list.
_CANDIDATES = 200


class Blend(Recommender):
    """Adds up the places that products have in the rankings of other methods, with weights.

    Cormack, Clarke and Buettcher (2009), Reciprocal Rank Fusion outperforms Condorcet and
    Individual Rank Learning Methods: the first place says 1, the k-th (c + 1) / (c + k). Scores of
    methods cannot be compared, places can. Places are among what is asked for, so that what is
    bought again does not push what is new out of sight.

    Attributes:
        members_: the fitted members.
    """

    def __init__(
        self,
        members: Sequence[Recommender],
        weights: Sequence[float] | None = None,
        flatness: float = 5.0,
    ) -> None:
        """What is blended.

        Args:
            members: methods with their parameters; copies of them are fitted.
            weights: of each; None for all alike.
            flatness: the paper's c: the higher, the less the first places count beside later ones.
        """
        self.members = members
        self.weights = weights
        self.flatness = flatness

    def _fit(self, interactions: Interactions) -> None:
        self.members_ = [clone(member).fit(interactions) for member in self.members]

    def scores(self, histories: Interactions) -> Scores:
        """The weighed places, sparse."""
        ((_, scores),) = self._told(histories, [Question.ANYTHING], None)
        return scores

    def similar_items(self, products: NDArray[np.int32], n: int = 10) -> Ranking:
        """The blended places among what each member finds like the products."""
        width = max(n, _CANDIDATES)
        told = [self._places(one.similar_items(products, width)) for one in self.members_]
        return top(self._summed(told), n)

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """Of each product the reason of the member that ranks it highest in the list, weighed."""
        because = np.full(ranking.products.shape, NONE, dtype=np.int32)
        counts = np.zeros(ranking.products.shape, dtype=np.int64)
        kinds = np.full(ranking.products.shape, self.reason, dtype=object)
        most = np.zeros(ranking.products.shape, dtype=np.float32)
        for member, weight in zip(self.members_, self._shares(), strict=True):
            told = member.reasons(histories, ranking)
            says = np.float32(weight) * self._says(member, histories, ranking)
            more = says > most
            because[more], counts[more] = told.because[more], told.counts[more]
            kinds[more] = member.reason if told.kinds is None else told.kinds[more]
            most[more] = says[more]
        return Reasons(because, counts, kinds)

    def _told(
        self,
        some: Interactions,
        questions: Sequence[Question],
        allowed: NDArray[np.bool_] | None,
    ) -> Iterator[tuple[Question, Scores]]:
        told = [one.answers(some, _CANDIDATES, questions, allowed) for one in self.members_]
        for question in questions:
            yield question, self._summed([self._places(each[question]) for each in told])

    def _says(
        self, member: Recommender, histories: Interactions, ranking: Ranking
    ) -> NDArray[np.float32]:
        """What a member says of the products of a list by their order, 0 where nothing."""
        says = np.zeros(ranking.products.shape, dtype=np.float32)
        begin = 0
        for some in histories.batches:
            rows = slice(begin, begin + some.shape[0])
            begin += some.shape[0]
            scores = member.scores(some)
            if isinstance(scores, np.ndarray):
                scores = sparse.csr_array(np.where(np.isfinite(scores), scores, 0))
            told = at(scores, ranking.products[rows])
            place = np.argsort(np.argsort(-told, axis=1, kind="stable"), axis=1)
            says[rows] = np.where(told == 0, 0, self._by_place(place.astype(np.float32)))
        return says

    def _places(self, ranking: Ranking) -> Matrix:
        says = self._by_place(np.arange(ranking.products.shape[1], dtype=np.float32))
        scores = np.broadcast_to(says, ranking.products.shape)
        return placed(Ranking(ranking.products, scores), self.n_products_)

    def _by_place(self, place: NDArray[np.float32]) -> NDArray[np.float32]:
        """What a place says, the first being 0."""
        return np.float32(self.flatness + 1) / (np.float32(self.flatness + 1) + place)

    def _summed(self, told: Sequence[Matrix]) -> Matrix:
        summed = told[0] * np.float32(self._shares()[0])
        for weight, one in zip(self._shares()[1:], told[1:], strict=True):
            summed = summed + one * np.float32(weight)
        return sparse.csr_array(summed)

    def _shares(self) -> Sequence[float]:
        return [1.0] * len(self.members) if self.weights is None else self.weights
