"""What a model goes by: how much worse it foretells when it is told a feature of somebody else.

A feature's values are dealt out anew among the customers of the test day, and the loss of what the
model then says is compared with the loss of what it had said: permutation importance (Breiman 2001;
Fisher, Rudin and Dominici 2019), as scikit-learn's. Features that say much the same stand in for
each other, so that each alone looks idle; a theme's features are therefore dealt out together too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.evaluation import bootstrap_weights
from ml.fitted import Fitted
from ml.kinds import SCORING
from ml.reasons import Themes

Floats = NDArray[np.float64]

ALL = "(all)"
"""Stands for the features of a theme together."""
NONE = "(none)"
"""The theme of a feature that is in none."""
MOST_CUSTOMERS = 2_000
REPEATS = 3
_SEED = 0
_REPLICATES = 200


@dataclass(frozen=True)
class Importance:
    """By how much the mean loss grows; a row a feature that the model reads, and a row a theme.

    Attributes:
        theme: The theme, or NONE.
        feature: The feature; ALL where all of the theme's are dealt out together.
        loss: shape (n,), mean growth of the loss: log loss of an event, deviance of an amount.
        lower: shape (n,), lower end of the 95 % bootstrap interval over customers.
        upper: shape (n,).
        customers: How many were looked at.
    """

    theme: list[str]
    feature: list[str]
    loss: Floats
    lower: Floats
    upper: Floats
    customers: int


def importance(
    fitted: Fitted, customers: pd.DataFrame, outcome: Floats, themes: Themes
) -> Importance:
    """How much each feature, and each theme, matters to what a model foretold.

    Args:
        fitted: a model that did not learn from these customers' outcomes.
        customers: one row a customer of the test day: numeric features; at least one row.
        outcome: shape (n,), what came.
        themes: features by theme; those that the model does not read do not matter.
    """
    draw = np.random.default_rng(_SEED)
    size = min(len(customers), MOST_CUSTOMERS)
    sample = np.sort(draw.choice(len(customers), size, replace=False))
    told = customers.iloc[sample][fitted.inputs].to_numpy(dtype=float)
    came = outcome[sample]
    dealt = np.concatenate([draw.permutation(size) for _ in range(REPEATS)])
    inputs = list(map(str, fitted.inputs))
    groups = _groups(inputs, themes)
    own = _losses(fitted, told, came)
    growth = np.empty((size, len(groups)))
    for number, (_, _, features) in enumerate(groups):
        # All deals are foretold in one call: a call costs more than its rows.
        many = np.tile(told, (REPEATS, 1))
        columns = [inputs.index(feature) for feature in features]
        many[:, columns] = told[dealt][:, columns]
        losses = _losses(fitted, many, np.tile(came, REPEATS))
        growth[:, number] = losses.reshape(REPEATS, size).mean(axis=0) - own
    draws = np.array([w @ growth / size for w in bootstrap_weights(size, _REPLICATES, _SEED)])
    lower, upper = np.quantile(draws, (0.025, 0.975), axis=0)
    return Importance(
        [theme for theme, _, _ in groups],
        [feature for _, feature, _ in groups],
        growth.mean(axis=0),
        lower,
        upper,
        size,
    )


def _groups(inputs: Sequence[str], themes: Themes) -> list[tuple[str, str, list[str]]]:
    """What is dealt out together: theme, feature where it is one alone, and the features."""
    theme_of = {feature: theme for theme, features in themes.items() for feature in features}
    alone = [(theme_of.get(feature, NONE), feature, [feature]) for feature in inputs]
    together = [
        (theme, ALL, [feature for feature in inputs if theme_of.get(feature) == theme])
        for theme in sorted({theme for theme, _, _ in alone} - {NONE})
    ]
    return [*alone, *together]


def _losses(fitted: Fitted, values: Floats, came: Floats) -> Floats:
    """The loss of each customer, shape (n,), of whom the model is told these values."""
    return SCORING[fitted.kind].loss(came, fitted.expected_of(values))
