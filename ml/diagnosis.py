"""What the test day tells of the method that was gone by, beside the rule of thumb: for pictures.

Kept with what was learned, so that it is reckoned once a model and not once a day. Numbers are kept
as arrays: a kept list of thousands of numbers would take seconds to read.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml import layouts, schemas
from ml.curves import Curve, curves
from ml.importance import Importance, importance
from ml.reasons import Themes
from ml.rolling import Forecast, chosen, inputs_of, known_on, shift_of
from ml.target import Target

Floats = NDArray[np.float64]

MODEL, BASELINE = "model", "baseline"


@dataclass(frozen=True)
class Diagnosis:
    """Curves of model and rule, and what the model went by.

    Attributes:
        curves: By name of the curve and of whose it is, with a space between: columns as of
            `ml.curves.Curve`, shape (n_points, 5).
        importance: Of features and themes.
    """

    curves: dict[str, Floats]
    importance: Importance


def diagnose(
    target: Target,
    history: pd.DataFrame,
    forecasts: list[Forecast],
    raw: list[Forecast],
    rule: str,
    themes: Themes,
) -> Diagnosis:
    """Looks closely at the forecast from the latest origin, with the method that made it.

    What is served has seen the test day.

    Args:
        target: what is predicted.
        history: one row a customer and closed cutoff: KEY, numeric inputs, OUTCOME.
        forecasts: from all origins, the latest last, with its methods.
        raw: the same before their level was put right.
        rule: name of the rule of thumb.
        themes: features by theme.
    """
    latest = forecasts[-1]
    name = chosen(target, forecasts, latest)
    of_both = {MODEL: latest.expected[name], BASELINE: latest.rules[rule]}
    drawn = {
        f"{curve} {whose}": np.column_stack(points)
        for whose, expected in of_both.items()
        for curve, points in curves(target.kind, latest.outcome, expected).items()
    }
    asked = inputs_of(history[history["as_of_date"] == latest.cutoff])
    shift = shift_of(target, known_on(target, raw, latest.cutoff), name)
    fitted = latest.fitted[name].at_level(shift)
    return Diagnosis(drawn, importance(fitted, asked, latest.outcome, themes))


def curve_table(diagnosis: Diagnosis, **constants: Any) -> pd.DataFrame:
    """MODEL_CURVES."""
    tables = [schemas.empty_table(layouts.MODEL_CURVES)]
    for name, points in diagnosis.curves.items():
        curve, series = name.split(" ")
        columns: dict[str, Any] = Curve(*points.T)._asdict()
        table = {
            "curve": curve,
            "series": series,
            "point": np.arange(1, len(points) + 1),
            "x": columns["x"],
            "y": columns["y"],
            "lower_bound": columns["lower"],
            "upper_bound": columns["upper"],
            "customer_count": np.round(columns["customers"]),
        }
        tables.append(schemas.as_table(table, layouts.MODEL_CURVES, **constants))
    return pd.concat(tables, ignore_index=True)


def importance_table(diagnosis: Diagnosis, **constants: Any) -> pd.DataFrame:
    """FEATURE_IMPORTANCE, a row a feature and a row a theme."""
    told = diagnosis.importance
    table = {
        "theme": told.theme,
        "feature": told.feature,
        "importance": told.loss,
        "lower_bound": told.lower,
        "upper_bound": told.upper,
    }
    return schemas.as_table(
        table, layouts.FEATURE_IMPORTANCE, customer_count=told.customers, **constants
    )
