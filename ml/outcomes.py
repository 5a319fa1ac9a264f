"""What had been foretold on past days, and what came: tenth by tenth of the customers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.rolling import Forecast
from ml.target import Target

Floats = NDArray[np.float64]

TENTHS = 10


def outcome_rows(
    target: Target, forecast: Forecast, candidate: str, rule: str
) -> list[dict[str, Any]]:
    """PREDICTION_OUTCOMES of a forecast by a candidate, the highest tenth first, beside a rule's.

    Customers of whom the same was foretold are put into tenths by their place in the order of
    their ids; so few customers that a tenth would be empty make fewer rows.
    """
    expected = forecast.expected[candidate]
    order = np.argsort(-expected, kind="stable")
    tenths = np.arange(len(order)) * TENTHS // len(order)
    return [
        {
            "target": target.name,
            "kind": target.kind,
            "model_name": target.model_name(candidate),
            "as_of_date": forecast.cutoff.date().isoformat(),
            "decile": int(tenth) + 1,
            "customer_count": len(of_tenth),
            "expected": float(expected[of_tenth].mean()),
            "lowest_expected": float(expected[of_tenth].min()),
            "highest_expected": float(expected[of_tenth].max()),
            "actual": float(forecast.outcome[of_tenth].mean()),
            "baseline_expected": float(forecast.rules[rule][of_tenth].mean()),
        }
        for tenth in np.unique(tenths)
        for of_tenth in [order[tenths == tenth]]
    ]
