"""Which product of a history adds most to a score, where a score is a sum over the history."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.interactions import Matrix
from ml.recommendation.ranking import NONE, Ranking, top
from ml.recommendation.recommender import Reasons, portions

Added = Callable[[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32]], NDArray[np.floating]]
"""Of products of a history, their weights, and n products: (n, n_history), what each adds."""


# So many parts of scores are looked at at once: about 300 MB.
_PARTS = 20_000_000


def linear_reasons(weights: Matrix, to_product: Matrix, ranking: Ranking) -> Reasons:
    """Which product adds most, where one sparse table says what each adds.

    Args:
        weights: shape (n_customers, n_products), of the histories.
        to_product: shape (n_products, n_products): in row p what each product adds to p.
        ranking: what was recommended.
    """
    customer, place = np.nonzero(ranking.products != NONE)
    product = ranking.products[customer, place]
    because = np.full(ranking.products.shape, NONE, dtype=np.int32)
    parts = np.diff(to_product.indptr)[product] + np.diff(weights.indptr)[customer]
    for some in portions(parts, _PARTS):
        added = to_product[product[some]].multiply(weights[customer[some]])
        best = top(sparse.csr_array(added), 1).products[:, 0]
        because[customer[some], place[some]] = best
    return Reasons(because, np.zeros(because.shape, dtype=np.int64))


def most_added(weights: Matrix, ranking: Ranking, added: Added) -> Reasons:
    """Customer by customer, for methods whose table of all pairs of products cannot exist.

    Args:
        weights: shape (n_customers, n_products), of the histories.
        ranking: what was recommended.
        added: what the method says of one customer.
    """
    because = np.full(ranking.products.shape, NONE, dtype=np.int32)
    for row, products in enumerate(ranking.products):
        own = slice(weights.indptr[row], weights.indptr[row + 1])
        places = np.flatnonzero(products != NONE)
        history = weights.indices[own]
        if len(history) and len(places):
            adds = added(history, weights.data[own], products[places])
            best = np.where(adds.max(axis=1) > 0, history[adds.argmax(axis=1)], NONE)
            because[row, places] = best
    return Reasons(because, np.zeros(because.shape, dtype=np.int64))
