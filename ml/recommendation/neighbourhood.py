"""Customers of the training who are like those that are asked about, found by sparse products."""

from abc import abstractmethod

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.interactions import Ids, Interactions, Matrix
from ml.recommendation.ranking import Ranking, Scores, at, placed, top
from ml.recommendation.recommender import Reasons, Recommender, batches, own_entries
from ml.recommendation.weighting import ones

Hashes = NDArray[np.uint64]

REFERENCES = 20_000
"""Neighbours are looked for among so many customers: time grows with them."""


class NeighbourRecommender(Recommender):
    """Recommends what the nearest of some customers of the training have.

    Attributes:
        customers_: shape (n_references,), hashes of the ids of those among whom neighbours are
            looked for: a model names nobody.
        told_: shape (n_references, n_products), sparse: what each says of products.
    """

    customers_: Hashes
    told_: Matrix

    @abstractmethod
    def nearest(self, histories: Interactions) -> Matrix:
        """How like each customer the nearest are, shape (n_customers, n_references), sparse."""

    def scores(self, histories: Interactions) -> Scores:
        """What the neighbours say, by their likeness."""
        return sparse.csr_array(self.nearest(histories) @ self.told_)

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """Counts the neighbours who have the product."""
        have = ones(self.told_)
        counts = np.zeros(ranking.products.shape, dtype=np.int64)
        begin = 0
        for some in batches(histories):
            end = begin + some.shape[0]
            told = sparse.csr_array(ones(self.nearest(some)) @ have)
            counts[begin:end] = at(told, ranking.products[begin:end])
            begin = end
        return Reasons(super().reasons(histories, ranking).because, counts)


def sample(interactions: Interactions, most: int) -> Interactions:
    """At most so many customers who bought something, and what they did.

    Those are taken whose ids have the lowest hashes: the same from day to day while others come
    and go, and none for what they bought.
    """
    buyers = np.unique(interactions.customer[interactions.is_purchase]).astype(np.int32)
    if len(buyers) > most:
        hashes = hashed(interactions.customers[buyers])
        buyers = np.sort(buyers[np.argsort(hashes, kind="stable")[:most]])
    return interactions.of_customers(buyers)


def hashed(ids: Ids) -> Hashes:
    """A number for each id, the same on every machine."""
    return pd.util.hash_array(ids, categorize=False)


def best_others(likeness: Matrix, customers: Ids, references: Hashes, k: int) -> Matrix:
    """The likeness of the k most like each customer, nobody being like themselves.

    Args:
        likeness: shape (n_customers, n_references), sparse: only what is stored counts.
        customers: shape (n_customers,), ids of the rows.
        references: shape (n_references,), hashes of the ids of the columns, each once.
        k: at least 1.
    """
    own = pd.Index(references).get_indexer(pd.Index(hashed(customers)))
    is_own = likeness.indices == own[own_entries(likeness)]
    data = np.where(is_own, -np.inf, likeness.data).astype(np.float32)
    told = sparse.csr_array((data, likeness.indices, likeness.indptr), shape=likeness.shape)
    return placed(top(told, k), len(references))
