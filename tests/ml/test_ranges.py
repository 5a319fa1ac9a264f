"""Ranges of amounts are tested on later days, by what was known before them, before they serve."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml.prediction import learn
from ml.ranges import ranges
from ml.rolling import Forecast, closed_cutoffs, foretell, rolling_origins
from ml.target import Bands, Floors, Target

SPEND = Target(
    "spend", "spend", "amount", 90, (Bands("spend_bands", "spent"),), ("tweedie_regression",)
)
TODAY = pd.Timestamp("2024-01-01")
METHOD = "tweedie_regression"


def history(months: int, seed: int = 0, surge: float = 1.0) -> pd.DataFrame:
    """Customers who spend as before, on so many firsts of months; more by `surge` on the last."""
    generator = np.random.default_rng(seed)
    days = pd.date_range(end=TODAY, periods=months, freq="MS")
    closed = closed_cutoffs(days, TODAY, SPEND.window)
    spent = np.exp(generator.normal(3, 1, 400))
    parts = []
    for day in closed:
        came = spent * generator.lognormal(0, 0.5, 400) * (generator.random(400) < 0.8)
        factor = surge if day == closed[-1] else 1.0
        parts.append(
            pd.DataFrame(
                {
                    "as_of_date": day,
                    "customer_id": [f"c{number:03}" for number in range(400)],
                    "spent": spent * generator.lognormal(0, 0.1, 400),
                    "outcome": came * factor,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def forecasts(rows: pd.DataFrame, target: Target = SPEND) -> list[Forecast]:
    closed = sorted(set(rows["as_of_date"]))
    made = [foretell(target, rows, one) for one in rolling_origins(closed, target.window)]
    return [one for one in made if one is not None]


def metrics(rows: pd.DataFrame, target: Target = SPEND) -> dict[str, dict[str, object]]:
    tested = ranges(target, rows, forecasts(rows, target), METHOD)
    return {str(row["metric"]): row for row in tested.metrics}


def test_the_latest_day_is_told_of_all_and_of_groups() -> None:
    rows = history(18)
    told = metrics(rows)
    of_all = told["interval_coverage"]
    assert of_all["lower_bound"] < of_all["value"] < of_all["upper_bound"]  # type: ignore[operator]
    assert of_all["value"] == pytest.approx(0.8, abs=0.06)
    latest = rows[rows["as_of_date"] == rows["as_of_date"].max()]
    nothing, something = (
        told[f"interval_coverage_{group}"] for group in ("nothing_came", "something_came")
    )
    assert nothing["customer_count"] == (latest["outcome"] == 0).sum()
    assert told["interval_coverage_top_fifth"]["customer_count"] == 80
    together = sum(row["value"] * row["customer_count"] for row in (nothing, something))  # type: ignore[operator]
    assert together / 400 == pytest.approx(of_all["value"])
    assert told["interval_width"]["value"] > 0  # type: ignore[operator]


def test_each_of_four_days_is_tested_by_what_had_closed_before_it() -> None:
    """Methods are compared on four days, of which only the latest has an earlier one closed."""
    note = str(metrics(history(18))["interval_coverage"]["note"])
    assert [part.split(" ")[0] for part in note.split("earlier days ")[1].split(", ")] == [
        *("2023-07-01", "2023-08-01", "2023-09-01"),
    ]


def test_what_came_on_the_tested_day_changes_no_range() -> None:
    """Its ends were known before: the width stays, however much comes."""
    rows = history(18)
    later = rows.copy()
    later.loc[later["as_of_date"] == later["as_of_date"].max(), "outcome"] *= 3
    one, other = metrics(rows), metrics(later)
    assert one["interval_width"]["value"] == other["interval_width"]["value"]
    assert other["interval_coverage"]["value"] < one["interval_coverage"]["value"]  # type: ignore[operator]


def test_ranges_that_hold_of_too_few_are_not_served() -> None:
    assert ranges(SPEND, history(18), forecasts(history(18)), METHOD).intervals is not None
    rows = history(18, surge=6.0)
    tested = ranges(SPEND, rows, forecasts(rows), METHOD)
    assert tested.intervals is None
    assert tested.metrics[0]["upper_bound"] < 0.7
    assert tested.metrics[0]["note"].endswith("since it surely held of fewer than 70%")
    lenient = replace(SPEND, floors=Floors(minimum_interval_coverage=0.1))
    assert ranges(lenient, rows, forecasts(rows), METHOD).intervals is not None


def test_what_could_not_be_tested_is_not_served() -> None:
    """Two days can be foretold from, and neither had closed by the other."""
    rows = history(8)
    tested = ranges(SPEND, rows, forecasts(rows), METHOD)
    assert (tested.intervals, tested.metrics) == (None, [])


def test_a_method_that_began_late_is_tested_all_the_same() -> None:
    """It is fitted to fewer rows than it is tried from, so that a day before the test is known."""
    target = replace(SPEND, candidates=("tweedie_regression", "two_stage"))
    rows = history(11)
    raw = forecasts(rows, target)
    assert "two_stage" not in raw[0].expected
    tested = ranges(target, rows, raw, "two_stage")
    assert tested.metrics[0]["metric"] == "interval_coverage"


def test_a_prediction_has_its_ranges_and_their_test() -> None:
    learned = learn(SPEND, history(12), TODAY)
    assert learned.intervals is not None  # type: ignore[union-attr]
    names = [row["metric"] for row in learned.test.metrics]  # type: ignore[union-attr]
    assert names.count("interval_coverage") == 1
