"""Matrix factorisation of what customers have: customers and products as points of one space."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.extras import importing
from ml.recommendation.explaining import most_added
from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.ranking import Ranking, Scores, top
from ml.recommendation.recommender import Reasons, Recommender
from ml.recommendation.weighting import Weighting, weighed
from ml.threads import one_thread

# So many likenesses are held at once: 32 MB.
_CELLS = 8_000_000


class Als(Recommender):
    """Scores a product by how near it is to the customer among factors learnt from all.

    Hu, Koren and Volinsky (2008), Collaborative Filtering for Implicit Feedback Datasets, by
    alternating least squares of the library `implicit`, the extra `als`. Products are learnt; who
    is asked about is placed among them by equation 4, whether in the training or not. Reasons are
    those of section 5.

    Attributes:
        factors_: shape (n_products, factors), where products are.
    """

    reason = "bought_with"

    def __init__(
        self,
        factors: int = 64,
        confidence: float = 1.0,
        regularization: float = 1.0,
        iterations: int = 15,
        weighting: Weighting = "log",
        half_life_days: float | None = 60.0,
        seed: int = 0,
    ) -> None:
        """How it is learnt.

        Args:
            factors: dimensions of the space.
            confidence: how much a weight of 1 counts beside what the customer does not have, the
                paper's alpha.
            regularization: the paper's lambda.
            iterations: so often customers and products are placed in turn.
            weighting: what customers' dealings with products weigh.
            half_life_days: an entry of this age weighs half.
            seed: of the places to begin with.
        """
        self.factors = factors
        self.confidence = confidence
        self.regularization = regularization
        self.iterations = iterations
        self.weighting = weighting
        self.half_life_days = half_life_days
        self.seed = seed

    def _fit(self, interactions: Interactions) -> None:
        confidence = self._confidence(interactions)
        self.factors_ = np.zeros((confidence.shape[1], self.factors), dtype=np.float32)
        if confidence.nnz:
            with one_thread():
                model = _library()(
                    factors=self.factors,
                    alpha=1.0,
                    regularization=self.regularization,
                    iterations=self.iterations,
                    num_threads=1,
                    random_state=self.seed,
                )
                model.fit(sparse.csr_matrix(confidence), show_progress=False)
            has_buyer = np.bincount(confidence.indices, minlength=confidence.shape[1]) > 0
            self.factors_[has_buyer] = np.asarray(model.item_factors)[has_buyer]

    def scores(self, histories: Interactions) -> Scores:
        """How much of a liking of 1 is expected; nothing of who has nothing."""
        confidence = self._confidence(histories)
        gram = self._gram()
        placed = np.zeros((confidence.shape[0], self.factors), dtype=np.float32)
        for row in np.flatnonzero(np.diff(confidence.indptr)):
            own = slice(confidence.indptr[row], confidence.indptr[row + 1])
            factors, trust = self.factors_[confidence.indices[own]], confidence.data[own]
            left = gram + (factors.T * (trust - 1)) @ factors
            placed[row] = np.linalg.solve(left, factors.T @ trust)
        scores = placed @ self.factors_.T
        scores[:, ~self.factors_.any(axis=1)] = -np.inf
        scores[np.diff(confidence.indptr) == 0] = -np.inf
        return scores

    def similar_items(self, products: NDArray[np.int32], n: int = 10) -> Ranking:
        """The products in most nearly the same direction."""
        length = np.linalg.norm(self.factors_, axis=1, keepdims=True)
        units = self.factors_ / np.where(length == 0, 1, length)
        step = max(1, _CELLS // max(1, len(units)))
        told = [top(np.empty((0, 1), dtype=np.float32), n)]
        for begin in range(0, len(products), step):
            some = products[begin : begin + step]
            cosines = units[some] @ units.T
            cosines[np.arange(len(some)), some] = -np.inf
            told.append(top(np.where(cosines > 0, cosines, np.float32(-np.inf)), n))
        return Ranking(*(np.concatenate(parts) for parts in zip(*told, strict=True)))

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """The product of the history that adds most, by section 5 of the paper."""
        gram = self._gram()

        def added(
            history: NDArray[np.int32], trust: NDArray[np.float32], products: NDArray[np.int32]
        ) -> NDArray[np.floating[Any]]:
            factors = self.factors_[history]
            left = gram + (factors.T * (trust - 1)) @ factors
            adds: NDArray[np.floating[Any]] = self.factors_[products] @ np.linalg.solve(
                left, factors.T * trust
            )
            return adds

        return most_added(self._confidence(histories), ranking, added)

    def _confidence(self, some: Interactions) -> Matrix:
        confidence = weighed(some, self.weighting, self.half_life_days)
        confidence.data = (1 + self.confidence * confidence.data).astype(np.float32)
        return confidence

    def _gram(self) -> NDArray[np.float64]:
        factors = self.factors_.astype(np.float64)
        gram: NDArray[np.float64] = factors.T @ factors + self.regularization * np.eye(self.factors)
        return gram


def _library() -> Any:
    with importing("implicit", "the method als needs"):
        from implicit.cpu.als import AlternatingLeastSquares
    return AlternatingLeastSquares
