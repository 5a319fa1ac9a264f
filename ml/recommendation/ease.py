"""A shallow autoencoder of products, solved in closed form."""

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from ml.recommendation.explaining import linear_reasons
from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.item_neighbours import is_among_most
from ml.recommendation.ranking import Ranking, Scores, placed, top
from ml.recommendation.recommender import Reasons, Recommender
from ml.recommendation.weighting import Weighting, weighed
from ml.threads import one_thread


class Ease(Recommender):
    """Scores a product by all that the customer has, whose weights are learnt together.

    EASE^R of Steck (2019), Embarrassingly Shallow Autoencoders for Sparse Data, equation 8: the
    weights that tell each product best from all others, with a ridge, and none from itself. It
    inverts a table of products by products: so it knows those that most customers have, and says
    nothing of the rest.

    Attributes:
        weights_: shape (n_products, n_products), sparse: what each product (row) adds to others.
    """

    reason = "bought_with"

    def __init__(
        self,
        ridge: float = 100.0,
        products: int = 4_000,
        kept: int = 400,
        weighting: Weighting = "log",
        half_life_days: float | None = 60.0,
    ) -> None:
        """How it is learnt.

        Args:
            ridge: the paper's lambda: the higher, the less is believed of what few customers have.
            products: so many are known. Time grows with their cube: 4,000 take 3 s and 200 MB.
            kept: so many weights towards each product, the largest.
            weighting: what customers' dealings with products weigh.
            half_life_days: an entry of this age counts half, in what is learnt and what is asked.
        """
        self.ridge = ridge
        self.products = products
        self.kept = kept
        self.weighting = weighting
        self.half_life_days = half_life_days

    def _fit(self, interactions: Interactions) -> None:
        weights = self._weighed(interactions)
        products = weights.shape[1]
        holders = np.bincount(weights.indices, minlength=products)
        known = np.flatnonzero((holders > 0) & is_among_most(holders, self.products))
        self.weights_ = sparse.csr_array((products, products), dtype=np.float32)
        if len(known):
            some = sparse.csr_array(weights[:, known])
            gram = (some.T @ some).toarray().astype(np.float32)
            to_each = _largest(_solved(gram, self.ridge), self.kept).tocoo()
            row, column = known[to_each.col], known[to_each.row]
            entries = sparse.coo_array((to_each.data, (row, column)), shape=self.weights_.shape)
            self.weights_ = entries.tocsr()

    def scores(self, histories: Interactions) -> Scores:
        """What the history adds up to, sparse."""
        return sparse.csr_array(self._weighed(histories) @ self.weights_)

    def similar_items(self, products: NDArray[np.int32], n: int = 10) -> Ranking:
        """The products to which each adds most."""
        return top(self.weights_[products], n)

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """The product of the history that adds most to the score."""
        return linear_reasons(self._weighed(histories), self.weights_.T.tocsr(), ranking)

    def _weighed(self, some: Interactions) -> Matrix:
        return weighed(some, self.weighting, self.half_life_days)


def _solved(gram: NDArray[np.float32], ridge: float) -> NDArray[np.float32]:
    """What each product (column) adds to each (row), 0 to itself. Overwrites the table."""
    own = np.diag_indices_from(gram)
    gram[own] += np.float32(ridge)
    with one_thread():
        inverse = linalg.inv(gram, overwrite_a=True, check_finite=False)
    # The paper's column j of B is -P[:, j] / P[j, j], here as row j: P is symmetric.
    told: NDArray[np.float32] = inverse / -np.diag(inverse)[:, None]
    told[own] = 0
    return told


def _largest(table: NDArray[np.float32], kept: int) -> Matrix:
    """So many entries of each row that are furthest from 0."""
    best = top(np.where(table == 0, np.float32(-np.inf), np.abs(table)), kept)
    signed = np.take_along_axis(table, np.maximum(best.products, 0), axis=1)
    return placed(Ranking(best.products, signed), table.shape[1])
