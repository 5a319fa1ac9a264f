"""The best few of many scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from ml.recommendation.ranking import NONE, at, placed, top


def slowly(row: np.ndarray, n: int) -> list[int]:
    """The definition: by score, then by position."""
    there = [place for place in range(len(row)) if np.isfinite(row[place])]
    best = sorted(there, key=lambda place: (-row[place], place))[:n]
    return best + [NONE] * (n - len(best))


scores = st.lists(
    st.lists(st.sampled_from([-np.inf, -2.0, 0.5, 1.0, 3.0]), min_size=9, max_size=9), max_size=12
)


@given(scores, st.integers(1, 12))
def test_dense_and_sparse_it_is_the_definition(rows: list[list[float]], n: int) -> None:
    dense = np.array(rows, dtype=np.float32).reshape(-1, 9)
    stored = np.where(np.isfinite(dense), dense, 0)
    expected = [slowly(row, n) for row in dense]
    assert top(dense, n).products.tolist() == expected
    assert top(sparse.csr_array(stored), n).products.tolist() == expected


def test_rows_of_any_lengths_are_each_ranked_by_themselves() -> None:
    draw = np.random.default_rng(0)
    table = sparse.random_array((50, 300), density=0.1, rng=draw, format="csr", dtype=np.float32)
    table.data = np.ceil(table.data * 3)
    rows = sparse.vstack([table, np.ones((1, 300), dtype=np.float32)]).tocsr()
    dense = np.where(rows.toarray() == 0, -np.inf, rows.toarray())
    ranking = top(rows, 7)
    assert ranking.products.tolist() == [slowly(row, 7) for row in dense]
    assert placed(ranking, 300).nnz == (ranking.products != NONE).sum()


def test_columns_in_any_order_are_ranked_alike() -> None:
    shuffled = sparse.csr_array(([1.0, 1.0, 1.0], [4, 0, 2], [0, 3]), shape=(1, 5))
    assert top(shuffled, 2).products.tolist() == [[0, 2]]


def test_entries_are_found_where_they_are() -> None:
    matrix = sparse.csr_array(np.array([[0, 2.0, 3.0], [4.0, 0, 0]], dtype=np.float32))
    told = at(matrix, np.array([[2, 0, NONE], [0, NONE, NONE]], dtype=np.int32))
    assert told == pytest.approx(np.array([[3, 0, 0], [4, 0, 0]]))
