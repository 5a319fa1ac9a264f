"""Checks of segments and predictions: what they find, and which findings stop a run."""

from datetime import date
from math import nan

import duckdb
import pandas as pd
import pytest

from orchestration.errors import PortraitError
from orchestration.modelling.checks import (
    BEATS_BASELINE,
    BEATS_LAST_PERIOD,
    ERRORS,
    KNOWS_NOTHING_LATER,
    LIFETIME_VALUE_CHECKS,
    LIFETIME_VALUE_ROWS,
    PREDICTION_CHECKS,
    PREDICTION_ROWS,
    SEGMENT_CHECKS,
    SEGMENT_ROWS,
    SEGMENT_SHARES,
    Finding,
    check_lifetime_values,
    check_predictions,
    check_segments,
    raise_errors,
)
from orchestration.modelling.lifetime_values import MadeLifetimeValues
from orchestration.modelling.predictions import MadePredictions
from orchestration.modelling.profiles import calibration, metric_note, segment_rows, segment_sizes
from orchestration.modelling.segments import MadeSegments

DAY, MONTH_BEFORE = date(2024, 3, 1), date(2024, 2, 1)


@pytest.fixture
def built(warehouse: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Three customers, of whom two have orders today, and one of them a month before."""
    for schema in ("features", "ml"):
        warehouse.execute(f"create schema {schema}")
    warehouse.execute(
        "create table features.as_of_dates as select * from (values "
        f"('s', date '{DAY}', true), ('s', date '{MONTH_BEFORE}', false))"
        " as t (shop, as_of_date, is_current)"
    )
    warehouse.execute(
        "create table features.customer_features as select * from (values "
        f"('s', 'a', date '{DAY}', 2), ('s', 'b', date '{DAY}', 1), ('s', 'c', date '{DAY}', 0), "
        f"('s', 'a', date '{MONTH_BEFORE}', 1)) as t (shop, customer_id, as_of_date, order_count)"
    )
    buyers = (
        "select shop, customer_id, as_of_date from features.customer_features where order_count > 0"
    )
    warehouse.execute(f"create table ml.customer_segments as {buyers}")
    warehouse.execute(
        "create table ml.customer_predictions as "
        f"select *, 't' as target from ({buyers}) where as_of_date = date '{DAY}'"
    )
    return warehouse


def metrics(**values: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "shop": "s",
            "target": "t",
            "metric": list(values),
            "value": list(values.values()),
            "baseline_value": nan,
            "evaluated_on": pd.Timestamp(MONTH_BEFORE),
            "note": ["it is so" if name == "status" else None for name in values],
        }
    )


def segments(*customers: int, k: int | None = None) -> MadeSegments:
    profiles = pd.DataFrame(
        {
            "shop": "s",
            "segment_id": range(len(customers)),
            "segment_name": [f"segment {number}" for number in range(len(customers))],
            "feature_name": "order_count",
            "customer_count": customers,
            "segment_median": 1.5,
        }
    )
    return MadeSegments(3, 1, True, profiles, metrics(k=k or len(customers)))


def problems(findings: list[Finding]) -> dict[str, str]:
    return {one.name: one.problem for one in findings if one.problem}


def test_what_is_well_has_no_problem(built: duckdb.DuckDBPyConnection) -> None:
    found = check_segments(built, segments(9, 1))
    assert problems(found) == {}
    assert [one.name for one in found] == list(SEGMENT_CHECKS)
    found = check_predictions(built, MadePredictions(2, True, metrics(status=1, roc_auc=0.7), 2))
    assert problems(found) == {}
    assert [one.name for one in found] == list(PREDICTION_CHECKS)
    assert found[1].figures == {"t: roc_auc": 0.7, "t: judged": "it is so"}


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (segments(91, 9), "segment 0 holds 91% of the customers."),
        (segments(5), "segment 0 holds 100% of the customers."),
        (segments(5, 5, k=3), "1 of 3 segments have no customer today."),
    ],
)
def test_segments_that_tell_little_are_a_doubt(
    built: duckdb.DuckDBPyConnection, made: MadeSegments, problem: str
) -> None:
    found = check_segments(built, made)
    assert problems(found) == {SEGMENT_SHARES: problem}
    raise_errors(found)


def test_each_shop_is_looked_at_by_itself(built: duckdb.DuckDBPyConnection) -> None:
    fine, lopsided = segments(5, 5), segments(91, 9)
    made = MadeSegments(
        3,
        1,
        True,
        pd.concat([fine.profiles, lopsided.profiles.assign(shop="t")]),
        pd.concat([fine.metrics, lopsided.metrics.assign(shop="t")]),
    )
    found = check_segments(built, made)
    assert problems(found) == {SEGMENT_SHARES: "t: segment 0 holds 91% of the customers."}
    assert found[1].figures["s: largest share"] == 0.5
    lost = metrics(status=0).assign(shop="t")
    found = check_predictions(
        built, MadePredictions(2, True, pd.concat([metrics(status=1), lost]), 2)
    )
    assert problems(found) == {BEATS_BASELINE: "t: t: it is so."}


def test_a_feature_that_tells_all_is_a_doubt(built: duckdb.DuckDBPyConnection) -> None:
    told = metrics(status=1, strongest_feature=0.97)
    told.loc[told["metric"] == "strongest_feature", "note"] = "has_left"
    found = check_predictions(built, MadePredictions(2, True, told, 2))
    assert problems(found) == {
        KNOWS_NOTHING_LATER: "t: has_left alone tells what came (strength 0.97 of 1)."
    }
    raise_errors(found)
    told["value"] = told["value"].replace(0.97, 0.94)
    found = check_predictions(built, MadePredictions(2, True, told, 2))
    assert problems(found) == {}
    assert found[2].figures == {"t: has_left": 0.94}


def test_a_model_that_lost_is_a_doubt(built: duckdb.DuckDBPyConnection) -> None:
    found = check_predictions(built, MadePredictions(2, True, metrics(status=0), 2))
    assert problems(found) == {BEATS_BASELINE: "t: it is so."}
    raise_errors(found)


def test_where_nothing_is_predicted_no_row_is_missing(built: duckdb.DuckDBPyConnection) -> None:
    built.execute("delete from ml.customer_predictions")
    found = check_predictions(built, MadePredictions(0, False, metrics(status=nan), 0))
    assert problems(found) == {BEATS_BASELINE: "t: it is so."}


def test_each_target_that_was_tested_has_its_rows(built: duckdb.DuckDBPyConnection) -> None:
    untested = metrics(status=nan).assign(target="u", note="nothing is served: too short")
    lost = metrics(status=0).assign(target="v")
    made = MadePredictions(4, True, pd.concat([metrics(status=1), untested, lost]), 4)
    found = check_predictions(built, made)
    assert problems(found)[PREDICTION_ROWS].startswith("customer_predictions has 2 rows where 4")
    built.execute(
        "insert into ml.customer_predictions by name "
        "select * replace ('v' as target) from ml.customer_predictions"
    )
    assert problems(check_predictions(built, made)) == {
        BEATS_BASELINE: "u: nothing is served: too short. v: it is so."
    }


def lifetime_values(gain: float | None, status: float = 1) -> MadeLifetimeValues:
    found = metrics(status=status) if gain is None else metrics(status=status, value_gain=gain)
    return MadeLifetimeValues(2, found.assign(lower_bound=gain))


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (lifetime_values(0.1), None),
        (lifetime_values(0.0), "it foretold value no better than the rule."),
        (lifetime_values(None), "no past day tells how well it foretells."),
        (lifetime_values(0.1, status=0), "it is so."),
    ],
)
def test_a_value_that_was_foretold_no_better_is_a_doubt(
    built: duckdb.DuckDBPyConnection, made: MadeLifetimeValues, problem: str | None
) -> None:
    built.execute("create table ml.customer_lifetime_value as from ml.customer_predictions")
    found = check_lifetime_values(built, made)
    assert [one.name for one in found] == list(LIFETIME_VALUE_CHECKS)
    assert problems(found) == ({BEATS_LAST_PERIOD: problem} if problem else {})
    raise_errors(found)
    built.execute("delete from ml.customer_lifetime_value where customer_id = 'b'")
    found = check_lifetime_values(built, made)
    assert problems(found)[LIFETIME_VALUE_ROWS].startswith("customer_lifetime_value has 1 rows")
    with pytest.raises(PortraitError, match="has 1 rows where 2"):
        raise_errors(found)


@pytest.mark.parametrize(
    "change",
    [
        "delete from {} where customer_id = 'b'",
        "update {} set customer_id = 'a' where customer_id = 'b'",
        "insert into {} select * replace ('d' as customer_id) from {} where customer_id = 'b'",
    ],
)
def test_a_customer_without_a_row_or_with_two_stops_the_run(
    built: duckdb.DuckDBPyConnection, change: str
) -> None:
    for table, name in (
        ("customer_segments", SEGMENT_ROWS),
        ("customer_predictions", PREDICTION_ROWS),
    ):
        relation = f"ml.{table}"
        built.execute(change.format(relation, relation))
        found = (
            check_segments(built, segments(5, 5))
            if name == SEGMENT_ROWS
            else check_predictions(built, MadePredictions(2, True, metrics(status=1), 2))
        )
        assert list(problems(found)) == [name]
        with pytest.raises(PortraitError, match=f"{table} has") as error:
            raise_errors(found)
        assert "--force" in error.value.hint


def test_every_check_says_what_to_do() -> None:
    checks = {**SEGMENT_CHECKS, **PREDICTION_CHECKS, **LIFETIME_VALUE_CHECKS}
    for name, description in checks.items():
        assert ("If it fails" if name in ERRORS else "If it warns") in description


def test_segments_are_told_with_their_whole_names() -> None:
    first, second = segment_rows(segment_sizes(segments(3, 1).profiles))
    assert (first["segment"], first["customers"], first["share"]) == ("segment 0", 3, "75.0%")
    assert (second["median orders"], second["median spend"]) == ("1.50", "")


def test_calibration_is_read_bin_by_bin() -> None:
    measured = metrics(
        calibration_bin_02_predicted=0.5,
        calibration_bin_02_observed=0.4,
        calibration_bin_01_predicted=0.1,
        calibration_bin_01_observed=0.2,
        calibration_error_beyond_chance=-0.1,
        status=1,
    )
    assert calibration(measured) == [(0.1, 0.2), (0.5, 0.4)]
    assert metric_note(measured, "status") == "it is so"
    assert metric_note(measured, "k") == ""
