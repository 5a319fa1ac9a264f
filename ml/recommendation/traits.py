"""What customers are like as one sparse table: numbers, words and what they buy, on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.interactions import Matrix

Kind = Literal["number", "word", "liking"]

# Of a word that fewer customers have, or of the many places of one column, nothing can be learnt.
LEAST_CUSTOMERS = 10
_MOST_WORDS = 50
# All that a customer likes weighs so much beside a number of one standard deviation. Between 1 and
# 10 it hardly mattered on the lists of docs/lookalikes.md.
_LIKINGS_WEIGH = 3.0


class Trait(NamedTuple):
    """A column of the table.

    Attributes:
        kind: A number; a word that a column says; something bought or leant to.
        name: The column, or the kind of liking.
        value: The word, or what is liked; of a number nothing.
    """

    kind: Kind
    name: str
    value: str = ""


class Likings(NamedTuple):
    """What customers like, an entry a customer and thing.

    Attributes:
        name: Of the kind of thing.
        values: shape (n_values,), the things.
        customer: shape (n,), rows of the table.
        value: shape (n,), positions in `values`.
        weight: shape (n,), how much, above 0.
    """

    name: str
    values: Sequence[str]
    customer: NDArray[np.int32]
    value: NDArray[np.int32]
    weight: NDArray[np.float32]


@dataclass(frozen=True)
class Traits:
    """A row a customer, a column a trait.

    Attributes:
        matrix: shape (n_customers, n_traits): numbers as signed logarithms in standard deviations,
            unknown ones at the median; words as 0 and 1; likings by rarity, each kind of a customer
            of the same length.
        names: shape (n_traits,).
        numbers: shape (n_customers, n_numbers), as they are; the first columns of `matrix`.
    """

    matrix: Matrix
    names: tuple[Trait, ...]
    numbers: pd.DataFrame


def traits_of(numbers: pd.DataFrame, words: pd.DataFrame, likings: Sequence[Likings]) -> Traits:
    """The table.

    Args:
        numbers: shape (n_customers, any), NaN for unknown; columns that tell nobody apart are left.
        words: shape (n_customers, any), text or None; rare words are left.
        likings: of each kind.
    """
    told = numbers.loc[:, numbers.nunique() > 1].astype(np.float64)
    parts: list[Matrix] = [_standardised(told)]
    names = [Trait("number", str(name)) for name in told]
    for column in words:
        codes, levels = pd.factorize(words[column], sort=True)
        kept = _frequent(np.bincount(codes[codes >= 0], minlength=len(levels)), len(words))
        parts.append(sparse.csr_array(sparse.csr_array(codes[:, None] == kept), dtype=np.float32))
        names += [Trait("word", str(column), str(levels[code])) for code in kept]
    for liking in likings:
        matrix, kept = _weighed(liking, len(numbers))
        parts.append(matrix)
        names += [Trait("liking", liking.name, liking.values[code]) for code in kept]
    stacked = sparse.csr_array(sparse.hstack(parts, format="csr"), dtype=np.float64)
    # As scikit-learn's solvers ask for.
    stacked.indices = stacked.indices.astype(np.int32)
    stacked.indptr = stacked.indptr.astype(np.int32)
    return Traits(stacked, tuple(names), told)


def _standardised(numbers: pd.DataFrame) -> Matrix:
    told = numbers.to_numpy(np.float64)
    logged = np.sign(told) * np.log1p(np.abs(told))
    filled = np.where(np.isnan(logged), np.nanmedian(logged, axis=0), logged)
    spread = filled.std(axis=0)
    return sparse.csr_array((filled - filled.mean(axis=0)) / np.where(spread > 0, spread, 1))


def _frequent(counts: NDArray[np.intp], customers: int) -> NDArray[np.intp]:
    """The words that enough customers have, and not all: the most frequent, in their order."""
    there = np.flatnonzero((counts >= LEAST_CUSTOMERS) & (counts < customers))
    return np.sort(there[np.argsort(-counts[there], kind="stable")[:_MOST_WORDS]])


def _weighed(liking: Likings, customers: int) -> tuple[Matrix, NDArray[np.intp]]:
    entries = (np.log1p(liking.weight), (liking.customer, liking.value))
    shape = (customers, len(liking.values))
    matrix: Matrix = sparse.coo_array(entries, shape=shape).tocsr()
    having = np.bincount(matrix.indices, minlength=shape[1])
    kept = np.flatnonzero(having >= LEAST_CUSTOMERS)
    rarity = np.log((customers + 1) / (having[kept] + 1)).astype(np.float32)
    rare = sparse.csr_array(matrix[:, kept] @ sparse.diags_array(rarity))
    length = np.sqrt(np.asarray(rare.power(2).sum(axis=1)).ravel())
    scale = _LIKINGS_WEIGH / np.where(length > 0, length, 1)
    return sparse.csr_array(sparse.diags_array(scale) @ rare), kept
