"""Segments on a plane: the customers' points, seen from where they differ most."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from ml import layouts, schemas
from ml.segmentation import Segments
from ml.threads import one_thread

MOST_CUSTOMERS = 1_000
_SEED = 0
# Two lie on a line.
_FEWEST = 3


def segment_map(
    segments: Segments, customers: pd.DataFrame, labels: NDArray[np.intp]
) -> pd.DataFrame:
    """SEGMENT_MAP: a sample of customers, the segments' centres and the features' directions.

    The plane is that of the first two principal components of all customers' points on the scale
    that segments are made on (Pearson 1901). Customers are not named.

    Args:
        segments: in force on the day.
        customers: rows of `customers_with_orders`, all of the day.
        labels: shape (n,), the label of the segment of each.

    Returns:
        Of `kind` customer, centre (the mean of the segment's customers; label is its name) or
        feature (a unit along it; label is the feature, and there is no segment_id, -1). Empty with
        fewer than three customers, of one feature, or where all are alike.
    """
    empty = schemas.empty_table(layouts.SEGMENT_MAP)
    if len(customers) < _FEWEST:
        return empty
    points = segments.points(customers)
    if points.shape[1] < 2 or not points.std(axis=0).any():
        return empty
    with one_thread():
        plane = PCA(n_components=2).fit(points)
        places = plane.transform(points)
    ids = np.array(segments.ids)
    draw = np.random.default_rng(_SEED)
    size = min(len(customers), MOST_CUSTOMERS)
    sample = np.sort(draw.choice(len(customers), size, replace=False))
    filled = sorted(set(labels), key=lambda label: segments.ids[label])
    parts = [
        ("customer", places[sample], [None] * size, ids[labels[sample]]),
        (
            "centre",
            np.array([places[labels == label].mean(axis=0) for label in filled]),
            [segments.names[label][0] for label in filled],
            ids[filled],
        ),
        ("feature", plane.components_.T, segments.features, np.full(len(segments.features), -1)),
    ]
    x_share, y_share = plane.explained_variance_ratio_
    tables = [
        schemas.as_table(
            {
                "number": np.arange(1, len(where) + 1),
                "label": label,
                "segment_id": of,
                "x": where[:, 0],
                "y": where[:, 1],
            },
            layouts.SEGMENT_MAP,
            as_of_date=customers["as_of_date"].iloc[0],
            model_name=segments.model_name,
            model_version=segments.version,
            kind=kind,
            x_share=float(x_share),
            y_share=float(y_share),
        )
        for kind, where, label, of in parts
    ]
    return pd.concat(tables, ignore_index=True)
