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


# So many scores of sparse rows are set side by side at once: 16 MB.
_CELLS = 4_000_000


def top(scores: Scores, n: int) -> Ranking:
    """The n highest scores of each row.

    Args:
        scores: shape (n_rows, n_products). Of a sparse one only what is stored can be among the
            best; of either what is not -inf.
        n: how many, at least 1.
    """
    rows = scores.shape[0]
    best = Ranking(
        np.full((rows, n), NONE, dtype=np.int32), np.full((rows, n), np.nan, dtype=np.float32)
    )
    if isinstance(scores, np.ndarray):
        _fill(best, np.arange(rows), scores, None)
        return best
    lengths = np.diff(scores.indptr)
    # Rows of about one length are padded together: one long row does not make all of them long.
    magnitude = np.ceil(np.log2(np.maximum(lengths, 1))).astype(np.int8)
    for each in np.unique(magnitude[lengths > 0]):
        alike = np.flatnonzero((magnitude == each) & (lengths > 0))
        step = max(1, _CELLS >> int(each))
        for begin in range(0, len(alike), step):
            some = alike[begin : begin + step]
            _fill(best, some, *_padded(scores, some, lengths))
    return best


def placed(best: Ranking, columns: int) -> sparse.csr_array:
    """The scores of a ranking where they belong, shape (n_rows, columns), the rest empty."""
    row, place = np.nonzero(best.products != NONE)
    return sparse.csr_array(
        (best.scores[row, place], (row, best.products[row, place])),
        shape=(len(best.products), columns),
    )


def at(matrix: sparse.csr_array, products: NDArray[np.int32]) -> NDArray[np.float32]:
    """The entries of each row at products of its own, shape of `products`; 0 at NONE."""
    told = np.zeros(products.shape, dtype=np.float32)
    row, place = np.nonzero(products != NONE)
    if len(row):
        told[row, place] = np.asarray(matrix[row, products[row, place]]).ravel()
    return told


def _fill(
    best: Ranking,
    rows: NDArray[np.intp],
    values: NDArray[np.float32],
    columns: NDArray[np.int32] | None,
) -> None:
    """Writes the best of some rows; columns are the places of values where they are None."""
    n = min(best.products.shape[1], values.shape[1])
    if not n or not len(rows):
        return
    taken = _partitioned(values, columns, n)
    score = np.take_along_axis(values, taken, axis=1)
    product = taken
    if columns is not None:
        product = np.take_along_axis(columns.astype(np.intp), taken, axis=1)
    order = np.lexsort((product, -score), axis=1)
    score = np.take_along_axis(score, order, axis=1)
    is_there = np.isfinite(score)
    product = np.take_along_axis(product, order, axis=1)
    best.products[rows, :n] = np.where(is_there, product, NONE)
    best.scores[rows, :n] = np.where(is_there, score, np.float32(np.nan))


def _padded(
    scores: sparse.csr_array, rows: NDArray[np.intp], lengths: NDArray[np.integer]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """What is stored of some rows, side by side: values, -inf behind the last, and columns."""
    place = np.arange(int(lengths[rows].max()))
    is_there = place < lengths[rows, None]
    entry = np.where(is_there, scores.indptr[rows, None] + place, 0)
    values = np.where(is_there, scores.data[entry], np.float32(-np.inf))
    columns = np.where(is_there, scores.indices[entry], np.iinfo(np.int32).max)
    return values.astype(np.float32, copy=False), columns.astype(np.int32, copy=False)


def _partitioned(
    values: NDArray[np.float32], columns: NDArray[np.int32] | None, n: int
) -> NDArray[np.intp]:
    """Where the n best of each row stand, in no order; of equals those of the lowest columns."""
    width = values.shape[1]
    if n == width:
        return np.tile(np.arange(n), (len(values), 1))
    taken = np.argpartition(values, width - n, axis=1)[:, width - n :]
    last = np.take_along_axis(values, taken, axis=1).min(axis=1)
    # Which of those that tie for the last place were taken is chance.
    tied = np.flatnonzero((values >= last[:, None]).sum(axis=1) > n)
    tied = tied[np.isfinite(last[tied])]
    if len(tied):
        column = np.broadcast_to(np.arange(width), values.shape) if columns is None else columns
        taken[tied] = np.lexsort((column[tied], -values[tied]), axis=1)[:, :n]
    return taken
