"""How good a forecast is for groups of customers: whether it is of use to some alone.

Groups are thirds of the tested customers by what makes RFM and by how long they have been known.
A group is told where its figures say more than chance: of an event, where it happened to some and
did not to others.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml import amount_evaluation, evaluation
from ml.gate import GROUP, metric_row
from ml.target import Kind

Floats = NDArray[np.float64]
Interval = tuple[float, float]
_Told = Mapping[str, tuple[float, Interval, float]]

GROUPED_BY = (
    *("days_since_last_order", "order_count", "total_spend"),
    "days_since_first_order",
)
"""Columns of customer_features that customers are put into groups by."""
_PARTS = 3
# With fewer the intervals are wider than what groups differ by.
_LEAST_CUSTOMERS = 100
_LEAST_OF_EACH = 20
_OF_EVENTS = {name: evaluation.METRICS[name] for name in ("bias_of_sum", "top_decile_lift")}


def group_rows(
    kind: Kind, customers: pd.DataFrame, outcome: Floats, model: Floats, rule: Floats
) -> list[dict[str, Any]]:
    """MODEL_METRICS of groups: how far off their sum was, and of an event the lift within them.

    A metric's name is GROUP, the column and the number of the third, the lowest first, and
    `bias_of_sum` or `top_decile_lift`; its note says who is in it.

    Args:
        kind: of the outcome.
        customers: the inputs of the tested ones, numeric, NULL where unknown.
        outcome: shape (n,), what came.
        model: shape (n,), what the model had foretold.
        rule: shape (n,), what the rule of thumb had.
    """
    told = _told_of_events if kind == "event" else _told_of_amounts
    rows = []
    for column in GROUPED_BY:
        if column in customers:
            values = customers[column].to_numpy(dtype=float)
            for number, members in _thirds(values):
                if _is_enough(kind, outcome[members]):
                    lowest, highest = values[members].min(), values[members].max()
                    note = f"{column.replace('_', ' ')} {lowest:g} to {highest:g}"
                    of_group = told(outcome[members], model[members], rule[members])
                    rows += [
                        {
                            **metric_row(
                                f"{GROUP}{column}_{number}_{name}", *one, int(members.sum())
                            ),
                            "note": note,
                        }
                        for name, one in of_group.items()
                    ]
    return rows


def _thirds(values: Floats) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """The number and members of each third; equal values stay together, so that there may be less.

    Nothing where all are alike.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return
    ends = np.unique(np.quantile(known, np.arange(1, _PARTS) / _PARTS))
    ends = ends[ends < known.max()]
    place = np.searchsorted(ends, values)
    for number in range(len(ends) + 1 if len(ends) else 0):
        yield number + 1, (place == number) & ~np.isnan(values)


def _is_enough(kind: Kind, outcome: Floats) -> bool:
    came = int((outcome > 0).sum())
    fewest = min(came, len(outcome) - came) if kind == "event" else came
    return len(outcome) >= _LEAST_CUSTOMERS and fewest >= _LEAST_OF_EACH


def _told_of_events(outcome: Floats, model: Floats, rule: Floats) -> _Told:
    event = outcome > 0
    of_model, of_rule = evaluation.tally(event, model), evaluation.tally(event, rule)
    intervals = evaluation.bootstrap_intervals(event, model, _OF_EVENTS)
    return {
        name: (metric(of_model), intervals[name], metric(of_rule))
        for name, metric in _OF_EVENTS.items()
    }


def _told_of_amounts(outcome: Floats, model: Floats, rule: Floats) -> _Told:
    bias: Callable[[Floats, Floats], float] = amount_evaluation.bias_of_sum
    draws = [
        float(weight @ model) / float(weight @ outcome) - 1
        for weight in evaluation.bootstrap_weights(len(outcome), 200, 0)
        if weight @ outcome > 0
    ]
    interval = evaluation.bootstrap_interval(draws)
    return {"bias_of_sum": (bias(outcome, model), interval, bias(outcome, rule))}
