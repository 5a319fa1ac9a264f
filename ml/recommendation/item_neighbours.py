"""Item-based collaborative filtering: products that the same customers buy."""

from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.explaining import linear_reasons
from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.ranking import Ranking, Scores, placed, top
from ml.recommendation.recommender import Reasons, Recommender, own_entries, portions
from ml.recommendation.weighting import Weighting, ones, weighed
from ml.threads import side_by_side

Similarity = Literal["cosine", "jaccard", "bm25"]
SIMILARITIES: tuple[Similarity, ...] = ("cosine", "jaccard", "bm25")

# So many likenesses are worked out at once by each of four threads, before the best of each product
# are kept.
_PAIRS = 5_000_000
# Robertson and Walker's parameters of BM25, as tuned for listening data by Frederickson's implicit.
_K1, _B = 1.2, 0.75


class ItemNeighbours(Recommender):
    """Scores a product by how like it is to what the customer has, likest products only.

    Deshpande and Karypis (2004), Item-Based Top-N Recommendation Algorithms; similarities with few
    customers behind them are shrunk as in Bell and Koren (2007), Scalable Collaborative Filtering
    with Jointly Derived Neighborhood Interpolation Weights, section 2.2.

    Attributes:
        similarity_: shape (n_products, n_products), sparse: of each product (row) the likeness of
            its neighbours, itself left out.
    """

    reason = "bought_with"

    def __init__(
        self,
        similarity: Similarity = "bm25",
        neighbours: int = 100,
        shrinkage: float = 0.0,
        half_life_days: float | None = 60.0,
        weighting: Weighting = "plain",
        least_customers: int = 5,
        products: int = 10_000,
    ) -> None:
        """How it is told what is alike.

        Args:
            similarity: of the customers of two products: the cosine of what they weigh, the share
                of those who have both (Jaccard), or the cosine of weights by BM25, by which who
                buys much says less.
            neighbours: kept of each product.
            shrinkage: as many customers count against a likeness.
            half_life_days: an entry of this age counts half, in what is learnt and what is asked.
            weighting: what customers' dealings with products weigh.
            least_customers: a product of fewer is like none: what else a handful bought is chance.
            products: so many have neighbours, those that most customers have: in a shop of many
                rare ones most time would go there, for nothing.
        """
        self.similarity = similarity
        self.neighbours = neighbours
        self.shrinkage = shrinkage
        self.half_life_days = half_life_days
        self.weighting = weighting
        self.least_customers = least_customers
        self.products = products

    def _fit(self, interactions: Interactions) -> None:
        weights = self._weighed(interactions)
        holders = np.bincount(weights.indices, minlength=weights.shape[1])
        known = (holders >= self.least_customers) & is_among_most(holders, self.products)
        weights = only(weights, known)
        self.similarity_ = _neighbours(
            _columns(weights, self.similarity), self.similarity, self.neighbours, self.shrinkage
        )

    def scores(self, histories: Interactions) -> Scores:
        """What each product's neighbours weigh for the customer, sparse."""
        return sparse.csr_array(self._weighed(histories) @ self.similarity_)

    def similar_items(self, products: NDArray[np.int32], n: int = 10) -> Ranking:
        """The likest products."""
        return top(self.similarity_[products], n)

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """The product of the history that adds most to the score."""
        return linear_reasons(self._weighed(histories), self.similarity_.T.tocsr(), ranking)

    def _weighed(self, some: Interactions) -> Matrix:
        return weighed(some, self.weighting, self.half_life_days)


def _columns(weights: Matrix, similarity: Similarity) -> Matrix:
    """The customers of each product as a column whose products with others are the similarity."""
    if similarity == "jaccard":
        return ones(weights)
    if similarity == "bm25":
        weights = _bm25(weights)
    norm = np.sqrt(np.asarray(weights.power(2).sum(axis=0)).ravel())
    scaled = weights.data / np.maximum(norm, np.finfo(np.float32).tiny)[weights.indices]
    return sparse.csr_array((scaled, weights.indices, weights.indptr), shape=weights.shape)


def is_among_most(holders: NDArray[np.intp], most: int) -> NDArray[np.bool_]:
    """Whether each product is one of so many that most customers have; of equals the first."""
    among = np.zeros(len(holders), dtype=np.bool_)
    among[np.lexsort((np.arange(len(holders)), -holders))[:most]] = True
    return among


def only(weights: Matrix, known: NDArray[np.bool_]) -> Matrix:
    """The weights of known products; of others nothing is stored."""
    data = np.where(known[weights.indices], weights.data, 0)
    kept = sparse.csr_array((data, weights.indices, weights.indptr), shape=weights.shape, copy=True)
    kept.eliminate_zeros()
    return kept


def _bm25(weights: Matrix) -> Matrix:
    """Each customer is a document and a product a term in it; frequent products say less."""
    customers = weights.shape[0]
    holders = np.bincount(weights.indices, minlength=weights.shape[1])
    rarity = np.log1p(customers / np.maximum(holders, 1)).astype(np.float32)
    length = np.asarray(weights.sum(axis=1)).ravel()
    mean = float(length.mean()) if weights.nnz else 1.0
    relative = 1 - _B + _B * length / mean
    rows = np.repeat(np.arange(customers), np.diff(weights.indptr))
    told = weights.data * (_K1 + 1) / (_K1 * relative[rows] + weights.data)
    data = (told * rarity[weights.indices]).astype(np.float32)
    return sparse.csr_array((data, weights.indices, weights.indptr), shape=weights.shape)


def _neighbours(
    columns: Matrix, similarity: Similarity, neighbours: int, shrinkage: float
) -> Matrix:
    """Of each product the likest others; the table of all pairs never exists."""
    products = columns.shape[1]
    by_product = columns.T.tocsr()
    counted, holding = ones(by_product), ones(columns)
    holders = np.diff(by_product.indptr).astype(np.float32)

    def likest(some: slice) -> Matrix:
        alike = sparse.csr_array(by_product[some] @ columns)
        if shrinkage:
            alike.sort_indices()
        rows = some.start + own_entries(alike)
        data = alike.data
        if similarity == "jaccard":
            data = data / (holders[rows] + holders[alike.indices] - data)
        if shrinkage:
            both = sparse.csr_array(counted[some] @ holding)
            both.sort_indices()
            data = data * both.data / (both.data + np.float32(shrinkage))
        data = np.where(rows == alike.indices, -np.inf, data).astype(np.float32)
        alike = sparse.csr_array((data, alike.indices, alike.indptr), shape=alike.shape)
        return placed(top(alike, neighbours), products)

    found = side_by_side(partial(likest, some) for some in blocks(columns, by_product))
    if not found:
        return sparse.csr_array((products, products), dtype=np.float32)
    return sparse.csr_array(sparse.vstack(found))


def blocks(columns: Matrix, by_product: Matrix) -> list[slice]:
    """Products some at a time, so that the customers of each block have so many pairs in all."""
    has = np.diff(columns.indptr)
    pairs = np.concatenate(([0], np.cumsum(has[by_product.indices], dtype=np.int64)))
    return portions(np.diff(pairs[by_product.indptr]), _PAIRS)
