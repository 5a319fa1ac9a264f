"""Why a prediction is what it is, theme by theme, for one customer after the other.

The reason that a theme gives is what the prediction would lose if the customer were as a typical
customer is in that theme: the prediction less the one with the theme's features at their medians. A
theme holds features that say much the same, so that none hides behind its twins, as it would if
each were changed alone. Change-one-thing explanations go by any method: Robnik-Sikonja and
Kononenko (2008).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml import schemas
from ml.fitted import Fitted
from ml.target import Target

Floats = NDArray[np.float64]
Themes = Mapping[str, Sequence[str]]
"""Features by theme."""

MOST_REASONS = 3
# What moves a probability by less than a point, or an amount by less than a hundredth of the
# typical one, is no reason.
_LEAST_PROBABILITY = 0.01
_LEAST_SHARE = 0.01


def reasons(
    target: Target, fitted: Fitted, customers: pd.DataFrame, themes: Themes
) -> pd.DataFrame:
    """The strongest reasons of each customer's prediction, the strongest first.

    Args:
        target: what is predicted.
        fitted: the model that is served.
        customers: those predicted of: customer_id and numeric features; together they say what is
            typical.
        themes: features by theme; those that the model does not read do not matter.

    Returns:
        customer_id, rank from 1 to at most MOST_REASONS, theme, feature, value, typical_value,
        effect.
    """
    told = {name: [f for f in of if f in fitted.inputs] for name, of in themes.items()}
    told = {name: features for name, features in told.items() if features}
    if not told or customers.empty:
        return schemas.empty_table(schemas.REASONS)
    typical = typical_values(customers[fitted.inputs])
    expected = fitted.expected(customers)
    effects = np.column_stack(
        [
            expected - fitted.expected(customers.assign(**{f: typical[f] for f in features}))
            for features in told.values()
        ]
    )
    least = _LEAST_PROBABILITY
    if target.kind == "amount":
        least = _LEAST_SHARE * float(np.median(expected))
    order = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :MOST_REASONS]
    tables = [
        _told(customers, name, features, effects[:, index], np.argwhere(order == index), typical)
        for index, (name, features) in enumerate(told.items())
    ]
    table = pd.concat(tables, ignore_index=True)
    strong = table[table["effect"].abs() >= least]
    return schemas.as_table(strong.sort_values(["customer_id", "rank"]), schemas.REASONS)


def typical_values(inputs: pd.DataFrame) -> dict[str, float]:
    """The median of each feature; NaN where it is unknown of most."""
    medians = inputs.median().where(inputs.isna().mean() <= 0.5)
    return {str(name): float(median) for name, median in medians.items()}


def _told(
    customers: pd.DataFrame,
    theme: str,
    features: Sequence[str],
    effect: Floats,
    places: NDArray[np.intp],
    typical: Mapping[str, float],
) -> pd.DataFrame:
    """A theme's rows; of its features the one tells it that is least typical of the customer.

    Args:
        customers: all of them.
        theme: its name.
        features: those of the theme that the model reads.
        effect: shape (n_customers,).
        places: shape (n_rows, 2): which customers it is a reason of, and the how many-th.
        typical: by feature.
    """
    rows, ranks = places[:, 0], places[:, 1]
    lead = _oddness(customers[list(features)]).argmax(axis=1)[rows]
    names = np.asarray(features, dtype=object)[lead]
    table: dict[str, Any] = {
        "customer_id": customers["customer_id"].to_numpy()[rows],
        "rank": ranks + 1,
        "theme": theme,
        "feature": names,
        "value": customers[list(features)].to_numpy(dtype=float)[rows, lead],
        "typical_value": np.array([typical[name] for name in names], dtype=float),
        "effect": effect[rows],
    }
    return pd.DataFrame(table)


def _oddness(values: pd.DataFrame) -> Floats:
    """How far from the middle each value ranks, 0 to .5; to be unknown is odd where it is rare."""
    share_known = values.notna().mean()
    ranks = (values.rank(pct=True) - 0.5 / values.notna().sum().clip(lower=1)).sub(0.5).abs()
    odd: Floats = ranks.fillna(0.5 * (share_known > 0.5)).to_numpy(dtype=float)
    return odd
