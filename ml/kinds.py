"""What differs between an event and an amount: how a forecast is scored, and when it is served."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import amount_gate, gate
from ml.amount_evaluation import deviance_by_customer
from ml.evaluation import log_loss_by_customer
from ml.gate import Verdict
from ml.target import Kind, Target

Floats = NDArray[np.float64]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Scoring:
    """How forecasts of a kind are scored; all functions take outcomes first, shape (n,).

    Attributes:
        loss: By customer, least on average for the true probability or mean.
        compare: Metrics of a model beside its baseline.
        judge: What is served by these metrics, beside the rule of this name.
        is_told: Whether the outcomes differ, so that there is something to learn or to test.
    """

    loss: Callable[[Floats, Floats], Floats]
    compare: Callable[[Floats, Floats, Floats], Rows]
    judge: Callable[[Target, str, Rows], Verdict]
    is_told: Callable[[Floats], bool]


def _compare_events(event: Floats, model: Floats, baseline: Floats) -> Rows:
    rows = gate.compare(event > 0, model, baseline)
    return [*rows, *gate.calibration_rows(event > 0, model)]


SCORING: Mapping[Kind, Scoring] = {
    "event": Scoring(
        log_loss_by_customer,
        _compare_events,
        gate.judge,
        lambda event: 0 < event.sum() < len(event),
    ),
    "amount": Scoring(
        deviance_by_customer,
        amount_gate.compare,
        amount_gate.judge,
        lambda amount: bool((amount > 0).any()),
    ),
}
