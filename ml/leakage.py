"""Does a feature know what came after? One that alone tells the outcome nearly without error does.

What is written later and has no date, such as a flag that somebody set when a customer had left,
looks like the best feature there is: the test forward in time is passed with glory, and tomorrow's
customers have nothing of it. Honest features of behaviour rank outcomes far less well.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.amount_evaluation import rank_correlation
from ml.evaluation import roc_auc, tally
from ml.target import Kind

Floats = NDArray[np.float64]

TOO_GOOD = 0.95
"""From this strength on a feature is doubted: an AUC of .975, or a rank correlation of .95. The
strongest honest one of three public shops has .73, an AUC of .87, or .81 of an amount."""

FEW_CUSTOMERS = 50
"""Of fewer some feature or other tells nearly all by chance, so none is doubted."""


def strongest_feature(kind: Kind, inputs: pd.DataFrame, outcome: Floats) -> tuple[str, float]:
    """The feature that alone ranks the outcomes best, and how well.

    Args:
        kind: of the outcome.
        inputs: one row a customer, numeric; that a value is unknown is a value like any other,
            lower than all.
        outcome: shape (n,), of which not all are alike.

    Returns:
        Its name, and its strength from 0 to 1: Somers' D, that is 2 AUC - 1, of an event,
        Spearman's correlation of an amount; without its sign. Of equals the first by name.
    """
    strengths = dict(_strengths(kind, inputs, outcome))
    name = max(sorted(strengths), key=strengths.__getitem__)
    return name, strengths[name]


def _strengths(kind: Kind, inputs: pd.DataFrame, outcome: Floats) -> Iterable[tuple[str, float]]:
    for name in inputs:
        value = inputs[name].fillna(-np.inf)
        ranks: Floats = np.asarray(value.rank(method="dense"), dtype=np.float64)
        if kind == "event":
            strength = 2 * roc_auc(tally(outcome > 0, ranks / ranks.max())) - 1
        else:
            strength = rank_correlation(outcome, ranks)
        yield str(name), 0.0 if np.isnan(strength) else abs(strength)
