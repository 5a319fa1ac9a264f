"""The best few of many scores; where scores tie, the lower position comes first."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Scores: TypeAlias = sparse.csr_array | NDArray[np.float32]

NONE = -1
"""The product of a place that is not filled."""


class Ranking(NamedTuple):
    """The best products of each row, best first.

    Attributes:
        products: shape (n_rows, n), positions; NONE behind the last.
        scores: shape (n_rows, n), theirs; NaN behind the last.
    """

    products: NDArray[np.int32]
    scores: NDArray[np.float32]


def top(scores: Scores, n: int) -> Ranking:
    """The n highest scores of each row.

    Args:
        scores: shape (n_rows, n_products). Of a sparse one only what is stored can be among the
            best; of a dense one all that is not -inf.
        n: how many, at least 1.
    """
    values, columns = _padded(scores) if sparse.issparse(scores) else (np.asarray(scores), None)
    rows, width = values.shape
    best = np.full((rows, n), NONE, dtype=np.int32)
    best_scores = np.full((rows, n), np.nan, dtype=np.float32)
    if not rows or not width:
        return Ranking(best, best_scores)
    taken = _partitioned(values, columns, min(n, width))
    score = np.take_along_axis(values, taken, axis=1)
    product = taken if columns is None else _at(columns, taken)
    order = np.lexsort((product, -score), axis=1)
    score = np.take_along_axis(score, order, axis=1)
    product = np.take_along_axis(product, order, axis=1)
    there = np.isfinite(score)
    best[:, : score.shape[1]][there] = product[there]
    best_scores[:, : score.shape[1]][there] = score[there]
    return Ranking(best, best_scores)


def _padded(scores: sparse.csr_array) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """What is stored of each row, side by side: values, -inf behind the last, and their columns."""
    lengths = np.diff(scores.indptr)
    width = int(lengths.max(initial=0))
    place = np.arange(width) < lengths[:, None]
    values = np.full(place.shape, -np.inf, dtype=np.float32)
    columns = np.full(place.shape, np.iinfo(np.int32).max, dtype=np.int32)
    values[place] = scores.data
    columns[place] = scores.indices
    return values, columns


def _at(columns: NDArray[np.int32], taken: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.take_along_axis(columns.astype(np.intp), taken, axis=1)


def _partitioned(
    values: NDArray[np.float32], columns: NDArray[np.int32] | None, n: int
) -> NDArray[np.intp]:
    """Where the n best of each row stand, in no order; of equals those of the lowest columns."""
    if n == values.shape[1]:
        return np.tile(np.arange(n), (len(values), 1))
    taken = np.argpartition(-values, n - 1, axis=1)[:, :n]
    last = np.take_along_axis(values, taken, axis=1).min(axis=1)
    # Which of those that tie for the last place were taken is chance.
    tied = np.flatnonzero((values >= last[:, None]).sum(axis=1) > n)
    for row in tied:
        column = np.arange(values.shape[1]) if columns is None else columns[row]
        taken[row] = np.lexsort((column, -values[row]))[:n]
    return taken
