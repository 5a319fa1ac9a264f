"""How well a prediction did when it was last tested, and what it goes by: as it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

WORDS = {
    "roc_auc": "AUC (area under ROC)",
    "pr_auc": "average precision",
    "top_decile_lift": "lift of the top tenth",
    "log_loss": "log loss",
    "brier_score": "Brier score",
    "expected_calibration_error": "calibration error",
    "rank_correlation": "rank correlation",
    "mean_absolute_error": "mean absolute error",
    "mean_deviance": "mean deviance",
    "bias_of_sum": "bias of the sum",
}
MOST_BARS = 8
# x, y, lower and upper end of y, customers.
Point = tuple[float, float, float | None, float | None, int]
Points = Sequence[Point]


@dataclass(frozen=True)
class Figures:
    """A metric of the test: the model's with its interval, and that of the rule of thumb."""

    metric: str
    value: float
    lower: float | None
    upper: float | None
    baseline: float | None


@dataclass(frozen=True)
class Bar:
    """What a feature, or a theme, matters."""

    label: str
    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Tested:
    """A prediction's test.

    Attributes:
        begin: How titles begin: with the shop, where there are several.
        target: As customer_predictions calls it.
        evaluated_on: The day; None where nothing could be tested.
        served: 1 the model, 0 the rule of thumb, None nothing.
        note: Why.
        figures: In the order in which they are told.
        curves: By curve, then by series.
        themes: What the model goes by, the most important first.
        features: Likewise.
    """

    begin: str
    target: str
    evaluated_on: date | None
    served: float | None
    note: str
    figures: Sequence[Figures]
    curves: dict[str, dict[str, Points]]
    themes: Sequence[Bar]
    features: Sequence[Bar]


def read_tested(connection: duckdb.DuckDBPyConnection, shop: str, begin: str) -> dict[str, Tested]:
    """The test of each prediction of a shop, by its name."""
    rows = connection.execute(
        """
        select prediction, target, value, coalesce(note, '')
        from marts.model_metrics
        where shop = ? and metric = 'status' and prediction is not null
        order by prediction
        """,
        [shop],
    ).fetchall()
    return {
        prediction: _read(
            connection, shop, Tested(begin, target, None, value, note, (), {}, (), ())
        )
        for prediction, target, value, note in rows
    }


def _read(connection: duckdb.DuckDBPyConnection, shop: str, told: Tested) -> Tested:
    key = [shop, told.target]
    points = connection.execute(
        """
        select curve, series, evaluated_on,
            list((x, y, lower_bound, upper_bound, customer_count) order by point)
        from marts.model_curves
        where shop = ? and target = ?
        group by curve, series, evaluated_on
        order by curve, series
        """,
        key,
    ).fetchall()
    curves: dict[str, dict[str, Points]] = {}
    for curve, series, _, drawn in points:
        curves.setdefault(curve, {})[series] = drawn
    metrics = connection.execute(
        """
        select metric, value, lower_bound, upper_bound, baseline_value
        from marts.model_metrics
        where shop = ? and target = ? and list_contains(?, metric) and value is not null
        order by list_position(?, metric)
        """,
        [*key, list(WORDS), list(WORDS)],
    ).fetchall()
    bars = connection.execute(
        """
        select
            feature = '(all)',
            case when feature = '(all)' then told.theme else coalesce(label, feature) end,
            importance, lower_bound, upper_bound
        from marts.feature_importance as told
        left join seeds.feature_themes as themes using (feature)
        where shop = ? and target = ?
        order by importance desc, told.theme, feature
        """,
        key,
    ).fetchall()
    return Tested(
        told.begin,
        told.target,
        points[0][2] if points else None,
        told.served,
        told.note,
        [Figures(*row) for row in metrics],
        curves,
        [Bar(*row[1:]) for row in bars if row[0]][:MOST_BARS],
        [Bar(*row[1:]) for row in bars if not row[0]][:MOST_BARS],
    )
