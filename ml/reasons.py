"""Why a prediction is what it is, theme by theme, for one customer after the other.

The reason that a theme gives is what the prediction would lose if the customer were as a typical
customer is in that theme: the prediction less the one with the theme's features at their medians. A
theme holds features that say much the same, so that none hides behind its twins, as it would if
each were changed alone. Change-one-thing explanations go by any method: Robnik-Sikonja and
Kononenko (2008).
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml import layouts, schemas
from ml.fitted import Fitted
from ml.target import Target
from ml.threads import side_by_side

Floats = NDArray[np.float64]
Themes = Mapping[str, Sequence[str]]
"""Features by theme."""

MOST_REASONS = 3
# What moves a probability by less than a point, or an amount by less than a hundredth of the
# typical one, is no reason.
_LEAST_PROBABILITY = 0.01
_LEAST_SHARE = 0.01
# So many are looked at together: their features are copied once a theme.
_CUSTOMERS_AT_ONCE = 50_000


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
    least = _LEAST_PROBABILITY
    if target.kind == "amount":
        least = _LEAST_SHARE * float(np.median(expected))
    asked = partial(_reasons_of_some, fitted, told, typical, least)
    tables = side_by_side(
        partial(asked, customers.iloc[some], expected[some])
        for begin in range(0, len(customers), _CUSTOMERS_AT_ONCE)
        for some in [slice(begin, begin + _CUSTOMERS_AT_ONCE)]
    )
    table = pd.concat(tables, ignore_index=True)
    return schemas.as_table(table.sort_values(["customer_id", "rank"]), layouts.REASONS)


def _reasons_of_some(
    fitted: Fitted,
    themes: Themes,
    typical: Mapping[str, float],
    least: float,
    customers: pd.DataFrame,
    expected: Floats,
) -> pd.DataFrame:
    """The rows of some customers, at least one, by theme; effects below `least` are no reasons."""
    # Feature by feature, as trees look at them: row by row they take a seventh longer.
    values = np.ascontiguousarray(customers[fitted.inputs].to_numpy(dtype=float).T)
    medians = np.array([typical[name] for name in fitted.inputs])
    effects = np.column_stack(
        [
            _effect(fitted, values, expected, _columns(fitted, features), medians)
            for features in themes.values()
        ]
    )
    order = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :MOST_REASONS]
    is_strong = np.take_along_axis(np.abs(effects), order, axis=1) >= least
    tables = []
    for index, (name, features) in enumerate(themes.items()):
        places = np.argwhere((order == index) & is_strong)
        rows, columns = places[:, 0], _columns(fitted, features)
        effect, own = effects[rows, index], expected[rows]
        lead = _leading(fitted, values[:, rows], own, columns, medians, np.sign(effect))
        table: dict[str, Any] = {
            "customer_id": customers["customer_id"].to_numpy()[rows],
            "rank": places[:, 1] + 1,
            "theme": name,
            "feature": np.asarray(fitted.inputs, dtype=object)[lead],
            "value": values[lead, rows],
            "typical_value": medians[lead],
            "effect": effect,
        }
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def _columns(fitted: Fitted, features: Sequence[str]) -> NDArray[np.intp]:
    """Where features stand among what the model reads."""
    return np.array([fitted.inputs.index(name) for name in features], dtype=np.intp)


def typical_values(inputs: pd.DataFrame) -> dict[str, float]:
    """The median of each feature; NaN where it is unknown of most."""
    medians = inputs.median().where(inputs.isna().mean() <= 0.5)
    return {str(name): float(median) for name, median in medians.items()}


def _effect(
    fitted: Fitted,
    values: Floats,
    expected: Floats,
    columns: NDArray[np.intp],
    medians: Floats,
) -> Floats:
    """What each prediction would lose were the customer typical in some features.

    Values have shape (n_inputs, n_customers). The model is not asked again of those who are so
    already.
    """
    own, typical = values[columns], medians[columns, None]
    is_typical = (own == typical) | (np.isnan(own) & np.isnan(typical))
    others = np.flatnonzero(~is_typical.all(axis=0))
    effect = np.zeros(len(expected))
    if len(others):
        changed = values[:, others]
        changed[columns] = typical
        effect[others] = expected[others] - fitted.expected_of(changed.T)
    return effect


def _leading(
    fitted: Fitted,
    values: Floats,
    expected: Floats,
    columns: NDArray[np.intp],
    medians: Floats,
    sign: Floats,
) -> NDArray[np.intp]:
    """Which of a theme's features alone moves each prediction most the theme's way."""
    if len(columns) == 1 or not len(expected):
        return np.full(len(expected), columns[0])
    alone = np.column_stack(
        [
            _effect(fitted, values, expected, columns[[place]], medians)
            for place in range(len(columns))
        ]
    )
    leading: NDArray[np.intp] = columns[(alone * sign[:, None]).argmax(axis=1)]
    return leading
