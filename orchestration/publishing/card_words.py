"""How cards of models write names, numbers and lists in Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.quoting import plain_line

Card = Mapping[str, Any]
Metric = Mapping[str, Any]


def metric_table(rows: Sequence[Metric], last: str = "rule of thumb") -> list[str]:
    """Lines of a table of metrics with their intervals, and what stands beside them."""
    lines = [f"| metric | value | 95 % interval | {last} |", "|---|---|---|---|"]
    for row in rows:
        ends = (row.get("lower_bound"), row.get("upper_bound"))
        interval = "" if None in ends else f"{number(ends[0])} to {number(ends[1])}"
        lines.append(
            f"| {words(row['metric'])} | {number(row['value'])} | {interval} "
            f"| {number(row.get('baseline_value'))} |"
        )
    return lines


def number(value: float | None) -> str:
    """Three decimals of what is small, none of what is large; nothing of what is not known."""
    if value is None:
        return ""
    return f"{value:,.3f}" if abs(value) < 100 else f"{value:,.0f}"


def listed(names: Sequence[str]) -> str:
    """Names with commas between."""
    return ", ".join(map(code, names))


def code(text: str) -> str:
    """Text as it was written, in one line."""
    shown = plain_line(text).replace("`", "'")
    return f"`{shown}`"


def words(name: str) -> str:
    """A name as people write it."""
    return name.replace("_", " ")
