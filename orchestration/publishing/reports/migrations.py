"""A picture of who moved from one segment to another between two days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import duckdb

from orchestration.modelling.pictures import cut

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The earlier day is the latest that is so many days back, or else the first there is.
_DAYS_BACK = 90
_CELL = 0.5


@dataclass(frozen=True)
class Moves:
    """Customers by where they were (rows) and where they are now (columns), with their names."""

    begin: str
    from_date: date | None
    to_date: date
    before: Sequence[str]
    now: Sequence[str]
    customers: Sequence[Sequence[int]]


def read_moves(connection: duckdb.DuckDBPyConnection, shop: str, begin: str, day: date) -> Moves:
    """The moves of a shop's customers between segments, to its current day.

    Rows and columns are in the order of the segments' ids, so that who stayed is on the diagonal;
    whom orders made a customer in between, or who has none any more, is last.
    """
    ((from_date,),) = connection.execute(
        """
        select coalesce(max(from_date) filter (from_date <= to_date - ?), min(from_date))
        from marts.segment_migrations
        where shop = ? and attribute = 'segment_name' and to_date = ?
        """,
        [_DAYS_BACK, shop, day],
    ).fetchall()
    rows = connection.execute(
        """
        select from_value, to_value, customer_count
        from marts.segment_migrations
        where shop = ? and attribute = 'segment_name' and from_date = ? and to_date = ?
        """,
        [shop, from_date, day],
    ).fetchall()
    before, now = (_in_order(connection, shop, {row[place] for row in rows}) for place in (0, 1))
    counts = {(start, end): count for start, end, count in rows}
    return Moves(
        begin,
        from_date,
        day,
        before,
        now,
        [[counts.get((start, end), 0) for end in now] for start in before],
    )


def _in_order(connection: duckdb.DuckDBPyConnection, shop: str, names: set[str]) -> list[str]:
    rows = connection.execute(
        """
        select distinct segment_id, segment_name from tags.tags_prediction
        where shop = ? and segment_id is not null order by segment_id
        """,
        [shop],
    ).fetchall()
    known = [name for _, name in rows if name in names]
    return [*known, *sorted(names.difference(known))]


def draw_moves(told: Moves) -> "Figure":
    """A heat map: of those who were in a segment, the share that is now in each."""
    from orchestration.publishing.reports.page import INK, PALE, Page, blues, note

    title = f"{told.begin}Who moved between segments"
    if told.from_date is None or not told.before:
        return note(title, f"As of {told.to_date}", "No past day has segments yet.")
    page = Page(
        title,
        f"From {told.from_date}, a segment a row, to {told.to_date}, a segment a column; in each "
        "row the shares of those who were in it",
        "How to read it: who stayed is on the diagonal. A "
        "row's number says how many it was of. (none) is who had no order yet, or has none any "
        "more. Segments are called as they are today, with today's medians.",
        2.05 + _CELL * len(told.before),
    )
    width = min(4.0, 0.7 * len(told.now))
    axes = page.panel(3.1, 1.95, width, _CELL * len(told.before))
    sums = [sum(row) for row in told.customers]
    shares = [
        [count / total if total else 0.0 for count in row]
        for row, total in zip(told.customers, sums, strict=True)
    ]
    axes.pcolormesh(shares, cmap=blues(), vmin=0, vmax=1, edgecolors="white", linewidth=1.5)
    for row, line in enumerate(shares):
        for column, share in enumerate(line):
            if told.customers[row][column]:
                shown = f"{share:.0%}" if share >= 0.005 else "<1%"
                colour = "white" if share > 0.55 else INK
                place = (column + 0.5, row + 0.5)
                axes.text(*place, shown, ha="center", va="center_baseline", color=colour)
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xticks([])
    axes.set_yticks([])
    for row, (name, total) in enumerate(zip(told.before, sums, strict=True)):
        words, bracket, medians = name.partition(" (")
        lines = [(f"{cut(words, 38)} · {total:,}", 8.0, INK)]
        if bracket:
            lines.append((cut(f"({medians}", 50), 7.0, PALE))
        for number, (text, size, colour) in enumerate(lines):
            down = 5.5 - 11 * number if bracket else 0
            axes.annotate(
                text,
                (0, row + 0.5),
                (-6, down),
                textcoords="offset points",
                ha="right",
                va="center_baseline",
                fontsize=size,
                color=colour,
            )
    for column, name in enumerate(told.now):
        axes.annotate(
            cut(name.partition(" (")[0], 39),
            (column + 0.5, 0),
            (0, 5),
            textcoords="offset points",
            rotation=45,
            rotation_mode="anchor",
            color=PALE,
            fontsize=8,
        )
    return page.figure
