"""A prediction: how good it was when tested, and in plain words whether it may be trusted."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from orchestration.pages.asking import Asked, ask
from orchestration.pages.charts import Chart, Column
from orchestration.pages.rendering import day, number, percent
from orchestration.pages.words import Speaker
from orchestration.publishing.model_cards import card_path
from orchestration.publishing.reading import Row, Snapshot

_QUESTIONS = ("version", "metrics", "curves", "outcomes", "importance", "drift")
# How each curve is drawn: kind, and words and units of x and y; amounts have other units.
_CURVES = {
    "roc": ("diagonal", "false_positives", "percent", "true_positives", "percent"),
    "lift": ("lines", "share_chosen", "percent", "lift", "number"),
    "gain": ("diagonal", "share_chosen", "percent", "share_of_all", "percent"),
    "calibration": ("dots", "told", "percent", "came", "percent"),
}
_SHARES = (
    *("bias_of_sum", "base_rate", "expected_calibration_error"),
    *("interval_coverage", "interval_coverage_top_fifth"),
)


def read_model(snapshot: Snapshot, shop: str, prediction: str) -> dict[str, Asked]:
    """The answers that the page of a prediction shows, by question."""
    return {name: ask(snapshot, f"model.{name}", shop, prediction) for name in _QUESTIONS}


def model(asked: dict[str, Asked], tested: Row, shop: str, say: Speaker) -> dict[str, Any]:
    """What the template of a prediction takes.

    Args:
        asked: As `read_model` gives it.
        tested: Its row of the question `model.all`.
        shop: The shop.
        say: The language.
    """
    version = asked["version"].rows[0] if asked["version"].rows else None
    is_amount = version is not None and version["kind"] == "amount"
    return {
        **asked,
        "tested": tested,
        "trust": _trust(asked, tested, say),
        "card": card_path(shop, version["prediction"], version["model_version"])
        if version
        else None,
        "curve_charts": _curves(asked["curves"].rows, say, is_amount=is_amount),
        "importance_chart": _importance(asked["importance"].rows, say),
        "outcome_days": _outcome_days(asked["outcomes"].rows),
        "outcome_chart": _outcomes(asked["outcomes"].rows, say, is_amount=is_amount),
        "is_amount": is_amount,
        "shares": _SHARES,
    }


def _trust(asked: dict[str, Asked], tested: Row, say: Speaker) -> list[tuple[str, str]]:
    """Questions that somebody asks who is to act on it, with the answers that the test gives."""
    return [
        (say("model.rank"), _rank(tested, say)),
        (say("model.sum"), _sum(asked, say)),
        (say("model.today"), _today(asked["drift"].rows, tested, say)),
        (say("model.not_for"), say("model.not_for.text")),
    ]


def _rank(tested: Row, say: Speaker) -> str:
    if tested["value"] is None:
        return say("model.untested", note=tested["note"])
    if tested["verdict"] == "nothing":
        return say("model.rank.nothing")
    return say(
        f"model.rank.{tested['verdict']}",
        customers=f"{tested['customer_count']:,}",
        day=day(tested["evaluated_on"]),
        measure=say(f"model.metric.{tested['metric']}"),
        value=number(tested["value"], 3),
        lower=number(tested["lower_bound"], 3),
        upper=number(tested["upper_bound"], 3),
        baseline=number(tested["baseline_value"], 3),
    )


def _sum(asked: dict[str, Asked], say: Speaker) -> str:
    """Sums lean if the test's interval says so, or if all past days were off to the same side."""
    bias = next((row for row in asked["metrics"].rows if row["metric"] == "bias_of_sum"), None)
    days = _outcome_days(asked["outcomes"].rows)
    offs = [float(one["expected"] / one["actual"]) - 1 for one in days if one["actual"]]
    if bias is None or bias["lower_bound"] is None or bias["upper_bound"] is None or not offs:
        return say("model.sum.unknown")
    is_fair = bias["lower_bound"] <= 0 <= bias["upper_bound"] and min(offs) <= 0 <= max(offs)
    return say(
        f"model.sum.{'fair' if is_fair else 'leans'}",
        bias=percent(bias["value"], sign=True),
        lower=percent(bias["lower_bound"], sign=True),
        upper=percent(bias["upper_bound"], sign=True),
        days=len(offs),
        least=percent(min(offs), sign=True),
        most=percent(max(offs), sign=True),
    )


def _today(drift: Sequence[Row], tested: Row, say: Speaker) -> str:
    if not drift:
        return say("model.today.unknown")
    row = drift[0]
    write = number if tested["metric"] == "rank_correlation" else percent
    return say(
        f"model.today.{row['verdict']}",
        day=day(row["reference_date"]),
        then=write(row["reference_mean"]),
        now=write(row["current_mean"]),
    )


def _curves(rows: Sequence[Row], say: Speaker, *, is_amount: bool) -> list[Chart]:
    charts = []
    for curve, (kind, x, x_unit, y, y_unit) in _CURVES.items():
        points = [row for row in rows if row["curve"] == curve]
        # Lift says what gain says; of amounts there is no ROC, and gain stands in its place.
        if not points or (curve == "gain" and not is_amount):
            continue
        is_money = is_amount and curve == "calibration"
        columns = [
            Column(say("model.series"), "group"),
            Column(say(f"model.{x}"), "x", "amount" if is_money else x_unit),
            Column(say(f"model.{y}"), "y", "amount" if is_money else y_unit),
        ]
        if curve == "calibration":
            unit = columns[2].unit
            columns.append(Column(say("model.lower"), "lower", unit))
            columns.append(Column(say("model.upper"), "upper", unit))
        charts.append(
            Chart(
                curve,
                kind,
                columns,
                [
                    [
                        say.name("series", row["series"]),
                        *(row[one] for one in ("x", "y", "lower_bound", "upper_bound")),
                    ][: len(columns)]
                    for row in points
                ],
                say(f"model.{curve}.title"),
                columns[1].name,
                columns[2].name,
                tuple(dict.fromkeys(row["series"] for row in points)),
            )
        )
    return charts


def _importance(rows: Sequence[Row], say: Speaker) -> Chart:
    return Chart(
        "importance",
        "bars",
        [
            Column(say("model.theme"), "x"),
            Column(say("model.importance"), "y", "number"),
            Column(say("model.lower"), "lower", "number"),
            Column(say("model.upper"), "upper", "number"),
        ],
        [
            [
                say.name("theme", row["theme"]),
                *(row[one] for one in ("importance", "lower_bound", "upper_bound")),
            ]
            for row in rows
        ],
        say("model.importance.title"),
        say("model.importance"),
    )


def _outcomes(rows: Sequence[Row], say: Speaker, *, is_amount: bool) -> Chart:
    """The latest day, a tenth a point: what was foretold and what came."""
    latest = [row for row in rows if row["as_of_date"] == rows[0]["as_of_date"]]
    unit = "amount" if is_amount else "percent"
    return Chart(
        "outcomes",
        "line",
        [
            Column(say("model.tenth"), "x"),
            Column(say("model.told"), "series", unit, "model"),
            Column(say("model.came"), "series", unit, "actual"),
            Column(say("model.baseline"), "series", unit, "baseline"),
        ],
        [
            [str(row["decile"]), row["expected"], row["actual"], row["baseline_expected"]]
            for row in latest
        ],
        say("model.outcomes.title"),
        say("model.tenth"),
    )


def _outcome_days(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Past days, the latest first: what was foretold of all customers together, and what came."""
    days: dict[Any, dict[str, Any]] = {}
    for row in rows:
        told = days.setdefault(
            row["as_of_date"],
            {
                "day": row["as_of_date"],
                "customers": 0,
                "expected": Decimal(0),
                "actual": Decimal(0),
            },
        )
        told["customers"] += row["customer_count"]
        for name in ("expected", "actual"):
            told[name] += Decimal(repr(row[name])) * row["customer_count"]
    return list(days.values())
