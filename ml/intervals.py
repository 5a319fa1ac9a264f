"""How far off an expected amount may be: the range that past days' errors say.

Split conformal prediction in bands of what was expected (Mondrian: Vovk, Gammerman and Shafer 2005,
section 4.5), on the ratio of what came to what was expected: amounts err in proportion, and what is
true of small spenders is not of large ones. By how much a whole day was off is taken out of its
errors first, since the level of a forecast is put right before a range is put around it
(`ml.level`): with it left in, a range follows the level of the day it learned from, and of the
Complete Journey it held 75 % where it now holds 79. What is assumed is that customers err around
their level as they did on those days; `ml.ranges` tests on later ones whether they do.
"""

from collections.abc import Sequence
from math import ceil, nan

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.8
"""Of so many customers what comes should lie in the range."""
# Of 5, 10 and 20 the ones with the least interval score (Gneiting and Raftery 2007): large and
# very large spenders differ.
BANDS = 10
# With fewer in a band its range would be the largest error ever seen.
_LEAST_IN_BAND = 30


class AmountIntervals:
    """Ranges around expected amounts.

    Attributes:
        ends_: shape (n_bands - 1,), upper ends of the bands of what is expected.
        lower_: shape (n_bands,), the least share of what is expected that may come.
        upper_: shape (n_bands,), the largest.
    """

    def fit(self, expected: Sequence[Floats], came: Sequence[Floats]) -> "AmountIntervals":
        """Learns from forecasts of past days and what came of them, an array a day, not empty."""
        amounts = [np.clip(day, 0, None) for day in came]
        told = np.concatenate([_at_own_level(*day) for day in zip(expected, amounts, strict=True)])
        bands = max(1, min(BANDS, len(told) // _LEAST_IN_BAND))
        self.ends_: Floats = np.unique(np.quantile(told, np.arange(1, bands) / bands))
        ratio = np.concatenate(amounts) / np.maximum(told, np.finfo(float).tiny)
        band = self._band(told)
        shares = [_range(ratio[band == number]) for number in range(len(self.ends_) + 1)]
        self.lower_: Floats = np.array([lower for lower, _ in shares])
        self.upper_: Floats = np.array([upper for _, upper in shares])
        return self

    def predict(self, expected: Floats) -> tuple[Floats, Floats]:
        """Lower and upper ends, shape (n,) each; NaN in a band nobody had been in."""
        band = self._band(expected)
        return self.lower_[band] * expected, self.upper_[band] * expected

    def _band(self, expected: Floats) -> NDArray[np.intp]:
        return np.searchsorted(self.ends_, expected, side="left")


def _at_own_level(expected: Floats, came: Floats) -> Floats:
    """What was expected on a day, as if as much had been expected of all together as came."""
    told, happened = expected.sum(), came.sum()
    return expected * (happened / told) if told > 0 and happened > 0 else expected


def _range(ratio: Floats) -> tuple[float, float]:
    """The ratios between which LEVEL of the next ones lie, with the correction for few.

    As many miss it above as below; where so many are nothing that none can miss it below, all that
    may miss it are above.
    """
    if not len(ratio):
        return nan, nan
    ordered = np.sort(ratio)
    both = _rank(len(ordered), (1 - LEVEL) / 2)
    lower = float(ordered[len(ordered) - both])
    upper = ordered[(_rank(len(ordered), 1 - LEVEL) if lower == 0 else both) - 1]
    return lower, float(upper)


def _rank(count: int, beyond: float) -> int:
    """The how many-th of so many the next one exceeds with this chance at most."""
    return min(ceil((count + 1) * (1 - beyond)), count)
