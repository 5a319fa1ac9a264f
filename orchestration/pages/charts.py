"""Charts as tables: the page shows the table, draws the chart from it and downloads it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column of a chart's table.

    Attributes:
        name: What it is called on the page.
        role: x, series (one of a chart that has its series side by side), or of a long table group,
            y, lower and upper.
        unit: How its numbers are written: text, day, count, amount, percent or number.
        tone: Of a series: model, baseline or actual; empty: the next colour.
    """

    name: str
    role: str
    unit: str = "text"
    tone: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart and its data.

    Attributes:
        name: Of the chart in its page: an anchor, and the file that is downloaded.
        kind: area (stacked over days), line, lines (a long table), diagonal (the same, beside
            the diagonal), dots (the same, with intervals) or bars (lying, with intervals).
        columns: Of the table.
        rows: Their values, None where there is none.
        title: What it shows, for those who do not see it.
        x_name: What lies across.
        y_name: What stands up.
        tones: Of a long table's groups, as of a column.
    """

    name: str
    kind: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    title: str
    x_name: str = ""
    y_name: str = ""
    tones: Sequence[str] = ()
