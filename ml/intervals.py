"""How far off an expected amount may be: the range that past days' errors say.

Split conformal prediction in bands of what was expected (Mondrian: Vovk, Gammerman and Shafer 2005,
section 4.5), on the ratio of what came to what was expected: amounts err in proportion, and what is
true of small spenders is not of large ones. It assumes that customers err as they did on the past
days it learned from; `coverage` says how often that held on a later one.
"""

from math import ceil, nan

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.8
"""Of so many customers what comes should lie in the range."""
BANDS = 5
# With fewer in a band its range would be the largest error ever seen.
_LEAST_IN_BAND = 30


class AmountIntervals:
    """Ranges around expected amounts.

    Attributes:
        ends_: shape (n_bands - 1,), upper ends of the bands of what is expected.
        lower_: shape (n_bands,), the least share of what is expected that may come.
        upper_: shape (n_bands,), the largest.
    """

    def fit(self, expected: Floats, came: Floats) -> "AmountIntervals":
        """Learns from forecasts of past days and what came of them, shape (n,) each; n > 0."""
        bands = max(1, min(BANDS, len(expected) // _LEAST_IN_BAND))
        self.ends_: Floats = np.unique(np.quantile(expected, np.arange(1, bands) / bands))
        ratio = np.clip(came, 0, None) / np.maximum(expected, np.finfo(float).tiny)
        band = self._band(expected)
        shares = [_range(ratio[band == number]) for number in range(len(self.ends_) + 1)]
        self.lower_: Floats = np.array([lower for lower, _ in shares])
        self.upper_: Floats = np.array([upper for _, upper in shares])
        return self

    def predict(self, expected: Floats) -> tuple[Floats, Floats]:
        """Lower and upper ends, shape (n,) each; NaN in a band nobody had been in."""
        band = self._band(expected)
        return self.lower_[band] * expected, self.upper_[band] * expected

    def coverage(self, expected: Floats, came: Floats) -> float:
        """The share of customers of whom what came lay in the range."""
        lower, upper = self.predict(expected)
        amount = np.clip(came, 0, None)
        return float(((lower <= amount) & (amount <= upper)).mean())

    def _band(self, expected: Floats) -> NDArray[np.intp]:
        return np.searchsorted(self.ends_, expected, side="left")


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
