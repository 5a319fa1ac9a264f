"""The mean outcome in the same band, of which rules of thumb are made."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ml.target import Kind

Floats = NDArray[np.float64]


class BandMean:
    """Predicts the mean outcome seen among customers in the same band of one value.

    By the days since the last order it is the classic heuristic, hard to beat (Wuebben and von
    Wangenheim 2008), with the bands that marketers use: one week, two, a month, two, a quarter,
    half a year, longer. The plainer "did they order in the last 30 days?" would flatter the
    model: its AUC on the Complete Journey is .72, that of the bands .82. By what was spent lately
    it is "the same as before", drawn to the mean where that is what happens.

    Each mean is drawn towards the overall mean as if by one more customer, and of an event the
    overall rate towards a half, so that no band says never or always because it is small.

    Attributes:
        ends_: shape (n_bands - 1,), upper ends of the bands, set by `fit`.
        means_: shape (n_bands,), mean outcome by band, set by `fit`.
    """

    def __init__(self, kind: Kind, ends: tuple[float, ...] = (), parts: int = 10) -> None:
        """For outcomes of a kind.

        Args:
            kind: of the outcomes.
            ends: upper ends of the bands, each part of its band; without any, bands are nothing,
                and equal parts of what is more than nothing.
            parts: how many of these, where no two are the same.
        """
        self.ends, self.parts = ends, parts
        self.is_event = kind == "event"

    def fit(self, feature: ArrayLike, outcome: ArrayLike) -> "BandMean":
        """Learns the means.

        Args:
            feature: shape (n,); NaN is a value like any other, in the last band; n may be 0.
            outcome: shape (n,), 0 and 1 of an event, else amounts.
        """
        value, happened = (np.asarray(v, dtype=np.float64) for v in (feature, outcome))
        self.ends_: Floats = np.asarray(self.ends, dtype=np.float64)
        if not self.ends:
            positive = value[value > 0]
            inner = np.arange(1, self.parts) / self.parts
            ends = np.quantile(positive, inner) if len(positive) else positive
            self.ends_ = np.unique([0.0, *ends])
        half, one = (0.5, 1) if self.is_event else (0.0, 0)
        overall = (happened.sum() + half) / max(len(happened) + one, 1)
        band = self._band(value)
        sums = np.bincount(band, happened, minlength=len(self.ends_) + 1)
        customers = np.bincount(band, minlength=len(self.ends_) + 1)
        self.means_: Floats = (sums + overall) / (customers + 1)
        return self

    def predict(self, feature: ArrayLike) -> Floats:
        """Returns shape (n,): the mean outcome of each customer's band."""
        return self.means_[self._band(np.asarray(feature, dtype=np.float64))]

    def _band(self, value: Floats) -> NDArray[np.intp]:
        return np.searchsorted(self.ends_, value, side="left")
