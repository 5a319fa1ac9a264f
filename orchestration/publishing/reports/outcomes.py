"""A picture of what became of stages and segments: who ordered soon after being in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A share of fewer is known to no better than 18 points either way: it is drawn paler.
FEW_CUSTOMERS = 30

_TITLES = {"lifecycle_stage": "Lifecycle stage", "rfm_segment": "RFM segment"}
# In inches.
_NAMES, _ROW, _LABEL = 1.75, 0.25, 1.1


@dataclass(frozen=True)
class Outcome:
    """What became of a stage or segment, as `segment_outcomes` tells it.

    Attributes:
        shop: The shop.
        attribute: lifecycle_stage or rfm_segment.
        value: The stage or segment.
        place: Of its row; the same in every shop.
        customers: Observed for the shortest horizon.
        shares: That ordered, 0..1, by horizon in days, the shortest first.
    """

    shop: str
    attribute: str
    value: str
    place: float
    customers: int
    shares: dict[int, float]


@dataclass(frozen=True)
class Outcomes:
    """What became of the stages and segments of one shop or several, in the order of columns."""

    begin: str
    outcomes: Sequence[Outcome]


def read_outcomes(connection: duckdb.DuckDBPyConnection) -> list[Outcome]:
    """The rows of marts.segment_outcomes, shop by shop; who has no place of its own is last."""
    rows = connection.execute("""
        select shop, attribute, attribute_value,
            coalesce(position, 'infinity'::double) as place, max(customer_count),
            list(horizon_days order by horizon_days), list(ordering_share order by horizon_days)
        from marts.segment_outcomes
        group by shop, attribute, attribute_value, position
        order by shop, attribute, place, attribute_value
    """).fetchall()
    return [
        Outcome(shop, attribute, value, place, customers, dict(zip(horizons, shares, strict=True)))
        for shop, attribute, value, place, customers, horizons, shares in rows
    ]


def draw_outcomes(told: Outcomes) -> "Figure":
    """Of each stage and segment the shares that ordered, a column a shop."""
    from orchestration.publishing.reports.page import BODY, PALE, Page, note

    outcomes = told.outcomes
    title = f"{told.begin}Who ordered soon after"
    shops = list(dict.fromkeys(outcome.shop for outcome in outcomes))
    horizons = sorted({days for outcome in outcomes for days in outcome.shares})
    if not horizons:
        return note(title, "", "No past day has enough days after it yet.")
    days = " and ".join(str(horizon) for horizon in horizons)
    places, heads, bottom = _places(outcomes, 0.35 if len(shops) > 1 else 0.05)
    page = Page(
        title,
        f"Share that ordered within {days} days, of those who were in it on past firsts of months",
        "How to read it: dark is the shorter time, pale the longer. Paler still is of fewer than "
        f"{FEW_CUSTOMERS} customers, of whom a share says little. A good table falls from top to "
        "bottom.",
        bottom + 0.1,
    )
    names = page.canvas()
    for head, y in heads:
        names.text(0, y, head, color=PALE, va="center_baseline")
    for (_, value), y in places.items():
        names.text(0, y, value.replace("_", " "), fontsize=9.5, va="center_baseline")
    width = (BODY - _NAMES) / len(shops)
    for number, shop in enumerate(shops):
        axes = page.panel(_NAMES + width * number, 0, width - _LABEL, bottom + 0.1)
        axes.set(xlim=(0, 1), ylim=(bottom + 0.1, 0))
        axes.axis("off")
        axes.set_gid(f"shop-{number + 1}")
        axes.text(0, 0.05, shop if len(shops) > 1 else "", fontsize=9.5, va="center_baseline")
        for outcome in outcomes:
            if outcome.shop == shop:
                _draw(axes, outcome, places[outcome.attribute, outcome.value])
    return page.figure


def _places(
    outcomes: Sequence[Outcome], y: float
) -> tuple[dict[tuple[str, str], float], list[tuple[str, float]], float]:
    """The middle of each row, heads, and where the last ends, in inches; from y on."""
    places: dict[tuple[str, str], float] = {}
    heads = []
    for attribute, head in _TITLES.items():
        of_attribute = [outcome for outcome in outcomes if outcome.attribute == attribute]
        in_order = sorted(of_attribute, key=lambda outcome: outcome.place)
        values = list(dict.fromkeys(outcome.value for outcome in in_order))
        if not values:
            continue
        heads.append((head, y))
        for value in values:
            y += _ROW
            places[attribute, value] = y
        y += 2 * _ROW
    return places, heads, y - 2 * _ROW + _ROW / 2


def _draw(axes: "Axes", outcome: Outcome, y: float) -> None:
    """Bars of all horizons on top of each other, the shortest in front, and the shares."""
    from orchestration.publishing.reports.page import BLUE

    shortest = min(outcome.shares)
    faint = 0.4 if outcome.customers < FEW_CUSTOMERS else 1
    for days in sorted(outcome.shares, reverse=True):
        opacity = faint * (1 if days == shortest else 0.35)
        axes.barh(y, outcome.shares[days], 0.16, color=BLUE, alpha=opacity)
    label = " · ".join(f"{outcome.shares[days]:.0%}" for days in sorted(outcome.shares))
    axes.annotate(
        label, (1, y), (6, 0), textcoords="offset points", va="center_baseline", fontsize=9
    )
