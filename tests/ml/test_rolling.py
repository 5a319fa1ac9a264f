"""Foretelling from past days: what may be learned from, and which method is gone by."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.forecast_metrics import candidate_rows
from ml.outcomes import outcome_rows
from ml.rolling import (
    MOST_ORIGINS,
    Forecast,
    chosen,
    closed_cutoffs,
    foretell,
    levelled,
    rolling_origins,
    shift_of,
    tried,
)
from ml.target import Target
from tests.ml.in_one_call import REPURCHASE, history_of

TODAY = pd.Timestamp("2024-01-01")
WINDOW = REPURCHASE.window
FIRST, SECOND = REPURCHASE.candidates
RULE = REPURCHASE.baselines[0].name
Tables = tuple[pd.DataFrame, pd.DataFrame]


def days_ago(*ages: int) -> list[pd.Timestamp]:
    return [TODAY - pd.Timedelta(days=age) for age in ages]


@given(st.lists(st.integers(0, 300), max_size=12))
def test_training_windows_end_before_what_is_foretold_begins(ages: list[int]) -> None:
    cutoffs = days_ago(*ages)
    closed = closed_cutoffs(cutoffs, TODAY, WINDOW)
    assert closed == sorted({cutoff for cutoff in cutoffs if cutoff + WINDOW <= TODAY})
    origins = rolling_origins(closed, WINDOW)
    for origin in origins:
        assert all(cutoff + WINDOW <= origin.cutoff for cutoff in origin.training)
        # and none that could be used is left out
        assert set(origin.training) == {c for c in closed if c + WINDOW <= origin.cutoff}
    could = [one for one in closed if one - WINDOW >= closed[0]]
    assert [origin.cutoff for origin in origins] == could[-MOST_ORIGINS:]


def test_a_window_may_end_on_the_day_the_next_one_begins() -> None:
    def split(*ages: int) -> list[tuple[int, list[int]]]:
        origins = rolling_origins(closed_cutoffs(days_ago(*ages), TODAY, WINDOW), WINDOW)
        return [
            ((TODAY - one.cutoff).days, [(TODAY - c).days for c in one.training]) for one in origins
        ]

    assert split(29, 30, 59) == []
    assert split(30, 60) == [(30, [60])]
    assert split(45, 90, 75, 74) == [(45, [90, 75])]


def forecast(age: int, good: float, other: float) -> Forecast:
    """Of 100 customers of whom half order; each method gives the right side so much."""
    event = np.arange(100) % 2.0
    return Forecast(
        days_ago(age)[0],
        event,
        {RULE: np.full(100, 0.5)},
        {
            FIRST: np.where(event == 1, good, 1 - good),
            SECOND: np.where(event == 1, other, 1 - other),
        },
    )


def test_the_method_that_had_done_better_by_the_day_is_gone_by() -> None:
    made = [forecast(90, 0.6, 0.9), forecast(60, 0.6, 0.9), forecast(29, 0.6, 0.1)]
    assert chosen(REPURCHASE, made, made[2]) == SECOND
    assert chosen(REPURCHASE, made[::-1], made[2]) == SECOND
    # Nothing was known on the day before the first window closed.
    assert chosen(REPURCHASE, made, forecast(61, 0.6, 0.9)) == FIRST
    assert chosen(REPURCHASE, made, made[1]) == SECOND


def test_in_doubt_the_method_declared_first_stays() -> None:
    generator = np.random.default_rng(0)
    one, today = forecast(60, 0.7, 0.7), forecast(0, 0.7, 0.7)
    # A little better, by a difference that is mostly noise.
    better = one.expected[FIRST] + 0.001 * (2 * one.outcome - 1) + generator.normal(0, 0.05, 100)
    one.expected[SECOND] = np.clip(better, 0, 1)
    assert chosen(REPURCHASE, [one], today) == FIRST
    del one.expected[SECOND]
    assert chosen(REPURCHASE, [one], today) == FIRST


def test_a_method_that_cannot_foretell_today_is_not_gone_by() -> None:
    past, today = forecast(60, 0.9, 0.6), forecast(0, 0.9, 0.6)
    assert chosen(REPURCHASE, [past], today) == FIRST
    del today.expected[FIRST]
    assert chosen(REPURCHASE, [past], today) == SECOND


def test_a_method_of_many_parameters_waits_for_rows(
    make_history: Callable[..., Tables],
) -> None:
    for customers, names in ((300, {SECOND}), (900, {FIRST, SECOND})):
        history = history_of(*make_history(customers=customers))
        origin = rolling_origins(sorted(set(history["as_of_date"])), WINDOW)[-1]
        made = foretell(REPURCHASE, history, origin)
        assert made is not None
        assert set(made.expected) == names
        assert made.outcome.tolist() == (
            history.loc[history["as_of_date"] == origin.cutoff, "outcome"].astype(float).tolist()
        )
        assert len(candidate_rows(REPURCHASE, [made], RULE)) == 1 + len(names)
    only_trees = replace(REPURCHASE, candidates=("decision_tree", "random_forest"))
    assert tried(only_trees, 10) == ["decision_tree", "random_forest"]
    assert tried(REPURCHASE, 1999) == [SECOND]


def test_outcomes_are_told_by_tenths() -> None:
    made = forecast(30, 0.6, 0.9)
    rows = pd.DataFrame(outcome_rows(REPURCHASE, made, SECOND, RULE))
    assert rows["decile"].tolist() == list(range(1, 11))
    assert rows["customer_count"].tolist() == [10] * 10
    assert rows["expected"].tolist() == pytest.approx([0.9] * 5 + [0.1] * 5)
    assert rows["actual"].tolist() == [1] * 5 + [0] * 5
    assert set(rows["baseline_expected"]) == {0.5}
    assert set(rows["model_name"]) == {f"repurchase_{SECOND}"}


@given(st.integers(1, 40))
def test_tenths_of_few_customers_are_fewer(customers: int) -> None:
    outcome = np.arange(customers) % 2.0
    made = Forecast(TODAY, outcome, {RULE: outcome}, {FIRST: np.linspace(0, 1, customers)})
    rows = pd.DataFrame(outcome_rows(REPURCHASE, made, FIRST, RULE))
    assert rows["customer_count"].sum() == customers
    assert rows["customer_count"].max() - rows["customer_count"].min() <= 1
    assert len(rows) == min(customers, 10)
    assert rows["expected"].is_monotonic_decreasing


def test_rolling_needs_two_outcomes(make_history: Callable[..., Tables]) -> None:
    history = history_of(*make_history()).assign(outcome=True)
    origin = rolling_origins(sorted(set(history["as_of_date"])), WINDOW)[-1]
    assert foretell(REPURCHASE, history, origin) is None


def test_targets_name_models_and_rules() -> None:
    target: Target = REPURCHASE
    assert target.model_name("svm") == "repurchase_svm"
    assert target.model_name(RULE) == "repurchase_recency_bands"


def amounts(age: int, times: float) -> Forecast:
    """Of 100 customers 10 to 109 is expected, and so many times as much comes."""
    expected = np.arange(10.0, 110.0)
    return Forecast(days_ago(age)[0], expected * times, {RULE: expected}, {"two_stage": expected})


def test_losses_compare_on_the_same_days() -> None:
    past, today = forecast(60, 0.9, 0.6), forecast(30, 0.6, 0.9)
    rows = {row["model_name"]: row for row in candidate_rows(REPURCHASE, [past, today], RULE)}
    assert len({rows[REPURCHASE.model_name(name)]["value"] for name in (FIRST, SECOND)}) == 1
    del past.expected[SECOND]
    rows = {row["model_name"]: row for row in candidate_rows(REPURCHASE, [past, today], RULE)}
    better = rows[REPURCHASE.model_name(SECOND)]
    assert better["value"] == pytest.approx(-np.log(0.9))
    assert rows[REPURCHASE.model_name(FIRST)]["value"] == pytest.approx(-np.log(0.6))
    assert {row["customer_count"] for row in rows.values()} == {100}
    assert better["baseline_value"] == pytest.approx(np.log(2))


def test_what_a_selection_keeps_is_told(make_history: Callable[..., Tables]) -> None:
    """It is selected on the days that are learned from alone."""
    selecting = replace(REPURCHASE, candidates=("logistic_regression_univariate", SECOND))
    history = history_of(*make_history())
    origin = rolling_origins(sorted(set(history["as_of_date"])), WINDOW)[-1]
    made = foretell(selecting, history, origin)
    assert made is not None
    later = history["as_of_date"] == origin.cutoff
    turned = history.assign(
        average_rating=np.where(later, history["outcome"].astype(float), np.nan)
    )
    again = foretell(selecting, turned, origin)
    assert again is not None
    assert made.kept == again.kept
    rows = {row["model_name"]: row for row in candidate_rows(selecting, [made], RULE)}
    note = rows["repurchase_logistic_regression_univariate"]["note"]
    assert note.startswith("kept 2 of 4 features: ")
    assert "total_spend" in note
    assert rows["repurchase_logistic_regression"]["note"] is None


def test_a_level_is_put_right_by_what_was_known_on_the_day() -> None:
    spend = replace(REPURCHASE, kind="amount", candidates=("two_stage",))
    made = [amounts(90, 2.0), amounts(60, 3.0), amounts(30, 9.0)]
    first, second, third = levelled(spend, made)
    raw = made[0].expected["two_stage"]
    assert first.expected["two_stage"] == pytest.approx(raw)
    # By the first day alone, half the way.
    assert second.expected["two_stage"] == pytest.approx(raw * 2**0.5)
    # By both, two thirds of the way to two and a half times as much.
    assert third.expected["two_stage"] == pytest.approx(raw * 2.5 ** (2 / 3))
    assert shift_of(spend, made, "two_stage") == pytest.approx(0.75 * np.log(14 / 3))
