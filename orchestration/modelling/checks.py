"""What must hold of segments and predictions, and what to do where it does not.

An error stops the run before anything is made of it. A doubt lets the run go on: what is published
says of itself that the baseline is served, or that segments tell little.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from orchestration.errors import PortraitError
from orchestration.modelling.pictures import SegmentSize
from orchestration.modelling.profiles import (
    by_shop,
    by_target,
    metric_note,
    metric_values,
    segment_sizes,
)

if TYPE_CHECKING:
    import pandas as pd

    from orchestration.modelling.lifetime_values import MadeLifetimeValues
    from orchestration.modelling.predictions import MadePredictions
    from orchestration.modelling.recommendations import MadeRecommendations
    from orchestration.modelling.segments import MadeSegments

# A segment with a larger share of the customers tells next to nothing about them.
NEARLY_ALL = 0.9

_BUYERS = """
    select shop, count(*)
    from features.customer_features
    inner join features.as_of_dates as days using (shop, as_of_date)
    where order_count > 0 and days.is_current
    group by shop
"""

# What is told of a prediction's test.
_GAINS = ["roc_auc", "log_loss_gain", "rank_correlation", "deviance_gain"]

SEGMENT_ROWS = "every_customer_with_orders_is_in_one_segment"
SEGMENT_SHARES = "no_segment_is_empty_or_holds_nearly_all"
PREDICTION_ROWS = "every_customer_asked_of_has_one_prediction"
BEATS_BASELINE = "prediction_beats_its_baseline"
KNOWS_NOTHING_LATER = "no_feature_knows_what_came"
LIFETIME_VALUE_ROWS = "every_customer_with_orders_has_one_lifetime_value"
RECOMMENDED_ONCE = "every_list_names_each_product_once"
BEATS_POPULARITY = "recommendations_beat_their_baseline"
BEATS_LAST_PERIOD = "lifetime_value_beats_the_same_as_before"

_ROWS_FAIL = (
    "If it fails, the run stops and the last good snapshot stays: run again with --force, which "
    "makes every table whole; if it fails again, the code has a mistake."
)
SEGMENT_CHECKS = {
    SEGMENT_ROWS: "customer_segments has one row a customer with orders and day, as "
    f"customer_features has. {_ROWS_FAIL}",
    SEGMENT_SHARES: "Every segment has customers today, and none has more than "
    f"{NEARLY_ALL:.0%} of them. If it warns, the portraits are published all the same: with a "
    "handful of customers nothing is to do; else look at data_quality for orders that are "
    "missing, and at what customers are told apart by (model_metrics, candidate_k…).",
}
PREDICTION_CHECKS = {
    PREDICTION_ROWS: "customer_predictions has one row a target that is served and customer "
    f"of whom it is asked. {_ROWS_FAIL}",
    BEATS_BASELINE: "Tested on a later day than all it learnt from, the model is surely better "
    "than the rule of thumb, and of use. If it warns, the baseline is served in its place "
    "(is_model_served is false), or nothing, and nothing is to do at once: the note says whether "
    "the history is too short, the gain too small, or both hardly better than a coin. It is tried "
    "again with every new month.",
    KNOWS_NOTHING_LATER: "No feature alone tells what came of past days nearly without error. If "
    "it warns, the feature that is named may hold what was known only afterwards, such as a flag "
    "without a date: look at where it comes from, and give it the day on which it was known. The "
    "prediction is published meanwhile, and is better on paper than it will be.",
}
LIFETIME_VALUE_CHECKS = {
    LIFETIME_VALUE_ROWS: "customer_lifetime_value has one row a customer with orders, as "
    f"customer_features has, whether or not the model holds. {_ROWS_FAIL}",
    BEATS_LAST_PERIOD: "The model of lifetime value holds, and on a past day it foretold the value "
    "of the time since surely better than the rule that it is the same as just before. If it "
    "warns, what is not served is NULL, and the note says why; nothing is to do at once. It is "
    "tried again in every run.",
}
RECOMMENDATION_CHECKS = {
    RECOMMENDED_ONCE: "customer_recommendations names each product once a customer, "
    "customer_next_categories each category once, and every customer has a portrait. "
    f"{_ROWS_FAIL}",
    BEATS_POPULARITY: "On the days of the test the methods that are served foretold what was "
    "bought surely better than the baselines: what everybody buys, and what the customer bought "
    "most. If it warns, the baseline is served and nothing is to do at once: the note says whether "
    "too few customers bought, or which method is not surely better. It is tried again with every "
    "new month.",
}
# Of these a failure is an error; the others are doubts.
ERRORS = {SEGMENT_ROWS, PREDICTION_ROWS, LIFETIME_VALUE_ROWS, RECOMMENDED_ONCE}


@dataclass(frozen=True)
class Finding:
    """The result of a check: what is wrong, empty where all is well, and the figures behind it."""

    name: str
    problem: str
    figures: Mapping[str, int | float | str]

    @property
    def is_error(self) -> bool:
        """Whether nothing may be made of the table, should there be a problem."""
        return self.name in ERRORS


def check_segments(warehouse: duckdb.DuckDBPyConnection, made: "MadeSegments") -> list[Finding]:
    """Looks at customer_segments and its profiles as they were just made."""
    expected = _count(warehouse, "features.customer_features", "order_count > 0")
    rows = _rows("customer_segments", warehouse, expected)
    figures: dict[str, int | float | str] = {}
    problems = []
    for shop, begin, metrics in by_shop(made.metrics):
        sizes = segment_sizes(made.profiles[made.profiles["shop"] == shop])
        wanted = int(metric_values(metrics, ["k"]).get("k", 0))
        problem, share = _uneven(sizes, wanted)
        problems += [f"{begin}{problem}"] if problem else []
        figures[f"{begin}segments"] = len(sizes)
        figures[f"{begin}customers"] = sum(segment.customers for segment in sizes)
        figures[f"{begin}largest share"] = round(share, 4)
    return [Finding(SEGMENT_ROWS, *rows), Finding(SEGMENT_SHARES, " ".join(problems), figures)]


def _uneven(sizes: Sequence[SegmentSize], wanted: int) -> tuple[str, float]:
    """What is wrong with the sizes of a shop's segments, if anything, and the largest share."""
    total = sum(segment.customers for segment in sizes)
    largest = max(sizes, key=lambda segment: segment.customers, default=None)
    share = largest.customers / total if largest and total else 0.0
    if len(sizes) < wanted:
        return f"{wanted - len(sizes)} of {wanted} segments have no customer today.", share
    if largest and share > NEARLY_ALL:
        return f"{largest.name} holds {share:.0%} of the customers.", share
    return "", share


def check_predictions(
    warehouse: duckdb.DuckDBPyConnection, made: "MadePredictions"
) -> list[Finding]:
    """Looks at customer_predictions as they were just made, and at how each model was judged."""
    figures: dict[str, int | float | str] = {}
    problems = []
    for _, begin, own in by_shop(made.metrics):
        for target, metrics in by_target(own):
            status = metric_values(metrics, ["status"]).get("status", math.nan)
            note = metric_note(metrics, "status")
            if status != 1:
                problems.append(f"{begin}{target}: {note}.")
            figures[f"{begin}{target}: judged"] = note
            for name, value in metric_values(metrics, _GAINS).items():
                figures[f"{begin}{target}: {name}"] = value
    rows = _rows("customer_predictions", warehouse, made.expected_rows, key="(customer_id, target)")
    return [
        Finding(PREDICTION_ROWS, *rows),
        Finding(BEATS_BASELINE, " ".join(problems), figures),
        _doubted_features(made.metrics),
    ]


def _doubted_features(metrics: "pd.DataFrame") -> Finding:
    """Features that tell too well what came to have been known before."""
    from ml.leakage import TOO_GOOD

    figures: dict[str, int | float | str] = {}
    problems = []
    for _, begin, own in by_shop(metrics):
        for target, rows in by_target(own):
            for strength in metric_values(rows, ["strongest_feature"]).values():
                feature = metric_note(rows, "strongest_feature")
                figures[f"{begin}{target}: {feature}"] = strength
                if strength >= TOO_GOOD:
                    problems.append(
                        f"{begin}{target}: {feature} alone tells what came (strength "
                        f"{strength:.2f} of 1)."
                    )
    return Finding(KNOWS_NOTHING_LATER, " ".join(problems), figures)


def check_lifetime_values(
    warehouse: duckdb.DuckDBPyConnection, made: "MadeLifetimeValues"
) -> list[Finding]:
    """Looks at customer_lifetime_value as it was just made, and at how well it had foretold."""
    figures: dict[str, int | float | str] = {}
    problems = []
    for _, begin, metrics in by_shop(made.metrics):
        values = metric_values(metrics, ["status", "value_gain", "expected_value", "actual_value"])
        note = metric_note(metrics, "status")
        figures[f"{begin}judged"] = note
        figures |= {f"{begin}{name}": value for name, value in values.items()}
        gain = metrics.loc[metrics["metric"] == "value_gain", "lower_bound"]
        if values["status"] != 1:
            problems.append(f"{begin}{note}.")
        elif gain.empty:
            problems.append(f"{begin}no past day tells how well it foretells.")
        elif not gain.iloc[0] > 0:
            problems.append(f"{begin}it foretold value no better than the rule.")
    expected = sum(dict(warehouse.execute(_BUYERS).fetchall()).values())
    rows = _rows("customer_lifetime_value", warehouse, expected, key="(shop, customer_id)")
    return [
        Finding(LIFETIME_VALUE_ROWS, *rows),
        Finding(BEATS_LAST_PERIOD, " ".join(problems), figures),
    ]


def check_recommendations(
    warehouse: duckdb.DuckDBPyConnection, made: "MadeRecommendations"
) -> list[Finding]:
    """Looks at what is recommended as it was just made, and at how it was chosen."""
    figures: dict[str, int | float | str] = {}
    problems = []
    for _, begin, own in by_shop(made.metrics):
        for target, metrics in by_target(own):
            note = metric_note(metrics, "status")
            if metric_values(metrics, ["status"])["status"] != 1:
                problems.append(f"{begin}{target}: {note}.")
            figures[f"{begin}{target}: judged"] = note
            for name, value in metric_values(metrics, ["ndcg_gain_at_10"]).items():
                figures[f"{begin}{target}: {name}"] = value
    lists = {
        "products": _twice(warehouse, "customer_recommendations", "product_id"),
        "categories": _twice(warehouse, "customer_next_categories", "category"),
    }
    wrong = [
        f"{found.twice:,} {what} are named twice." for what, found in lists.items() if found.twice
    ]
    if strangers := sum(found.strangers for found in lists.values()):
        wrong.append(f"{strangers:,} rows are of nobody who has a portrait.")
    return [
        Finding(
            RECOMMENDED_ONCE,
            " ".join(wrong),
            {f"rows of {what}": found.rows for what, found in lists.items()},
        ),
        Finding(BEATS_POPULARITY, " ".join(problems), figures),
    ]


class _Lists(NamedTuple):
    rows: int
    twice: int
    strangers: int


def _twice(warehouse: duckdb.DuckDBPyConnection, table: str, column: str) -> _Lists:
    ((rows, distinct, strangers),) = warehouse.execute(f"""
        select count(*), count(distinct (customer_id, {column})),
            count(*) filter (customer_id not in (
                select customer_id from features.feature_customers where is_current
            ))
        from ml.{table}
    """).fetchall()
    return _Lists(rows, rows - distinct, strangers)


def raise_errors(findings: Iterable[Finding]) -> None:
    """Stops where a finding is an error.

    Raises:
        PortraitError: There is one.
    """
    problems = [one.problem for one in findings if one.problem and one.is_error]
    if problems:
        raise PortraitError(
            " ".join(problems),
            "The last good snapshot stays in place. Run again with --force, which makes every "
            "table whole; if it fails again, the code has a mistake.",
        )


def _rows(
    name: str, warehouse: duckdb.DuckDBPyConnection, expected: int, key: str = "customer_id"
) -> tuple[str, dict[str, int]]:
    ((rows, of_today, keys),) = warehouse.execute(f"""
        select
            count(*),
            count(*) filter (days.is_current),
            count(distinct {key}) filter (days.is_current)
        from ml.{name}
        left join features.as_of_dates as days using (shop, as_of_date)
    """).fetchall()
    figures = {"rows": rows, "rows expected": expected}
    if rows != expected:
        return f"{name} has {rows:,} rows where {expected:,} are expected.", figures
    if of_today != keys:
        return f"{name} has {of_today:,} rows of {keys:,} different {key} today.", figures
    return "", figures


def _count(warehouse: duckdb.DuckDBPyConnection, relation: str, condition: str) -> int:
    ((count,),) = warehouse.execute(f"select count(*) from {relation} where {condition}").fetchall()
    return int(count)
