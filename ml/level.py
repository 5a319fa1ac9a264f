"""The level of what is foretold, put right by what came of earlier forecasts.

Features that only ever grow, such as orders so far, are larger today than on the days that were
learned from, so a model may rank customers well and be off in sum, on one day as on the next. What
it was off by on past days is taken off, in log odds of an event and in proportion of an amount. A
part of what a day is off by is chance and season and will be another tomorrow: the shift is drawn
towards none as if by one more day without.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from ml.target import Kind

Floats = NDArray[np.float64]

# No shift is larger: with a handful of customers all or none of them come.
_MOST = 2.0
# A probability of exactly 0 or 1 would not move.
_NEARLY = 1e-9


def level_shift(kind: Kind, expected: Sequence[Floats], came: Sequence[Floats]) -> float:
    """How far to shift what a method foretells.

    Args:
        kind: of the outcome.
        expected: what it had foretold, an array a past day.
        came: what came, likewise.

    Returns:
        Log odds to add, or the logarithm of a factor; 0 without a past day, or where nothing came.
    """
    if not expected:
        return 0.0
    told, happened = np.concatenate(expected), np.clip(np.concatenate(came), 0, None)
    if happened.sum() <= 0 or told.sum() <= 0 or (kind == "event" and happened.all()):
        return 0.0

    def off(shift: float) -> float:
        return float(shifted(kind, told, shift).sum() - happened.sum())

    if off(-_MOST) >= 0 or off(_MOST) <= 0:
        whole = -_MOST if off(-_MOST) >= 0 else _MOST
    else:
        whole = float(brentq(off, -_MOST, _MOST))
    return whole * len(expected) / (len(expected) + 1)


def shifted(kind: Kind, expected: Floats, shift: float) -> Floats:
    """What is foretold, shape (n,), with its level shifted."""
    if shift == 0:
        return expected
    told: Floats
    if kind == "amount":
        told = expected * np.exp(shift)
    else:
        told = expit(logit(np.clip(expected, _NEARLY, 1 - _NEARLY)) + shift)
    return told
