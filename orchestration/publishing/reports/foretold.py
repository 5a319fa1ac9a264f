"""A picture of what had been foretold and what came, tenth by tenth of the customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# In inches.
_COLUMN, _ROW, _WIDTH, _HEIGHT = 4.6, 2.35, 4.2, 1.6


@dataclass(frozen=True)
class Tenth:
    """A tenth of the customers, over all past days: means of what was foretold and what came."""

    expected: float
    actual: float
    baseline: float


@dataclass(frozen=True)
class Foretold:
    """What was foretold of a target on past days, and what came.

    Attributes:
        shop: The shop.
        target: As customer_predictions calls it.
        is_event: Whether the values are shares of customers; else they are amounts.
        days: From how many past days it was foretold.
        tenths: Of whom most was expected first.
    """

    shop: str
    target: str
    is_event: bool
    days: int
    tenths: Sequence[Tenth]


@dataclass(frozen=True)
class AllForetold:
    """What was foretold of all targets of a shop."""

    begin: str
    foretold: Sequence[Foretold]


def read_foretold(connection: duckdb.DuckDBPyConnection) -> list[Foretold]:
    """The rows of marts.prediction_outcomes, a record a shop and target."""
    rows = connection.execute("""
        with tenths as (
            select shop, target, kind, decile, count(distinct as_of_date) as days,
                sum(expected * customer_count) / sum(customer_count) as expected,
                sum(actual * customer_count) / sum(customer_count) as actual,
                sum(baseline_expected * customer_count) / sum(customer_count) as baseline
            from marts.prediction_outcomes
            group by shop, target, kind, decile
        )
        select shop, target, kind = 'event', max(days),
            list((expected, actual, baseline) order by decile)
        from tenths
        group by shop, target, kind
        order by shop, kind desc, target
    """).fetchall()
    return [
        Foretold(shop, target, is_event, days, [Tenth(*tenth) for tenth in tenths])
        for shop, target, is_event, days, tenths in rows
    ]


def draw_foretold(told: AllForetold) -> "Figure":
    """A panel a target with ten bars, two panels side by side."""
    from orchestration.publishing.reports.page import Page, note

    title = f"{told.begin}What had been foretold and what came"
    if not told.foretold:
        return note(title, "", "No past day has enough days after it yet.")
    page = Page(
        title,
        "Tenths of the customers, those of whom most was expected on the left; all past days "
        "together that can be tested",
        "How to read it: bars are what came. The black line is what the model had foretold of the "
        "same customers, the grey one what the rule of thumb had. Good is a steep stair with black "
        "lines at the ends of its bars.",
        _ROW * ((len(told.foretold) + 1) // 2),
    )
    for number, one in enumerate(told.foretold):
        axes = page.panel(_COLUMN * (number % 2), 0.35 + _ROW * (number // 2), _WIDTH, _HEIGHT)
        _draw(axes, one)
    return page.figure


def _draw(axes: "Axes", foretold: Foretold) -> None:
    from orchestration.publishing.reports.page import BLUE, GREY, INK, PALE

    days = "1 past day" if foretold.days == 1 else f"{foretold.days} past days"
    axes.set_title(foretold.target.replace("_", " "))
    axes.set_title(days, loc="right", color=PALE, fontsize=8.5)
    numbers = range(len(foretold.tenths))
    came = [one.actual for one in foretold.tenths]
    axes.bar(numbers, [max(0.0, value) for value in came], 0.7, color=BLUE, alpha=0.55)
    for colour, values in (
        (GREY, [one.baseline for one in foretold.tenths]),
        (INK, [one.expected for one in foretold.tenths]),
    ):
        starts = [number - 0.38 for number in numbers]
        axes.hlines(values, starts, [start + 0.76 for start in starts], colour, linewidth=2.2)
    labels = [f"{value:.0%}" if foretold.is_event else f"{value:,.0f}" for value in came]
    axes.set_xticks(list(numbers), labels, fontsize=8)
    axes.set_ylim(bottom=0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=0)
