"""What a customer's dealings with a product weigh, where many of them say little more than few."""

from typing import Literal

import numpy as np
from scipy import sparse

from ml.recommendation.interactions import Interactions, Matrix

Weighting = Literal["plain", "log", "binary"]
WEIGHTINGS: tuple[Weighting, ...] = ("plain", "log", "binary")


def weighed(
    interactions: Interactions, weighting: Weighting, half_life_days: float | None = None
) -> Matrix:
    """The weights of `Interactions`, as they are, as log(1 + weight), or 1 for whatever there is.

    Args:
        interactions: of the rows.
        weighting: how they count.
        half_life_days: an entry of this age weighs half before that; None for all alike.
    """
    weights = interactions.weights(half_life_days)
    if weighting == "log":
        weights.data = np.log1p(weights.data)
    elif weighting == "binary":
        weights.data = np.ones_like(weights.data)
    return weights


def ones(weights: Matrix) -> Matrix:
    """1 wherever something is stored."""
    data = np.ones_like(weights.data)
    told: Matrix = type(weights)((data, weights.indices, weights.indptr), shape=weights.shape)
    return told


def unit_rows(weights: Matrix) -> Matrix:
    """Each row divided by its length, so that products of rows are cosines."""
    length = np.sqrt(np.asarray(weights.power(2).sum(axis=1)).ravel())
    data = weights.data / np.repeat(length, np.diff(weights.indptr))
    told = (data.astype(np.float32), weights.indices, weights.indptr)
    return sparse.csr_array(told, shape=weights.shape)
