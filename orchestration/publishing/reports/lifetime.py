"""A picture of lifetime values: what was bought week by week, and who is still there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Week:
    """The end of a week, and the repeat order days until then."""

    ends_on: date
    actual: float
    expected: float


@dataclass(frozen=True)
class Cell:
    """The chance to be still there of a customer with so many repeat order days."""

    repeat_order_days: int
    recency_days: float
    observed_days: float
    probability_alive: float


@dataclass(frozen=True)
class Lifetime:
    """What the models of a shop's purchases say.

    Attributes:
        begin: How titles begin: with the shop, where there are several.
        begins_on: The begin of the hold-out.
        customers: Who is followed.
        weeks: In order.
        cells: Of a grid of frequency and recency.
        is_served: Whether customers are told their chance to be still there.
        note: What is refused, and why.
    """

    begin: str
    begins_on: date | None
    customers: int
    weeks: Sequence[Week]
    cells: Sequence[Cell]
    is_served: bool
    note: str


def read_lifetime(
    connection: duckdb.DuckDBPyConnection, shop: str, begin: str, day: date
) -> Lifetime:
    """What is drawn of a shop's lifetime values."""
    points = connection.execute(
        """
        select evaluated_on, max(customer_count), x,
            max(y) filter (series = 'actual'), max(y) filter (series = 'model')
        from marts.model_curves
        where shop = ? and curve = 'tracking'
        group by evaluated_on, x order by x
        """,
        [shop],
    ).fetchall()
    cells = connection.execute(
        """
        select repeat_order_days, recency_days, observed_days, probability_alive
        from ml.alive_grid
        where shop = ? and as_of_date = ? order by recency_days, repeat_order_days
        """,
        [shop, day],
    ).fetchall()
    ((is_served,),) = connection.execute(
        """
        select count(probability_alive) > 0 from marts.customer_lifetime_value where shop = ?
        """,
        [shop],
    ).fetchall()
    notes = connection.execute(
        """
        select coalesce(note, '') from marts.model_metrics
        where shop = ? and target = 'lifetime_value' and metric = 'status'
        """,
        [shop],
    ).fetchall()
    return Lifetime(
        begin,
        points[0][0] if points else None,
        points[0][1] if points else 0,
        [
            Week(begins + timedelta(weeks=round(x)), actual, expected)
            for begins, _, x, actual, expected in points
        ],
        [Cell(*cell) for cell in cells],
        is_served,
        notes[0][0] if notes else "",
    )


def draw_lifetime(told: Lifetime) -> "Figure":
    """The tracking plot, and P(alive) against frequency and recency."""
    from orchestration.publishing.reports.page import Page, note

    title = f"{told.begin}Who comes back, and who is still there"
    if not told.weeks and not told.cells:
        return note(title, "There is no model of purchases to draw", told.note)
    page = Page(
        title,
        f"Customers who had ordered before {told.begins_on or 'today'}, and the days on which they "
        f"ordered again. Of lifetime values the run says: {told.note}",
        "How to read it: on the left, the model has seen what lies before the dashed line and "
        "foretold what lies behind it; the nearer the two lines, the better (Fader, Hardie and Lee "
        "2005). On the right, the chance that a customer has not left for good, of those known "
        "longest: who often ordered and long ago fell silent has left, who seldom orders may only "
        "be between two orders.",
        4.0,
    )
    _tracking(page.panel(0.5, 0.3, 3.9, 3.2), told)
    _alive(page.panel(5.35, 0.3, 3.3, 3.2), told)
    return page.figure


def _tracking(axes: "Axes", told: Lifetime) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    from orchestration.publishing.reports.page import BLUE, GREY, INK, PALE

    axes.set_title("Repeat order days, added up")
    if not told.weeks or told.begins_on is None:
        _says(axes, "No past day is far enough back.")
        return
    days = [week.ends_on for week in told.weeks]
    axes.plot(days, [week.actual for week in told.weeks], color=INK, linewidth=1.6)  # type: ignore[arg-type]
    expected = [week.expected for week in told.weeks]
    axes.plot(days, expected, color=BLUE, linewidth=1.6, linestyle=(0, (5, 2)))  # type: ignore[arg-type]
    axes.axvline(told.begins_on, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)))  # type: ignore[arg-type]
    axes.text(0.03, 0.94, "actual", color=INK, transform=axes.transAxes)
    axes.text(0.03, 0.87, "expected by the model", color=BLUE, transform=axes.transAxes)
    axes.text(0.03, 0.80, f"{told.customers:,} customers", color=PALE, transform=axes.transAxes)
    axes.annotate(
        "hold-out",
        (told.begins_on, 0),
        (4, 4),
        textcoords="offset points",
        color=PALE,
    )
    axes.set_ylim(0, 1.05 * max(max(week.actual, week.expected) for week in told.weeks))
    locator: Any = AutoDateLocator(maxticks=6)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.grid()


def _alive(axes: "Axes", told: Lifetime) -> None:
    from matplotlib.ticker import MaxNLocator

    from orchestration.publishing.reports.page import blues

    axes.set_title(f"Chance to be still there{'' if told.is_served else ' (not served)'}")
    if all(cell.probability_alive == 1 for cell in told.cells):
        _says(axes, "By the model nobody leaves." if told.cells else "There is no model.")
        return
    frequency = sorted({cell.repeat_order_days for cell in told.cells})
    recency = sorted({cell.recency_days for cell in told.cells})
    value = {(c.repeat_order_days, c.recency_days): c.probability_alive for c in told.cells}
    mesh = axes.pcolormesh(
        frequency,
        recency,
        [[value[x, y] for x in frequency] for y in recency],
        cmap=blues(),
        vmin=0,
        vmax=1,
        shading="nearest",
        edgecolors="face",
        linewidth=0.4,
    )
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel("repeat order days (frequency)")
    axes.set_ylabel("days from the first order to the last (recency)")
    bar = axes.figure.colorbar(mesh, ax=axes, fraction=0.05, pad=0.04)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    bar.outline.set_visible(False)


def _says(axes: "Axes", text: str) -> None:
    from orchestration.publishing.reports.page import PALE

    axes.axis("off")
    axes.text(0, 0.9, text, color=PALE, transform=axes.transAxes)
