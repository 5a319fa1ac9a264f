"""What a contest decides: by which methods a shop recommends, and the figures behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ml import layouts, schemas
from ml.recommendation.contest import Contest, Entry, Verdict, Window, hold_contest
from ml.recommendation.methods import BASELINES, Parameters
from ml.recommendation.metrics import Figure
from ml.recommendation.questions import SLOTS, TARGETS, Level, Question
from ml.recommendation.rule import RecommendationRule


@dataclass(frozen=True)
class Choice:
    """By what a shop recommends.

    Attributes:
        methods: The winner's name, by slot.
        parameters: What it is built with, by slot.
        metrics: What the contest found, rows of model_metrics without days and version.
    """

    methods: Mapping[str, str]
    parameters: Mapping[str, Parameters]
    metrics: Sequence[Mapping[str, Any]]


def choose(tuning: Window | None, test: Window | None, rule: RecommendationRule) -> Choice:
    """Holds the contest.

    Args:
        tuning: the days on which parameters are chosen; None where there are none.
        test: the days on which methods are compared; None where there are none.
        rule: who takes part.
    """
    held = hold_contest(tuning, test, rule.methods, rule.most_customers)
    verdicts = {slot: held.verdicts[question] for slot, question in SLOTS.items()}
    return Choice(
        {slot: told.method for slot, told in verdicts.items()},
        {slot: dict(told.parameters) for slot, told in verdicts.items()},
        metric_rows(held, rule.level),
    )


def metrics_table(
    choice: Choice, version: str, as_of_date: pd.Timestamp, evaluated_on: pd.Timestamp | None
) -> pd.DataFrame:
    """What the contest found, laid out as model_metrics."""
    return schemas.as_table(
        choice.metrics,
        layouts.MODEL_METRICS,
        as_of_date=as_of_date,
        model_version=version,
        evaluated_on=evaluated_on,
    )


def metric_rows(held: Contest, level: Level = Level.PRODUCT) -> list[dict[str, Any]]:
    """The contest as rows of model_metrics, without days and version."""
    rows: list[dict[str, Any]] = []
    for question in Question:
        entries = held.entries.get(question, [])
        baseline = next((one for one in entries if one.method == BASELINES[question]), None)
        told = [row for entry in entries for row in _rows_of(entry, baseline)]
        told += _rows_of_verdict(held.verdicts[question], BASELINES[question])
        rows += [{**row, "target": TARGETS[level][question]} for row in told]
    return rows


def _rows_of(entry: Entry, baseline: Entry | None) -> Sequence[dict[str, Any]]:
    note = ", ".join(f"{name} {value}" for name, value in entry.parameters.items())
    of_baseline = baseline.figures if baseline else {}
    lists_of_baseline = baseline.of_lists if baseline else {}
    told = [
        {
            "metric": name,
            **_told(figure),
            "baseline_value": of_baseline[name].value if name in of_baseline else None,
        }
        for name, figure in entry.figures.items()
    ]
    told += [
        {
            "metric": name,
            "value": value,
            "baseline_value": lists_of_baseline.get(name),
            "customer_count": len(entry.by_customer),
        }
        for name, value in entry.of_lists.items()
    ]
    return [{**row, "model_name": entry.method, "note": note} for row in told]


def _rows_of_verdict(verdict: Verdict, baseline: str) -> list[dict[str, Any]]:
    """Which method is served, with what it gains over the baseline."""
    rows: list[dict[str, Any]] = [
        {"metric": "status", "value": float(verdict.method != baseline), "customer_count": 0}
    ]
    if verdict.gain:
        rows.append({"metric": "ndcg_gain_at_10", **_told(verdict.gain), "baseline_value": 0.0})
    return [{**row, "model_name": verdict.method, "note": verdict.reason} for row in rows]


def _told(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.value,
        "lower_bound": figure.lower,
        "upper_bound": figure.upper,
        "customer_count": figure.customers,
    }
