"""A method fitted to what happened."""

from copy import copy
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml import schemas
from ml.candidates import candidates, selected_inputs
from ml.level import shifted
from ml.target import Target

Floats = NDArray[np.float64]

# So many predictions of a model tell it from another.
_FINGERPRINT_ROWS = 256


class Fitted:
    """A model.

    Attributes:
        candidate: Name of the method.
        inputs: The features that it reads: those that are not the same for everybody.
        model: The method, fitted.
        shift: By which what the method says is shifted, see `ml.level`.
        version: Names it by what it says of its own rows.
    """

    def __init__(
        self,
        target: Target,
        candidate: str,
        inputs: pd.DataFrame,
        outcome: Floats,
        shift: float = 0.0,
    ) -> None:
        """Fits it.

        Args:
            target: what is predicted.
            candidate: a name of `ml.candidates`, of the target's kind.
            inputs: one row a customer and cutoff: numeric features, NULL where unknown.
            outcome: shape (n,): what happened to each, 0 and 1 of an event; amounts below
                nothing count as nothing.
            shift: of the level, by what came of earlier forecasts.

        Raises:
            ValueError: an event has one outcome only.
        """
        self.candidate = candidate
        self.kind = target.kind
        self.shift = shift
        self.inputs = [str(name) for name in inputs if inputs[name].nunique(dropna=False) > 1]
        happened = outcome > 0 if self.kind == "event" else np.clip(outcome, 0, None)
        if self.kind == "event" and len(np.unique(happened)) < 2:
            raise ValueError("all rows have one outcome: there is nothing to learn")
        model = candidates(target.kind)[candidate].build()
        self.model: Any = model.fit(inputs[self.inputs].to_numpy(), happened)
        told = self.expected(inputs.iloc[:: max(1, len(inputs) // _FINGERPRINT_ROWS)])
        self.version = schemas.version_of(["model", candidate, *self.inputs, *told])

    def selected_inputs(self) -> list[str] | None:
        """Those of `inputs` that the method has selected; None where it selects none."""
        return selected_inputs(self.model, self.inputs)

    def at_level(self, shift: float) -> Self:
        """The same method with its level shifted by so much."""
        other = copy(self)
        other.shift = shift
        return other

    def expected(self, customers: pd.DataFrame) -> Floats:
        """The probability of the event, or the amount to expect; shape (n_customers,)."""
        return self.expected_of(customers[self.inputs].to_numpy())

    def expected_of(self, values: Floats) -> Floats:
        """The same of customers whose `inputs` are told in their order; shape (n_customers, n)."""
        if self.kind == "event":
            expected = self.model.predict_proba(values)[:, 1]
        else:
            expected = self.model.predict(values)
        return shifted(self.kind, np.asarray(expected, dtype=np.float64), self.shift)
