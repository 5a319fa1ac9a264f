"""Small pictures of segments and predictions for Dagster, as SVG text.

The large ones, for people, are in `publishing.reports`.

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
        f"{escape(cut(segment.name, name_length), quote=False)}</tspan>"
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


def _largest(segments: Sequence[SegmentSize]) -> int:
    return max((segment.customers for segment in segments), default=1) or 1


def cut(name: str, length: int) -> str:
    """The beginning of a name, with an ellipsis where that is not all."""
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"
