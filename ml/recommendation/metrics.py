"""How good recommendations are: what was bought afterwards, found again among the first places.

Recall counts hits among the most that could be hit, min(k, bought), so that a full list of hits is
1 for everybody. nDCG discounts by log2 of the place (Järvelin and Kekäläinen 2002); the average
precision is that of Manning, Raghavan and Schütze (2008), section 8.4, over min(k, bought) too.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.evaluation import bootstrap_interval, bootstrap_weights
from ml.recommendation.interactions import Matrix
from ml.recommendation.ranking import NONE, Ranking
from ml.recommendation.recommender import own_entries
from ml.recommendation.weighting import ones

Floats = NDArray[np.float64]

CUTOFFS = (10, 20)
"""Places that are looked at."""

# Popular are the most bought products that make up so much of all purchases: the short head of
# Cremonesi, Koren and Turrin (2010), Performance of Recommender Algorithms on Top-N Tasks.
_SHORT_HEAD = 1 / 3


class Figure(NamedTuple):
    """A metric with its 95 % interval, from the customers that it is the mean of."""

    value: float
    lower: float
    upper: float
    customers: int


def hits(ranking: Ranking, bought: Matrix) -> NDArray[np.bool_]:
    """Whether each place holds what the customer bought afterwards, shape of the ranking."""
    products = bought.shape[1]
    keys = np.arange(len(ranking.products))[:, None] * products + ranking.products
    truth = own_entries(bought) * products + bought.indices
    is_hit: NDArray[np.bool_] = np.isin(keys, truth) & (ranking.products != NONE)
    return is_hit


def by_customer(ranking: Ranking, bought: Matrix) -> dict[str, Floats]:
    """Each metric of each customer, shape (n_customers,); of who bought nothing NaN.

    Args:
        ranking: shape (n_customers, at least the longest of CUTOFFS).
        bought: shape (n_customers, n_products): what is stored was bought.
    """
    hit = hits(ranking, bought)
    count = np.diff(bought.indptr)
    told: dict[str, Floats] = {}
    for k in CUTOFFS:
        told |= {f"{name}_at_{k}": value for name, value in _at(hit[:, :k], count, k).items()}
    return {name: np.where(count > 0, value, np.nan) for name, value in told.items()}


def _at(hit: NDArray[np.bool_], bought: NDArray[np.intp], k: int) -> dict[str, Floats]:
    most = np.maximum(np.minimum(bought, k), 1)
    place = np.arange(1, hit.shape[1] + 1)
    discount = 1 / np.log2(place + 1)
    ideal = np.concatenate(([np.nan], np.cumsum(discount)))[most]
    found = np.cumsum(hit, axis=1)
    return {
        "recall": hit.sum(axis=1) / most,
        "precision": hit.sum(axis=1) / k,
        "ndcg": (hit * discount).sum(axis=1) / ideal,
        "map": (hit * found / place).sum(axis=1) / most,
        "hit_rate": hit.any(axis=1).astype(np.float64),
    }


def figures(told: Mapping[str, Floats], replicates: int = 200, seed: int = 0) -> dict[str, Figure]:
    """The mean of each metric over the customers who bought, with intervals by bootstrap.

    Args:
        told: as `by_customer` gives it.
        replicates: how often customers are drawn anew.
        seed: of the draws; the same draws for every metric and method.
    """
    values = np.column_stack(list(told.values()))
    values = values[~np.isnan(values).any(axis=1)]
    weights = list(bootstrap_weights(len(values), replicates if len(values) else 0, seed))
    drawn = np.array([weight @ values / len(values) for weight in weights])
    figures = {}
    for column, name in enumerate(told):
        value = float(values[:, column].mean()) if len(values) else float("nan")
        lower, upper = bootstrap_interval(list(drawn[:, column]) if len(drawn) else [])
        figures[name] = Figure(value, lower, upper, len(values))
    return figures


def of_lists(ranking: Ranking, purchases: Matrix, k: int = CUTOFFS[0]) -> dict[str, float]:
    """What lists are like, whoever bought what.

    coverage is the share of the products ever bought that are recommended to anybody; novelty the
    mean of -log2 of the share of customers who had bought a recommended product (Vargas and
    Castells 2011), which no product without buyers enters; popular_share the share of recommended
    products from the short head.

    Args:
        ranking: the lists.
        purchases: shape (n_all_customers, n_products), what was known when they were made.
        k: the places that are looked at.
    """
    told = ranking.products[:, :k]
    told = told[told != NONE]
    buyers = np.bincount(purchases.indices, minlength=purchases.shape[1])
    if not len(told) or not purchases.nnz:
        return dict.fromkeys(
            (f"coverage_at_{k}", f"novelty_at_{k}", f"popular_share_at_{k}"), np.nan
        )
    order = np.argsort(-buyers, kind="stable")
    is_popular = np.zeros(len(buyers), dtype=np.bool_)
    is_popular[order[np.cumsum(buyers[order]) <= _SHORT_HEAD * buyers.sum()]] = True
    is_popular[order[0]] = True
    share = buyers[told] / purchases.shape[0]
    return {
        f"coverage_at_{k}": np.count_nonzero(np.bincount(told, buyers[told]))
        / np.count_nonzero(buyers),
        f"novelty_at_{k}": float(-np.log2(share[share > 0]).mean()),
        f"popular_share_at_{k}": float(is_popular[told].mean()),
    }


def asked(bought: Matrix, before: Matrix, *, is_again: bool) -> Matrix:
    """Of what was bought afterwards that which had been bought before, or that which had not."""
    every = ones(bought)
    again = sparse.csr_array(every.multiply(ones(before)))
    if is_again:
        return again
    rest: Matrix = every - again
    rest.eliminate_zeros()
    return rest
