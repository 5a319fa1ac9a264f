"""An amount in two stages: whether there is one, and how much if there is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin, clone

Floats = NDArray[np.float64]


class TwoStageRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Expects the chance of an amount times the amount to expect then (a hurdle model, Cragg 1971).

    Attributes:
        happens_: Fitted `happens`; None where all or none of the amounts were more than nothing.
        amount_: Fitted `amount`, to the amounts above nothing; None where there was none.
    """

    def __init__(self, happens: Any, amount: Any) -> None:
        """Of a classifier and a regressor, neither of them fitted."""
        self.happens = happens
        self.amount = amount

    def fit(self, X: Floats, y: Floats) -> "TwoStageRegressor":  # noqa: N803 (scikit-learn's names)
        """Fits both stages.

        Args:
            X: shape (n, n_inputs).
            y: shape (n,), amounts, 0 or more.
        """
        has_amount = np.asarray(y) > 0
        self.happens_ = self.amount_ = None
        if has_amount.any():
            self.amount_ = clone(self.amount).fit(X[has_amount], y[has_amount])
            if not has_amount.all():
                self.happens_ = clone(self.happens).fit(X, has_amount)
        return self

    def predict(self, X: Floats) -> Floats:  # noqa: N803
        """Returns shape (n,): the amount to expect."""
        if self.amount_ is None:
            return np.zeros(len(X))
        amount: Floats = self.amount_.predict(X)
        return amount if self.happens_ is None else amount * self.happens_.predict_proba(X)[:, 1]
