"""The overview of a shop: how many customers, what they bring, how they stay, what to expect."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from orchestration.pages.asking import Asked, ask
from orchestration.pages.charts import Chart, Column
from orchestration.pages.words import Speaker
from orchestration.publishing.reading import Row, Snapshot

_QUESTIONS = (
    *("figures", "top_share", "revenue", "stages", "rfm", "rfm_segments", "cohorts"),
    *("forecasts", "changes", "freshness"),
)
SCORES = (1, 2, 3, 4, 5)
_SHOWN_CHANGES = 10
# Of a heat map the deepest colour still lets the numbers in it be read.
_DEEPEST = 58


def read_overview(snapshot: Snapshot, shop: str) -> dict[str, Asked]:
    """The answers that the page shows, by question."""
    return {name: ask(snapshot, f"overview.{name}", shop) for name in _QUESTIONS}


def overview(asked: dict[str, Asked], say: Speaker) -> dict[str, Any]:
    """What the template of the overview takes."""
    return {
        **asked,
        "revenue": _known(asked["revenue"]),
        "revenue_chart": _revenue(_known(asked["revenue"]).rows, say),
        "rfm_cells": _rfm_cells(asked["rfm"].rows),
        "cohort_rows": _cohort_rows(asked["cohorts"].rows),
        "changes": _changed(asked["changes"], is_first=not asked["freshness"].row["has_changes"]),
        "health": _health(asked["freshness"].row),
    }


def _health(freshness: Row) -> dict[str, Any]:
    """When each source of the shop was read; one that failed may be of any shop, and is told."""
    own = freshness["source_systems"] or []
    health: dict[str, Any] = json.loads(freshness["source_health"] or "{}")
    return {name: one for name, one in health.items() if name in own or one.get("error")}


def _known(revenue: Asked) -> Asked:
    """Days of which no amount is known make an empty chart, which would look like no revenue."""
    return replace(revenue, rows=[row for row in revenue.rows if row["revenue"] is not None])


def _revenue(rows: Sequence[Row], say: Speaker) -> Chart:
    """Days down, channels across; a day on which nothing happened is no row."""
    channels = list(dict.fromkeys(row["channel"] for row in rows))
    days: dict[Any, dict[Any, Any]] = {}
    for row in rows:
        days.setdefault(row["activity_date"], {})[row["channel"]] = row["revenue"]
    columns = [
        Column(say("overview.day"), "x", "day"),
        *(Column(_channel(channel, say), "series", "amount") for channel in channels),
    ]
    return Chart(
        "revenue",
        "area",
        columns,
        [[day, *(by_channel.get(one) for one in channels)] for day, by_channel in days.items()],
        say("overview.revenue.title"),
    )


def _channel(channel: str | None, say: Speaker) -> str:
    if channel is None:
        return say("overview.unknown_channel")
    return say("overview.other_channels") if channel == "(other)" else channel


def _rfm_cells(rows: Sequence[Row]) -> dict[tuple[int, int], dict[str, Any]]:
    """Cells by recency and frequency score, with how deep their colour is, in percent."""
    most = max((row["customer_count"] for row in rows), default=1)
    return {
        (row["recency_score"], row["frequency_score"]): {
            **row,
            "depth": round(_DEEPEST * row["customer_count"] / most),
        }
        for row in rows
    }


def _cohort_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A cohort a line: its month, size, and the share that came back by months since."""
    cohorts: dict[Any, dict[str, Any]] = {}
    for row in rows:
        cohort = cohorts.setdefault(
            row["cohort_month"],
            {"month": row["cohort_month"], "size": row["customer_count"], "rates": {}},
        )
        rate = row["retention_rate"]
        depth = 0 if rate is None else round(_DEEPEST * rate)
        cohort["rates"][row["months_since_first_order"]] = (rate, depth)
    return list(cohorts.values())


def _changed(changes: Asked, *, is_first: bool) -> Asked:
    """The most frequent changes; in a first version everything is new, and nothing has changed."""
    return replace(changes, rows=[] if is_first else changes.rows[:_SHOWN_CHANGES])
