"""A picture of what had been foretold and what came, tenth by tenth of the customers, as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import duckdb

from orchestration.modelling.pictures import BLUE, page

_LEFT, _TOP, _COLUMN, _ROW = 36, 100, 460, 250
_WIDTH, _HEIGHT = 400, 150


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


def predictions_chart(foretold: Sequence[Foretold], title: str) -> str:
    """A chart for people: a panel a target with ten bars, two panels side by side.

    Args:
        foretold: Of one shop.
        title: One line.

    Returns:
        A self-contained SVG document, 960 pixels wide.
    """
    panels = "\n".join(
        _panel(one, _LEFT + _COLUMN * (number % 2), _TOP + _ROW * (number // 2))
        for number, one in enumerate(foretold)
    )
    height = _TOP + _ROW * ((len(foretold) + 1) // 2) + 20
    subtitle = (
        "Bars: what came. Black: foretold by the model; grey: by the rule of thumb. Tenths of "
        "customers, most expected left."
        if foretold
        else "No past day has enough days after it yet."
    )
    return page(title, subtitle, height, panels)


def _panel(foretold: Foretold, x: int, y: int) -> str:
    most = max(max(t.expected, t.actual, t.baseline) for t in foretold.tenths)
    scale = _HEIGHT / most if most > 0 else 0.0
    bottom = y + 40 + _HEIGHT
    step = _WIDTH / len(foretold.tenths)
    bars = "\n".join(
        _bar(tenth, x + number * step, bottom, step, scale, foretold.is_event)
        for number, tenth in enumerate(foretold.tenths)
    )
    days = "1 past day" if foretold.days == 1 else f"{foretold.days} past days"
    words = escape(foretold.target.replace("_", " "))
    return f"""<g class="target">
<text x="{x}" y="{y + 10}" class="name">{words}</text>
<text x="{x + _WIDTH}" y="{y + 10}" class="sub" text-anchor="end">{days}</text>
{bars}
<path d="M{x} {bottom}h{_WIDTH}" stroke="#999"/>
</g>"""


def _bar(tenth: Tenth, x: float, bottom: int, step: float, scale: float, is_event: bool) -> str:
    """What came as a bar, what was foretold as lines across it, and the number below."""
    wide = step * 0.7
    label = f"{tenth.actual:.0%}" if is_event else f"{tenth.actual:,.0f}"

    def line(value: float, colour: str) -> str:
        return (
            f'<path d="M{x - 2:.1f} {bottom - scale * value:.1f}h{wide + 4:.1f}" '
            f'stroke="{colour}" stroke-width="3"/>'
        )

    height = max(0.0, scale * tenth.actual)
    return (
        f'<rect x="{x:.1f}" y="{bottom - height:.1f}" width="{wide:.1f}" height="{height:.1f}" '
        f'fill="{BLUE}" opacity="0.55"/>{line(tenth.baseline, "#999")}'
        f"{line(tenth.expected, '#1b1b1b')}"
        f'<text x="{x + wide / 2:.1f}" y="{bottom + 15}" class="small" '
        f'text-anchor="middle">{label}</text>'
    )
