"""Pictures of segments and predictions, as SVG text: small ones for Dagster, a large one to keep.

Dagster shows markdown inline only under 1,000 characters, so the small pictures spend none on
anything but bars, points, numbers and names. Colours are Okabe and Ito's blue and greys that read
on both a light and a dark page.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

BLUE = "#0072b2"
_INLINE_LIMIT = 1_000
FONT = "system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"


@dataclass(frozen=True)
class SegmentSize:
    """A segment as the pictures show it; medians are None where they are unknown."""

    name: str
    customers: int
    median_spend: float | None = None
    median_orders: float | None = None
    median_days_since_last_order: float | None = None
    usual_gap_days: float | None = None


def inline_picture(segments: Sequence[SegmentSize]) -> str:
    """Markdown with a bar a segment, under 1,000 characters; names are cut until it fits."""
    for length in (40, 30, 22, 16, 10):
        svg = base64.b64encode(_small_svg(segments, length).encode()).decode()
        picture = f"![segments](data:image/svg+xml;base64,{svg})"
        if len(picture) < _INLINE_LIMIT:
            return picture
    return "Customers by segment: " + ", ".join(f"{segment.customers:,}" for segment in segments)


def _small_svg(segments: Sequence[SegmentSize], name_length: int) -> str:
    largest = _largest(segments)
    bars = "".join(
        f"M0 {row * 20 + 10}h{max(2, round(90 * segment.customers / largest))}"
        for row, segment in enumerate(segments)
    )
    texts = "".join(
        f"<tspan x='98' dy='20'>{segment.customers:,} "
        f"{escape(_shortened(segment.name, name_length), quote=False)}</tspan>"
        for segment in segments
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='400' height='{20 * len(segments)}'>"
        f"<path d='{bars}' stroke='{BLUE}' stroke-width='14'/>"
        f"<text y='-5' fill='#777' font-size='13' font-family='sans-serif'>{texts}</text></svg>"
    )


def calibration_picture(points: Sequence[tuple[float, float]]) -> str:
    """Markdown with what happened against what was predicted, under 1,000 characters.

    Points on the dashed line are right; those below it were promised too much.

    Args:
        points: Predicted and observed rate, 0..1, of each bin of customers, ascending.

    Returns:
        Empty where there are no points.
    """
    if not points:
        return ""
    most = max(max(point) for point in points) or 1.0
    places = [
        (round(45 + 170 * predicted / most), round(180 - 170 * observed / most))
        for predicted, observed in points
    ]
    line = "L".join(f"{x} {y}" for x, y in places)
    dots = "".join(f"M{x} {y}h0" for x, y in places)
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='260' height='215'>"
        "<path d='M45 180L215 10' stroke='#999' stroke-dasharray='4'/>"
        f"<g fill='none' stroke='{BLUE}'><path d='M{line}'/>"
        f"<path d='{dots}' stroke-width='7' stroke-linecap='round'/></g>"
        "<text fill='#777' font-size='12' font-family='sans-serif'>"
        f"<tspan y='14'>{most:.0%}</tspan><tspan x='0' y='97'>came</tspan>"
        "<tspan x='45' y='197'>0%</tspan><tspan x='110'>predicted</tspan>"
        f"<tspan x='200'>{most:.0%}</tspan></text></svg>"
    )
    return f"![calibration](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def segments_chart(segments: Sequence[SegmentSize], title: str, subtitle: str) -> str:
    """A chart for people: each segment's size as a bar, with what is typical of its customers.

    Args:
        segments: In the order in which they are drawn, top first.
        title: One line.
        subtitle: One smaller line below it.

    Returns:
        A self-contained SVG document, 960 pixels wide.
    """
    top, row_height = 118, 52
    height = top + row_height * len(segments) + 28
    total = sum(segment.customers for segment in segments) or 1
    largest = _largest(segments)
    heads = "".join(
        f'<text x="{x}" y="{top - 18}" class="head" text-anchor="{anchor}">{label}</text>'
        for x, anchor, label in (
            (36, "start", "segment"),
            (360, "start", "customers"),
            (640, "end", "median spend"),
            (714, "end", "orders"),
            (834, "end", "days since last"),
            (924, "end", "usual gap"),
        )
    )
    rows = "".join(
        _row(segment, top + row * row_height, largest, total)
        for row, segment in enumerate(segments)
    )
    return page(title, subtitle, height, f"{heads}\n{rows}")


def page(title: str, subtitle: str, height: int, body: str) -> str:
    """A picture for people, in the look that all of them share.

    Args:
        title: One line.
        subtitle: One smaller line below it.
        height: In pixels; what is drawn begins below 80.
        body: SVG; its texts are of the classes head, sub, name, number and small.

    Returns:
        A self-contained SVG document, 960 pixels wide.
    """
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="960" height="{height}"
 viewBox="0 0 960 {height}" font-family="{FONT}">
<style>
 .title {{ font-size: 22px; font-weight: 600; fill: #1b1b1b }}
 .sub, .head {{ font-size: 13px; fill: #6b6b6b }}
 .name {{ font-size: 15px; fill: #1b1b1b }}
 .number {{ font-size: 14px; fill: #333; font-variant-numeric: tabular-nums }}
 .small {{ font-size: 11px; fill: #333; font-variant-numeric: tabular-nums }}
</style>
<rect width="960" height="{height}" fill="#fff"/>
<text x="36" y="48" class="title">{escape(title, quote=False)}</text>
<text x="36" y="71" class="sub">{escape(subtitle, quote=False)}</text>
{body}
</svg>
"""


def _row(segment: SegmentSize, y: int, largest: int, total: int) -> str:
    width = max(2, round(100 * segment.customers / largest))
    middle = y + 21
    numbers = "".join(
        f'<text x="{x}" y="{middle}" class="number" text-anchor="end">{_number(value)}</text>'
        for x, value in (
            (640, segment.median_spend),
            (714, segment.median_orders),
            (834, segment.median_days_since_last_order),
            (924, segment.usual_gap_days),
        )
    )
    return f"""<line x1="36" x2="924" y1="{y - 8}" y2="{y - 8}" stroke="#e6e6e6"/>
{_name(segment.name, middle)}
<rect x="360" y="{middle - 15}" width="{width}" height="20" rx="3" fill="{BLUE}"/>
<text x="{360 + width + 10}" y="{middle}" class="number">{segment.customers:,} · {
        segment.customers / total:.0%}</text>
{numbers}
"""


def _name(name: str, middle: int) -> str:
    """A name, with the medians that it tells on a smaller line below."""
    words, bracket, medians = name.partition(" (")
    first = f'<text x="36" y="{middle}" class="name">{escape(_shortened(words, 42))}</text>'
    if not bracket:
        return first
    below = escape(_shortened(f"({medians}", 52))
    return f'{first}<text x="36" y="{middle + 17}" class="sub">{below}</text>'


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"


def _largest(segments: Sequence[SegmentSize]) -> int:
    return max((segment.customers for segment in segments), default=1) or 1


def _shortened(name: str, length: int) -> str:
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"
