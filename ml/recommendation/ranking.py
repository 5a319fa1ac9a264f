"""The best few of many scores; where scores tie, the lower position comes first."""

from collections.abc import Callable
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


Columns = Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.integer]]
"""The columns of values, by row and place."""


def _fill(
    best: Ranking, rows: NDArray[np.intp], values: NDArray[np.float32], columns: Columns | None
) -> None:
    """Writes the best of some rows."""
    width = values.shape[1]
    n = min(best.products.shape[1], width)
    if not n or not len(rows):
        return
    # To part values takes half the time that it takes to part their places, or a tenth.
    last = np.partition(values, width - n, axis=1)[:, width - n]
    row, place = divmod(np.flatnonzero((values >= last[:, None]) & (values > -np.inf)), width)
    score, product = values[row, place], place
    if columns is not None:
        product = columns(row, place)
        order = np.argsort(row * (1 + product.max(initial=0)) + product, kind="stable")
        score, product = score[order], product[order]
    if (np.bincount(row, minlength=1) > n).any():
        kept = _first(row, score > last[row], n)
        row, score, product = row[kept], score[kept], product[kept]
    slot = np.arange(len(row)) - _begin(row)
    scores = np.full((len(rows), n), -np.inf, dtype=np.float32)
    scores[row, slot] = score
    products = np.full((len(rows), n), NONE, dtype=np.int32)
    products[row, slot] = product
    order = np.argsort(-scores, axis=1, kind="stable")
    scores = np.take_along_axis(scores, order, axis=1)
    best.products[rows, :n] = np.take_along_axis(products, order, axis=1)
    best.scores[rows, :n] = np.where(scores > -np.inf, scores, np.float32(np.nan))


def _first(row: NDArray[np.intp], is_above: NDArray[np.bool_], n: int) -> NDArray[np.bool_]:
    """The n best of each row, where those that are not above the last of them tie with it.

    Args:
        row: of each value, ascending; in a row they stand by column.
        is_above: whether it is above the last.
        n: so many at most.
    """
    tied = np.cumsum(~is_above)
    begin = _begin(row)
    nth = tied - tied[begin] + ~is_above[begin]
    kept: NDArray[np.bool_] = is_above | (nth <= n - np.bincount(row, is_above)[row])
    return kept


def _begin(row: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of each value, where its row begins, of values by row."""
    counts = np.bincount(row)
    begin: NDArray[np.intp] = (np.cumsum(counts) - counts)[row]
    return begin


def _padded(
    scores: sparse.csr_array, rows: NDArray[np.intp], lengths: NDArray[np.integer]
) -> tuple[NDArray[np.float32], Columns]:
    """What is stored of some rows, side by side: values, -inf behind the last, and columns."""
    begin = scores.indptr[rows]
    places = np.arange(int(lengths[rows].max()), dtype=begin.dtype)
    # Behind the last of all there is nothing to take.
    values = scores.data.take(begin[:, None] + places, mode="clip").astype(np.float32, copy=False)
    values[places >= lengths[rows, None]] = -np.inf

    def columns(row: NDArray[np.intp], place: NDArray[np.intp]) -> NDArray[np.integer]:
        taken: NDArray[np.integer] = scores.indices.take(begin[row] + place, mode="clip")
        return taken

    return values, columns
