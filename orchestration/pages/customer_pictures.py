"""Small pictures of one customer: orders over time, and the keys that are one person."""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from orchestration.publishing.person import Person
from orchestration.publishing.reading import Row
from orchestration.quoting import abridged

_WIDTH, _HEIGHT = 1000, 120
_GRAPH_WIDTH, _RADIUS, _MARGIN = 640, 110, 30
_LONGEST_KEY = 24
# More keys than these make a hairball; the table below has them all.
_MOST_KEYS = 16


def order_bars(rows: Sequence[Row], as_of_date: date) -> dict[str, Any] | None:
    """A bar a day with orders, from the first to the day of the portrait.

    Args:
        rows: Days with orders, the latest first.
        as_of_date: Where the line of time ends.

    Returns:
        width, height, the first day, the largest amount and `bars` with x, y, height, day and
        amount, all in units of the picture; None without orders.
    """
    if not rows:
        return None
    first = rows[-1]["order_date"]
    span = max((as_of_date - first).days, 1)
    most = max((float(row["net_amount"] or 0) for row in rows), default=0) or 1
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "first": first,
        "most": most,
        "bars": [
            {
                "x": round((_WIDTH - 4) * (row["order_date"] - first).days / span, 1),
                "height": (tall := max(2, round(_HEIGHT * float(row["net_amount"] or 0) / most))),
                "y": _HEIGHT - tall,
                "day": row["order_date"],
                "amount": row["net_amount"],
            }
            for row in reversed(rows)
        ],
    }


def identity_graph(person: Person) -> dict[str, Any] | None:
    """Keys on a circle, and a line for each identifier that makes two of them one person's.

    Returns:
        width, height, `nodes` with x, y, key and anchor, and `lines` with x1, y1, x2, y2; None
        where one key stands alone or there are too many.
    """
    keys = [key.key for key in person.keys]
    if not 1 < len(keys) <= _MOST_KEYS:
        return None
    # Two keys lie beside each other; more stand around a circle.
    height = 2 * (_MARGIN + (_RADIUS if len(keys) > 2 else 0))
    middle = (_GRAPH_WIDTH / 2, height / 2)
    places = {}
    for number, key in enumerate(keys):
        turn = 2 * math.pi * number / len(keys)
        places[key] = (
            round(middle[0] + _RADIUS * math.cos(turn), 1),
            round(middle[1] + _RADIUS * math.sin(turn), 1),
        )
    return {
        "width": _GRAPH_WIDTH,
        "height": height,
        "nodes": [
            {
                "x": x,
                "y": y,
                "key": abridged(key, _LONGEST_KEY),
                "anchor": "start" if x >= middle[0] else "end",
            }
            for key, (x, y) in places.items()
        ],
        "lines": [
            (*places[edge.key], *places[edge.other])
            for edge in person.links
            if edge.key in places and edge.other in places
        ],
    }
