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

from ml import layouts, schemas
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
        return schemas.empty_table(layouts.REASONS)
    typical = typical_values(customers[fitted.inputs])
    expected = fitted.expected(customers)
    effects = np.column_stack(
        [_effect(fitted, customers, expected, features, typical) for features in told.values()]
    )
    least = _LEAST_PROBABILITY
    if target.kind == "amount":
        least = _LEAST_SHARE * float(np.median(expected))
    order = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :MOST_REASONS]
    is_strong = np.take_along_axis(np.abs(effects), order, axis=1) >= least
    tables = []
    for index, (name, features) in enumerate(told.items()):
        places = np.argwhere((order == index) & is_strong)
        rows, effect = customers.iloc[places[:, 0]], effects[places[:, 0], index]
        own = expected[places[:, 0]]
        lead = _leading(fitted, rows, own, features, typical, np.sign(effect))
        tables.append(_told(rows, name, features, effect, places[:, 1] + 1, lead, typical))
    table = pd.concat(tables, ignore_index=True)
    return schemas.as_table(table.sort_values(["customer_id", "rank"]), layouts.REASONS)


def typical_values(inputs: pd.DataFrame) -> dict[str, float]:
    """The median of each feature; NaN where it is unknown of most."""
    medians = inputs.median().where(inputs.isna().mean() <= 0.5)
    return {str(name): float(median) for name, median in medians.items()}


def _effect(
    fitted: Fitted,
    customers: pd.DataFrame,
    expected: Floats,
    features: Sequence[str],
    typical: Mapping[str, float],
) -> Floats:
    """What each prediction would lose were the customer typical in some features.

    The model is not asked again of those who are so already.
    """
    medians = np.array([typical[name] for name in features])
    values = customers[list(features)].to_numpy(dtype=float)
    is_typical = (values == medians) | (np.isnan(values) & np.isnan(medians))
    others = np.flatnonzero(~is_typical.all(axis=1))
    effect = np.zeros(len(customers))
    if len(others):
        changed = customers.iloc[others].assign(**dict(zip(features, medians, strict=True)))
        effect[others] = expected[others] - fitted.expected(changed)
    return effect


def _leading(
    fitted: Fitted,
    customers: pd.DataFrame,
    expected: Floats,
    features: Sequence[str],
    typical: Mapping[str, float],
    sign: Floats,
) -> NDArray[np.intp]:
    """Which of a theme's features alone moves each prediction most the theme's way."""
    if customers.empty or len(features) == 1:
        return np.zeros(len(customers), dtype=np.intp)
    alone = np.column_stack(
        [_effect(fitted, customers, expected, [one], typical) for one in features]
    )
    leading: NDArray[np.intp] = (alone * sign[:, None]).argmax(axis=1)
    return leading


def _told(
    customers: pd.DataFrame,
    theme: str,
    features: Sequence[str],
    effect: Floats,
    rank: NDArray[np.intp],
    lead: NDArray[np.intp],
    typical: Mapping[str, float],
) -> pd.DataFrame:
    """The rows of a theme, one a customer of whom it is a reason; `lead` is the feature to tell."""
    values = customers[list(features)].to_numpy(dtype=float)
    table: dict[str, Any] = {
        "customer_id": customers["customer_id"].to_numpy(),
        "rank": rank,
        "theme": theme,
        "feature": np.asarray(features, dtype=object)[lead],
        "value": values[np.arange(len(customers)), lead],
        "typical_value": np.array([typical[name] for name in features], dtype=float)[lead],
        "effect": effect,
    }
    return pd.DataFrame(table)
