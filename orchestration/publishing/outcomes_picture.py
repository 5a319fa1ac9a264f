"""A picture of what became of stages and segments: who ordered soon after being in them, as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import duckdb

from orchestration.modelling.pictures import BLUE, page

# A share of fewer is known to no better than 18 points either way: it is drawn paler.
FEW_CUSTOMERS = 30

_TITLES = {"lifecycle_stage": "Lifecycle stage", "rfm_segment": "RFM segment"}
_LEFT, _NAMES, _RIGHT = 36, 200, 924
_TOP, _ROW, _LABEL = 124, 24, 116


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


def outcomes_chart(outcomes: Sequence[Outcome], title: str) -> str:
    """A chart for people: of each stage and segment the shares that ordered, a column a shop.

    Args:
        outcomes: Of one shop or of several, in the order of their columns.
        title: One line.

    Returns:
        A self-contained SVG document, 960 pixels wide.
    """
    shops = list(dict.fromkeys(outcome.shop for outcome in outcomes))
    horizons = sorted({days for outcome in outcomes for days in outcome.shares})
    places, names, bottom = _places(outcomes)
    width = (_RIGHT - _NAMES) // max(1, len(shops))
    columns = "".join(
        _column(
            [outcome for outcome in outcomes if outcome.shop == shop],
            places,
            _NAMES + width * number,
            width - _LABEL,
        )
        for number, shop in enumerate(shops)
    )
    height = bottom + 24
    return page(title, _subtitle(horizons), height, f"{names}\n{columns}")


def _subtitle(horizons: Sequence[int]) -> str:
    if not horizons:
        return "No past day has enough days after it yet."
    days = " and ".join(str(horizon) for horizon in horizons)
    return (
        f"Share that ordered within {days} days, dark to pale, of those who were in it on past "
        f"firsts of months. Paler still: of fewer than {FEW_CUSTOMERS}."
    )


def _places(outcomes: Sequence[Outcome]) -> tuple[dict[tuple[str, str], int], str, int]:
    """The middle of each row, the names on the left, and where the last row ends."""
    places: dict[tuple[str, str], int] = {}
    drawn = []
    y = _TOP
    for attribute, title in _TITLES.items():
        of_attribute = [outcome for outcome in outcomes if outcome.attribute == attribute]
        in_order = sorted(of_attribute, key=lambda outcome: outcome.place)
        values = list(dict.fromkeys(outcome.value for outcome in in_order))
        if not values:
            continue
        drawn.append(f'<text x="{_LEFT}" y="{y}" class="head">{title}</text>')
        for value in values:
            y += _ROW
            places[attribute, value] = y
            words = escape(value.replace("_", " "))
            drawn.append(f'<text x="{_LEFT}" y="{y}" class="name">{words}</text>')
        y += 2 * _ROW
    return places, "\n".join(drawn), y - 2 * _ROW if places else y


def _column(
    outcomes: Sequence[Outcome], places: dict[tuple[str, str], int], x: int, length: int
) -> str:
    """Bars and shares of one shop, from x on; `length` pixels are 100 %."""
    shop = escape(outcomes[0].shop)
    rows = "\n".join(
        _bars(outcome, x, places[outcome.attribute, outcome.value], length) for outcome in outcomes
    )
    return f"""<g class="shop">
<text x="{x}" y="{_TOP - 20}" class="name">{shop}</text>
{rows}
</g>
"""


def _bars(outcome: Outcome, x: int, middle: int, length: int) -> str:
    """Bars of all horizons on top of each other, the shortest in front."""
    shortest = min(outcome.shares)
    faint = 0.4 if outcome.customers < FEW_CUSTOMERS else 1
    bars = "".join(
        f'<rect x="{x}" y="{middle - 12}" width="{max(1, round(length * outcome.shares[days]))}" '
        f'height="15" fill="{BLUE}" opacity="{faint * (1 if days == shortest else 0.35):.2f}"/>'
        for days in sorted(outcome.shares, reverse=True)
    )
    label = " · ".join(f"{outcome.shares[days]:.0%}" for days in sorted(outcome.shares))
    return f'{bars}<text x="{x + length + 8}" y="{middle}" class="number">{label}</text>'
