"""What is declared of segments: by what, how and how many."""

from dataclasses import dataclass

CLUSTER_FEATURES = ["days_since_last_order", "order_count", "average_order_value"]
"""What customers are told apart by, unless something else is declared."""

METHODS = ("kmeans", "gaussian_mixture", "fuzzy_c_means", "hierarchical", "hdbscan")
"""Names of the methods, the default first; see `segment_methods`."""


@dataclass(frozen=True)
class SegmentRule:
    """How segments are made, what they must be like, and the limits of the cost of finding out.

    Attributes:
        features: columns of customer_features that customers are told apart by.
        method: one of METHODS.
        feature_names: of each feature that names of segments do not tell in any case, what it is
            called in English and in Chinese: (feature, English, Chinese).
        smallest_k: fewest segments that are looked for.
        largest_k: most segments that are looked for.
        minimum_bootstrap_ari: how alike the segments of resampled customers must be; 1 is equal.
        minimum_share: smallest share of customers in a segment, 0..1.
        minimum_customers: smallest number of customers in a segment.
        replicates: bootstrap resamples for each k.
        selection_rows: k is chosen on at most so many customers.
        silhouette_rows: the silhouette, whose cost is quadratic, is taken on at most so many.
        seed: of every draw.
        calm_margin: within a month who buys nothing moves to another segment only where its centre
            is nearer than that of the own by this share of the distance.
    """

    features: tuple[str, ...] = tuple(CLUSTER_FEATURES)
    method: str = "kmeans"
    feature_names: tuple[tuple[str, str, str], ...] = ()
    smallest_k: int = 3
    largest_k: int = 8
    minimum_bootstrap_ari: float = 0.8
    minimum_share: float = 0.05
    minimum_customers: int = 10
    replicates: int = 10
    selection_rows: int = 25_000
    silhouette_rows: int = 3_000
    seed: int = 0
    calm_margin: float = 0.15
