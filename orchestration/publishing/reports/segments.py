"""Pictures of segments: how large they are, where they lie, and who moved from one to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import duckdb

from orchestration.modelling.pictures import SegmentSize, cut

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROW = 0.54
_MOST_ARROWS = 5


@dataclass(frozen=True)
class Sizes:
    """The segments of a shop, in the order in which they are drawn, top first."""

    begin: str
    as_of_date: date
    segments: Sequence[SegmentSize]


def read_sizes(connection: duckdb.DuckDBPyConnection, shop: str, begin: str, day: date) -> Sizes:
    """The segments of a shop; `begin` is how its titles begin."""
    rows = connection.execute(
        """
        select
            segment_name, customer_count, median_total_spend, median_order_count,
            median_days_since_last_order, usual_gap_days
        from marts.segment_portraits
        where shop = ?
        order by segment_id
        """,
        [shop],
    ).fetchall()
    return Sizes(begin, day, [SegmentSize(*row) for row in rows])


def draw_sizes(told: Sizes) -> "Figure":
    """Each segment's size as a bar, with what is typical of its customers."""
    from orchestration.publishing.reports.page import BLUE, BODY, FAINT, PALE, Page, note

    segments = told.segments
    total = sum(segment.customers for segment in segments)
    count = "1 segment" if len(segments) == 1 else f"{len(segments)} segments"
    title = f"{told.begin}{total:,} customers in {count}"
    if not segments:
        return note(title, f"As of {told.as_of_date}", "There are no segments.")
    page = Page(
        title,
        f"As of {told.as_of_date}: medians of what is known of their customers; "
        "the usual gap is the shop's where most ordered once",
        "How to read it: bars are customers. A name says what tells a segment from the others.",
        0.35 + _ROW * len(segments),
    )
    axes = page.canvas()
    ends = (6.2, 6.95, 8.1, BODY)
    heads = ("median spend", "orders", "days since last", "usual gap")
    for x, head in zip((0, 3.55), ("segment", "customers"), strict=True):
        axes.text(x, 0.12, head, color=PALE)
    for x, head in zip(ends, heads, strict=True):
        axes.text(x, 0.12, head, color=PALE, ha="right")
    largest = max(segment.customers for segment in segments)
    for row, segment in enumerate(segments):
        y = 0.5 + _ROW * row
        axes.axhline(y - 0.27, color=FAINT, linewidth=0.8)
        words, bracket, medians = segment.name.partition(" (")
        axes.text(0, y, cut(words, 44), fontsize=9.5, va="center_baseline")
        if bracket:
            below = cut(f"({medians}", 52)
            axes.text(0, y + 0.15, below, color=PALE, fontsize=8, va="center_baseline")
        length = max(0.02, 0.8 * segment.customers / largest)
        axes.barh(y, length, 0.2, 3.55, color=BLUE)
        share = f"{segment.customers:,} · {segment.customers / total:.0%}"
        axes.text(3.63 + length, y, share, fontsize=9.5, va="center_baseline")
        numbers = (
            segment.median_spend,
            segment.median_orders,
            segment.median_days_since_last_order,
            segment.usual_gap_days,
        )
        for x, value in zip(ends, numbers, strict=True):
            axes.text(x, y, _number(value), fontsize=9.5, ha="right", va="center_baseline")
    return page.figure


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"


@dataclass(frozen=True)
class Point:
    """A point of the plane on which segments are drawn."""

    label: str
    segment_id: int
    x: float
    y: float


@dataclass(frozen=True)
class Map:
    """Where a shop's customers lie, by kind of point; the shares are those of the variance."""

    begin: str
    as_of_date: date
    customers: Sequence[Point]
    centres: Sequence[Point]
    features: Sequence[Point]
    x_share: float
    y_share: float


def read_map(connection: duckdb.DuckDBPyConnection, shop: str, begin: str, day: date) -> Map:
    """The plane of a shop's segments."""
    rows = connection.execute(
        """
        select kind, label, segment_id, x, y, x_share, y_share
        from ml.segment_map
        where shop = ? and as_of_date = ?
        order by kind, number
        """,
        [shop, day],
    ).fetchall()

    def points(kind: str) -> list[Point]:
        return [Point(row[1] or "", *row[2:5]) for row in rows if row[0] == kind]

    shares = rows[0][5:] if rows else (0.0, 0.0)
    return Map(begin, day, points("customer"), points("centre"), points("feature"), *shares)


def draw_map(told: Map) -> "Figure":
    """Customers as dots in the colour of their segment, its centre numbered."""
    from orchestration.publishing.reports.page import BODY, COLOURS, INK, MARKERS, PALE, Page, note

    title = f"{told.begin}Where the segments lie"
    if not told.centres:
        return note(
            title, f"As of {told.as_of_date}", "Too few customers, or too much alike, for a plane."
        )
    page = Page(
        title,
        f"As of {told.as_of_date}: {len(told.customers):,} customers, drawn at random where there "
        "are more, by what segments are made of, seen from where they differ most",
        "How to read it: who is near buys alike; numbers stand at the middle of a segment. Arrows "
        "point to where a feature grows, of many the five that tell most. Segments border on each "
        "other, they are no islands: what counts is that the middles lie apart. The shares say "
        "how much of all differences the two directions show.",
        4.6,
    )
    axes = page.panel(0.35, 0.1, 4.85, 4.05)
    legend = page.panel(5.4, 0.1, BODY - 5.4, 4.05)
    legend.axis("off")
    legend.set(xlim=(0, BODY - 5.4), ylim=(4.05, 0))
    for place, centre in enumerate(told.centres):
        colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
        own = [point for point in told.customers if point.segment_id == centre.segment_id]
        if own:
            x, y = [point.x for point in own], [point.y for point in own]
            axes.scatter(x, y, s=9, alpha=0.45, linewidths=0, color=colour, marker=marker)
        row = 0.2 + 0.45 * place
        legend.scatter([0.08], [row], s=30, color=colour, marker=marker)
        words, bracket, medians = centre.label.partition(" (")
        legend.text(0.25, row, f"{place + 1} {cut(words, 40)}", va="center_baseline")
        if bracket:
            below = cut(f"({medians}", 52)
            legend.text(0.25, row + 0.17, below, color=PALE, fontsize=7.5, va="center_baseline")
    for place, centre in enumerate(told.centres):
        ring = {"boxstyle": "circle,pad=0.25", "fc": "white", "ec": COLOURS[place % len(COLOURS)]}
        axes.text(centre.x, centre.y, str(place + 1), ha="center", va="center", bbox=ring, zorder=5)
    reach = 0.8 * max(abs(value) for point in told.centres for value in (point.x, point.y))
    longest = sorted(told.features, key=lambda one: -(one.x**2 + one.y**2))
    for feature in longest[:_MOST_ARROWS]:
        tip = (feature.x * reach * 1.6, feature.y * reach * 1.6)
        axes.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "->", "color": INK})
        axes.text(
            tip[0] * 1.06,
            tip[1] * 1.06,
            feature.label.replace("_", " "),
            ha="center",
            va="bottom" if tip[1] > 0 else "top",
            fontstyle="italic",
            bbox={"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.7},
        )
    axes.margins(0.12)
    axes.set_xlabel(f"1st principal component ({told.x_share:.0%} of the differences)")
    axes.set_ylabel(f"2nd principal component ({told.y_share:.0%})")
    return page.figure
