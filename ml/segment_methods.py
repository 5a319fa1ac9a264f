"""Ways to make groups of points, behind one interface.

Each method fits groups to points, and gives the same for the same points and seed. Points are rows
of shape (n, d), finite, on scales that may be compared.
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.metrics import euclidean_distances
from sklearn.mixture import GaussianMixture

from ml.segment_groups import (
    Centred,
    Floats,
    Groups,
    Labels,
    Mixture,
    Neighbours,
    inverse_square,
    means,
    renumbered,
)
from ml.segment_rule import SegmentRule

# Of fuzzy c-means; 2 is usual (Bezdek 1981). The higher, the more evenly a point belongs to all.
FUZZINESS = 2.0
# Ward is quadratic in what it joins: so many centres of K-means stand for the points.
PROTOTYPES = 500
# HDBSCAN is slower than linear and keeps its points to tell new ones: it sees so many at most.
HDBSCAN_ROWS = 10_000


class Method(Protocol):
    """A way to make groups.

    Attributes:
        finds_count: whether it finds out itself how many groups there are, and takes no number.
    """

    finds_count: ClassVar[bool]

    def fit(
        self, points: Floats, k: int, seed: int, *, weights: Labels | None = None, starts: int = 10
    ) -> Groups:
        """Fits k groups; `weights` are how often each point counts, `starts` how often it tries."""

    def refit(self, points: Floats, labels: Labels, k: int, seed: int) -> Groups | None:
        """Fits groups that begin at the ones that `labels` tell, each keeping its label.

        None where the method does not find so many.
        """


class KMeansMethod:
    """K-means (Lloyd 1982), the best of several k-means++ starts."""

    finds_count: ClassVar[bool] = False

    def fit(
        self, points: Floats, k: int, seed: int, *, weights: Labels | None = None, starts: int = 10
    ) -> Centred:
        """See `Method`."""
        model = KMeans(k, n_init=starts, random_state=seed).fit(points, sample_weight=weights)
        return Centred(model.cluster_centers_)

    def refit(self, points: Floats, labels: Labels, k: int, seed: int) -> Centred:
        """See `Method`."""
        begun = means(points, labels, k)
        return Centred(
            KMeans(k, init=begun, n_init=1, random_state=seed).fit(points).cluster_centers_
        )


class FuzzyCMeansMethod:
    """Fuzzy c-means (Bezdek 1981), from the centres of K-means."""

    finds_count: ClassVar[bool] = False

    def fit(
        self, points: Floats, k: int, seed: int, *, weights: Labels | None = None, starts: int = 10
    ) -> Centred:
        """See `Method`."""
        begun = KMeansMethod().fit(points, k, seed, weights=weights, starts=starts).centres
        return self._from(points, begun, weights)

    def refit(self, points: Floats, labels: Labels, k: int, seed: int) -> Centred:
        """See `Method`."""
        return self._from(points, means(points, labels, k), None)

    def _from(self, points: Floats, centres: Floats, weights: Labels | None) -> Centred:
        times = np.ones(len(points)) if weights is None else weights
        for _ in range(300):
            shares = inverse_square(euclidean_distances(points, centres)) ** FUZZINESS
            shares *= times[:, None]
            moved = shares.T @ points / shares.sum(axis=0)[:, None]
            shift = float(np.abs(moved - centres).max())
            centres = moved
            if shift < 1e-6:
                break
        return Centred(centres)


class GaussianMixtureMethod:
    """A mixture of Gaussians with a full covariance each, by expectation maximisation."""

    finds_count: ClassVar[bool] = False

    def fit(
        self, points: Floats, k: int, seed: int, *, weights: Labels | None = None, starts: int = 10
    ) -> Mixture:
        """See `Method`; it begins at K-means, so that one start does."""
        seen = points if weights is None else np.repeat(points, weights, axis=0)
        return Mixture(_mixture(k, seed).fit(seen))

    def refit(self, points: Floats, labels: Labels, k: int, seed: int) -> Mixture:
        """See `Method`."""
        return Mixture(_mixture(k, seed, means_init=means(points, labels, k)).fit(points))


def _mixture(k: int, seed: int, means_init: Floats | None = None) -> GaussianMixture:
    # Rows in which many customers are equal would make a component as thin as a line.
    return GaussianMixture(
        k, reg_covar=1e-3, max_iter=300, random_state=seed, means_init=means_init
    )


class HierarchicalMethod:
    """Ward's method (1963), which joins the two groups that then spread least.

    It joins centres of K-means, 500 at most, in place of the points.
    """

    finds_count: ClassVar[bool] = False

    def fit(
        self, points: Floats, k: int, seed: int, *, weights: Labels | None = None, starts: int = 10
    ) -> Neighbours:
        """See `Method`; the prototypes are found once."""
        known = np.unique(points, axis=0)
        if len(known) > PROTOTYPES:
            model = KMeans(PROTOTYPES, n_init=1, random_state=seed)
            known = model.fit(points, sample_weight=weights).cluster_centers_
        if len(known) == 1:
            return Neighbours(known, known, np.zeros(1, dtype=np.intp))
        labels = fcluster(linkage(known, "ward"), k, "maxclust").astype(np.intp) - 1
        found = int(labels.max()) + 1
        told = Neighbours(means(known, labels, found), known, labels)
        return Neighbours(means(points, told.labels(points), found), known, labels)

    def refit(self, points: Floats, labels: Labels, k: int, seed: int) -> Neighbours | None:
        """See `Method`; it cannot begin anywhere, so groups are numbered after the old ones."""
        return renumbered(self.fit(points, k, seed), points, labels, k)


@dataclass(frozen=True)
class HdbscanMethod:
    """HDBSCAN (Campello, Moulavi and Sander 2013): dense places, and points apart from them.

    Attributes:
        minimum_share: smallest share of the points in a group.
        minimum_points: smallest number of points in a group.
    """

    minimum_share: float
    minimum_points: int
    finds_count: ClassVar[bool] = True

    def fit(
        self, points: Floats, k: int, seed: int, *, weights: Labels | None = None, starts: int = 10
    ) -> Neighbours:
        """See `Method`; how often a point counts is not looked at, since it would be a density."""
        seen = points if weights is None else points[weights > 0]
        if len(seen) > HDBSCAN_ROWS:
            drawn = np.random.default_rng(seed).choice(len(seen), HDBSCAN_ROWS, replace=False)
            seen = seen[np.sort(drawn)]
        smallest = min(max(2, self.minimum_points, int(self.minimum_share * len(seen))), len(seen))
        model = HDBSCAN(
            min_cluster_size=max(2, smallest), min_samples=min(10, len(seen)), copy=True
        ).fit(seen)
        found = int(model.labels_.max()) + 1
        is_apart = model.labels_ < 0
        labels = np.where(is_apart, found, model.labels_).astype(np.intp)
        strength = np.where(is_apart, 1.0, model.probabilities_)
        apart = found if is_apart.any() else None
        count = found + int(is_apart.any())
        return Neighbours(means(seen, labels, count), seen, labels, strength, apart)

    def refit(self, points: Floats, labels: Labels, k: int, seed: int) -> Neighbours | None:
        """See `Method`."""
        return renumbered(self.fit(points, k, seed), points, labels, k)


KMEANS = KMeansMethod()


def method_of(rule: SegmentRule) -> Method:
    """The method that a rule names."""
    methods: dict[str, Method] = {
        "kmeans": KMEANS,
        "gaussian_mixture": GaussianMixtureMethod(),
        "fuzzy_c_means": FuzzyCMeansMethod(),
        "hierarchical": HierarchicalMethod(),
        "hdbscan": HdbscanMethod(rule.minimum_share, rule.minimum_customers),
    }
    return methods[rule.method]
