"""The rule of thumb that a model has to beat."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class RecencyBandRate:
    """Predicts the rate seen among customers whose last order is about as long ago.

    The bands are the calendar ones that marketers use: one week, two, a month, two, a quarter,
    half a year, longer. Time since the last order is the classic heuristic, hard to beat
    (Wuebben and von Wangenheim 2008). The plainer "did they order in the last 30 days?" would
    flatter the model: its AUC on the Complete Journey is .72, that of the bands .82.

    Each rate is drawn towards the overall rate as if by one more customer, and the overall rate
    towards a half, so that no band says never or always because it is small.

    Attributes:
        rates_: shape (n_bands,), probability by band, set by `fit`.
    """

    band_ends_days = (7, 14, 30, 60, 90, 180)

    def fit(self, days_since_last_order: ArrayLike, has_event: ArrayLike) -> "RecencyBandRate":
        """Learns the rates.

        Args:
            days_since_last_order: shape (n,), days, no NaN; n may be 0.
            has_event: shape (n,), booleans.
        """
        event = np.asarray(has_event, dtype=np.float64)
        band = self._band(days_since_last_order)
        overall = (event.sum() + 0.5) / (len(event) + 1)
        bands = len(self.band_ends_days) + 1
        events = np.bincount(band, event, minlength=bands)
        customers = np.bincount(band, minlength=bands)
        self.rates_: Floats = (events + overall) / (customers + 1)
        return self

    def predict_proba(self, days_since_last_order: ArrayLike) -> Floats:
        """Returns shape (n, 2): the probabilities of no event and of the event."""
        probability = self.rates_[self._band(days_since_last_order)]
        return np.column_stack([1 - probability, probability])

    def _band(self, days_since_last_order: ArrayLike) -> NDArray[np.intp]:
        days = np.asarray(days_since_last_order, dtype=np.float64)
        return np.searchsorted(self.band_ends_days, days, side="left")
