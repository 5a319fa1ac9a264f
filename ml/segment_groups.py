"""Groups of points, and what puts other points into them.

Points are rows of shape (n, d), finite, on scales that may be compared.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import KDTree
from sklearn.metrics import euclidean_distances
from sklearn.mixture import GaussianMixture

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]


class Groups(Protocol):
    """Groups that were fitted to points."""

    @property
    def centres(self) -> Floats:
        """The means of the groups, shape (k, d)."""

    @property
    def apart(self) -> int | None:
        """The label of those that belong to no group; None where each point has one."""

    def labels(self, points: Floats) -> Labels:
        """The group of each point, 0..k-1, shape (n,)."""

    def degrees(self, points: Floats) -> Floats:
        """To what degree each point belongs to each group, shape (n, k); rows add up to 1."""

    def parameters(self) -> Floats:
        """What the groups are made of, as a row of numbers: other groups have others."""


@dataclass(frozen=True)
class Centred:
    """Groups whose points are those nearest to their centre."""

    centres: Floats
    apart: None = None

    def labels(self, points: Floats) -> Labels:
        """The label of the nearest centre."""
        return np.asarray(euclidean_distances(points, self.centres).argmin(axis=1))

    def degrees(self, points: Floats) -> Floats:
        """By the inverse square of the distance: how clear the choice was, no probability."""
        return inverse_square(euclidean_distances(points, self.centres))

    def parameters(self) -> Floats:
        """The centres."""
        return self.centres.ravel()


@dataclass(frozen=True)
class Mixture:
    """The components of a Gaussian mixture; degrees are the probabilities of each."""

    model: GaussianMixture
    apart: None = None

    @property
    def centres(self) -> Floats:
        """Their means."""
        return np.asarray(self.model.means_)

    def labels(self, points: Floats) -> Labels:
        """The component that is likeliest."""
        return np.asarray(self.model.predict(points))

    def degrees(self, points: Floats) -> Floats:
        """The probability of each component, given the point."""
        return np.asarray(self.model.predict_proba(points))

    def parameters(self) -> Floats:
        """Means, covariances and weights."""
        parts = (self.model.means_, self.model.covariances_, self.model.weights_)
        return np.concatenate([part.ravel() for part in parts])


@dataclass(frozen=True)
class Neighbours:
    """Groups told by points that are in them: a point is in the group of the nearest one.

    Attributes:
        known: the points that tell, shape (m, d).
        known_labels: their groups, shape (m,).
        strength: to what degree each belongs to its group, shape (m,); None where nothing is said.
    """

    centres: Floats
    known: Floats
    known_labels: Labels
    strength: Floats | None = None
    apart: int | None = None

    def labels(self, points: Floats) -> Labels:
        """The group of the nearest point that tells."""
        return self.known_labels[self._nearest(points)]

    def degrees(self, points: Floats) -> Floats:
        """By the inverse square of the distance to the nearest of each group; or as was said."""
        if self.strength is None:
            groups = (self.known[self.known_labels == one] for one in range(len(self.centres)))
            return inverse_square(np.column_stack([KDTree(one).query(points)[0] for one in groups]))
        nearest = self._nearest(points)
        strength, others = self.strength[nearest][:, None], len(self.centres) - 1
        if self.apart is None:
            degrees = np.repeat((1 - strength) / max(others, 1), len(self.centres), axis=1)
        else:
            degrees = np.zeros((len(points), len(self.centres)))
            degrees[:, self.apart] = 1 - strength[:, 0]
        degrees[np.arange(len(points)), self.known_labels[nearest]] = strength[:, 0]
        return np.asarray(degrees)

    def parameters(self) -> Floats:
        """The points that tell, and their groups."""
        return np.column_stack([self.known, self.known_labels]).ravel()

    def _nearest(self, points: Floats) -> Labels:
        # With few features a tree asks few of the points that tell, which may be all customers.
        return np.asarray(KDTree(self.known).query(points)[1])


def means(points: Floats, labels: Labels, k: int) -> Floats:
    """The mean of the points of each label 0..k-1, all in use; shape (k, d)."""
    return np.array([points[labels == label].mean(axis=0) for label in range(k)])


def inverse_square(distances: Floats) -> Floats:
    """Degrees that fall with the square of the distance: fuzzy c-means with fuzziness 2.

    On the border of two groups a point belongs to each by a half, where no third one is near.

    Args:
        distances: to each group, shape (n, k).
    """
    nearest = distances.min(axis=1, keepdims=True)
    closeness = np.divide(nearest, distances, out=np.ones_like(distances), where=distances > 0) ** 2
    return np.asarray(closeness / closeness.sum(axis=1, keepdims=True))


def renumbered(made: Neighbours, points: Floats, labels: Labels, k: int) -> Neighbours | None:
    """Groups with the labels of those that they share most points with (Kuhn 1955)."""
    if len(made.centres) != k:
        return None
    shared = np.zeros((k, k))
    np.add.at(shared, (made.labels(points), labels), 1)
    new, old = linear_sum_assignment(-shared)
    renumbered = np.empty(k, dtype=np.intp)
    renumbered[new] = old
    return replace(
        made,
        centres=made.centres[np.argsort(renumbered)],
        known_labels=renumbered[made.known_labels],
        apart=None if made.apart is None else int(renumbered[made.apart]),
    )
