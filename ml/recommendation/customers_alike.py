"""Who buys alike: of each customer the nearest others, and what the two have in common."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ml import layouts, schemas
from ml.recommendation.interactions import Ids, Interactions, Matrix
from ml.recommendation.neighbourhood import sample
from ml.recommendation.ranking import NONE, Ranking, top
from ml.recommendation.recommender import own_entries
from ml.recommendation.weighting import ones, unit_rows
from ml.threads import side_by_side

MODEL_NAME = "customers_alike"
MODEL_VERSION = "log-180-2"
"""How purchases weigh; another one where other customers would be found in the same purchases."""

NEIGHBOURS = 5
REFERENCES = 10_000
"""Neighbours are looked for among so many customers: time grows with them, and each doubling finds
neighbours that buy more alike by a tenth."""

# Of who has bought one product, or shares one with another, everything would follow from it.
LEAST_PRODUCTS = 2
LEAST_SHARED = 2
# A purchase of this age counts half. Of what was compared (DECISIONS.md) neighbours by it buy most
# alike afterwards.
_HALF_LIFE_DAYS = 180.0
_LEAST_WEIGHT = np.float32(1e-6)
# So many likenesses are held at once by each of four threads: 20 MB, and as many counts.
_CELLS = 5_000_000


class CustomersAlike:
    """Those among whom the nearest are looked for.

    The cosine of log(1 + purchases), each decayed by its age: Sarwar, Karypis, Konstan and Riedl
    (2000), Analysis of Recommendation Algorithms for E-Commerce, section 3.2.

    Attributes:
        customers_: shape (n_references,), their ids: who has bought two products or more, at most
            so many, the same from day to day.
        products_: shape (n_products,), what they may have bought.
        weights_: shape (n_references, n_products), rows of length 1.
    """

    def __init__(self, neighbours: int = NEIGHBOURS, references: int = REFERENCES) -> None:
        """So many of each customer, among so many."""
        self.neighbours = neighbours
        self.references = references

    def fit(self, interactions: Interactions) -> "CustomersAlike":
        """Takes the references of all customers."""
        known = sample(
            interactions.of_customers(_of_several_products(interactions)), self.references
        )
        self.customers_: Ids = known.customers
        self.products_: Ids = known.products
        self.weights_ = _weights(known)
        return self

    def table(self, histories: Interactions, as_of_date: pd.Timestamp) -> pd.DataFrame:
        """The nearest of each customer who has bought two products or more.

        Args:
            histories: Of customers, references or not, in any catalogue; their ages are those on
                the day of `fit`.
            as_of_date: The day that is told.

        Returns:
            CUSTOMER_SIMILAR, by customer and rank.
        """
        asked = histories.of_customers(_of_several_products(histories))
        parts = self._parts(asked, self._among(asked.products))
        empty = {name: np.empty(0, dtype=object) for name in _COLUMNS}
        told = {name: np.concatenate([empty[name], *(p[name] for p in parts)]) for name in _COLUMNS}
        return schemas.as_table(
            told,
            layouts.CUSTOMER_SIMILAR,
            as_of_date=as_of_date,
            model_name=MODEL_NAME,
            model_version=MODEL_VERSION,
        )

    def _among(self, products: Ids) -> Matrix:
        """The weights of the references in another catalogue."""
        place = pd.Index(products).get_indexer(pd.Index(self.products_))[self.weights_.indices]
        kept = place >= 0
        row = own_entries(self.weights_)[kept]
        shape = (len(self.customers_), len(products))
        return sparse.csr_array((self.weights_.data[kept], (row, place[kept])), shape)

    def _parts(self, asked: Interactions, among: Matrix) -> list[dict[str, Any]]:
        """The columns of the table, of some customers at a time."""
        weights, by_product = _weights(asked), among.T.tocsr()
        having = ones(by_product)
        own = pd.Index(self.customers_).get_indexer(pd.Index(asked.customers))
        step = max(1, _CELLS // max(1, len(self.customers_)))

        def nearest(begin: int) -> dict[str, Any]:
            some = weights[begin : begin + step]
            likeness, shared = some @ by_product, ones(some) @ having
            # Both store the same entries in the same order: which they are goes by where weights
            # are, and none is 0.
            kept = shared.data >= LEAST_SHARED
            kept &= likeness.indices != own[begin : begin + step][own_entries(likeness)]
            ranking = top(_entries(likeness, kept), self.neighbours)
            return _part(asked, self.customers_, among, begin, some, ranking)

        return side_by_side(
            partial(nearest, begin) for begin in range(0, len(asked.customers), step)
        )


def _part(
    asked: Interactions,
    references: Ids,
    among: Matrix,
    begin: int,
    weights: Matrix,
    nearest: Ranking,
) -> dict[str, Any]:
    row, place = np.nonzero(nearest.products != NONE)
    other = nearest.products[row, place]
    common = sparse.csr_array(weights[row].multiply(among[other]))
    return {
        "customer_id": asked.customers[begin + row],
        "rank": place + 1,
        "similar_customer_id": references[other],
        # Rounding takes the cosine of equals a little above 1.
        "similarity": np.minimum(nearest.scores[row, place].astype(np.float64), 1),
        "shared_product_count": np.diff(common.indptr).astype(np.int64),
        "shared_product_id": asked.products[top(common, 1).products[:, 0]],
    }


_COLUMNS = (
    *("customer_id", "rank", "similar_customer_id", "similarity"),
    *("shared_product_count", "shared_product_id"),
)


def _weights(interactions: Interactions) -> Matrix:
    counts = interactions.purchases(_HALF_LIFE_DAYS)
    # Whatever was bought counts, however long ago: the product of two is never rounded to nothing.
    counts.data = np.log1p(np.maximum(counts.data, _LEAST_WEIGHT))
    return unit_rows(counts)


def _entries(matrix: Matrix, kept: NDArray[np.bool_]) -> Matrix:
    """Some of the entries of a table, told in the order of `data`."""
    before = np.concatenate(([0], np.cumsum(kept)))
    return sparse.csr_array(
        (matrix.data[kept], matrix.indices[kept], before[matrix.indptr]), matrix.shape
    )


def _of_several_products(interactions: Interactions) -> NDArray[np.int32]:
    """Positions of customers who have bought two products or more."""
    products = np.diff(interactions.purchases().indptr)
    return np.flatnonzero(products >= LEAST_PRODUCTS).astype(np.int32)
