"""How well a forecast ranks customers, and how true its level is, as the points of curves.

A curve has at most a hundred points. Those that are left out lie on the line between those that
stay, as nearly as can be: Ramer (1972), Douglas and Peucker (1973), the farthest point first.
"""

import heapq
from collections.abc import Callable, Mapping
from math import nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

from ml.evaluation import CALIBRATION_BINS
from ml.target import Kind

Floats = NDArray[np.float64]

MOST_POINTS = 100
_Z = float(norm.ppf(0.975))


class Curve(NamedTuple):
    """Points in the order in which they are drawn; all of shape (n_points,).

    Attributes:
        x: Across.
        y: Up.
        lower: Lower end of the 95 % interval of y; NaN where none is known.
        upper: Upper end.
        customers: How many are behind the point: of a bin, or ranked at least so high.
    """

    x: Floats
    y: Floats
    lower: Floats
    upper: Floats
    customers: Floats


def curves(kind: Kind, outcome: Floats, expected: Floats) -> dict[str, Curve]:
    """The curves of a forecast by name.

    Args:
        kind: of the outcome. Of an amount there is neither roc nor precision_recall.
        outcome: shape (n,), what came, 0 and 1 of an event; amounts below nothing count as nothing.
            Something came of somebody, and of an event not of all.
        expected: shape (n,), what was foretold.

    Returns:
        `roc`: false positive rate, true positive rate. `precision_recall`: recall, precision.
        `gain`: share of customers, from the top, and share of what came that they brought. `lift`:
        the same share of customers, and gain over it, at each hundredth. `calibration`: means of
        what was foretold and of what came, in bins of equal count.
    """
    came = np.clip(outcome, 0, None)
    made = _CURVES if kind == "event" else _CURVES_OF_AMOUNTS
    ranked = _ranked(came, expected)
    told = {name: curve(ranked) for name, curve in made.items()}
    return {**told, "calibration": _calibration(kind, came, expected)}


class _Ranked(NamedTuple):
    """From the highest forecast down, equal ones together: counts and sums so far, from 0 on."""

    customers: Floats
    came: Floats


def _ranked(came: Floats, expected: Floats) -> _Ranked:
    distinct, place = np.unique(-expected, return_inverse=True)
    counts = np.bincount(place, minlength=len(distinct))
    sums = np.bincount(place, came, minlength=len(distinct))
    return _Ranked(np.append(0.0, np.cumsum(counts)), np.append(0.0, np.cumsum(sums)))


def _roc(ranked: _Ranked) -> Curve:
    others = ranked.customers - ranked.came
    return _thinned(others / others[-1], ranked.came / ranked.came[-1], ranked.customers)


def _precision_recall(ranked: _Ranked) -> Curve:
    """Nobody looked at has no precision: it begins with the highest forecast."""
    customers, found = ranked.customers[1:], ranked.came[1:]
    return _thinned(found / found[-1], found / customers, customers)


def _gain(ranked: _Ranked) -> Curve:
    customers, came = ranked
    return _thinned(customers / customers[-1], came / came[-1], customers)


def _lift(ranked: _Ranked) -> Curve:
    """Where a hundredth cuts through equal forecasts, it takes its share of what they brought."""
    whole = ranked.customers[-1]
    steps = int(min(MOST_POINTS, whole))
    share = np.arange(1, steps + 1) / steps
    brought = np.interp(share * whole, ranked.customers, ranked.came) / ranked.came[-1]
    return _plain(share, brought / share, share * whole)


_CURVES_OF_AMOUNTS: Mapping[str, Callable[[_Ranked], Curve]] = {"gain": _gain, "lift": _lift}
_CURVES: Mapping[str, Callable[[_Ranked], Curve]] = {
    "roc": _roc,
    "precision_recall": _precision_recall,
    **_CURVES_OF_AMOUNTS,
}


def _calibration(kind: Kind, came: Floats, expected: Floats) -> Curve:
    """Ten bins of equal count as far as ties allow, as `evaluation.calibration_bins` has them.

    The interval is Wilson's of a share (1927), the normal one of a mean amount.
    """
    middle = (rankdata(expected) - 0.5) / len(expected)
    place = np.minimum((middle * CALIBRATION_BINS).astype(np.intp), CALIBRATION_BINS - 1)
    bins = [place == number for number in np.unique(place)]
    count = np.array([rows.sum() for rows in bins], dtype=float)
    told = np.array([expected[rows].mean() for rows in bins])
    mean = np.array([came[rows].mean() for rows in bins])
    if kind == "event":
        lower, upper = wilson_interval(mean, count)
    else:
        spread = np.array([came[rows].std(ddof=1) if rows.sum() > 1 else nan for rows in bins])
        half = _Z * spread / np.sqrt(count)
        lower, upper = np.clip(mean - half, 0, None), mean + half
    return Curve(told, mean, lower, upper, count)


def wilson_interval(share: Floats, count: Floats) -> tuple[Floats, Floats]:
    """95 % interval of shares of so many customers (Wilson 1927); within 0 to 1, also of few."""
    wide = _Z**2 / count
    middle = (share + wide / 2) / (1 + wide)
    half = _Z / (1 + wide) * np.sqrt(share * (1 - share) / count + wide / (4 * count))
    return np.clip(middle - half, 0, None), np.clip(middle + half, None, 1)


def _thinned(x: Floats, y: Floats, customers: Floats) -> Curve:
    kept = thin(x, y)
    return _plain(x[kept], y[kept], customers[kept])


def _plain(x: Floats, y: Floats, customers: Floats) -> Curve:
    unknown = np.full(len(x), nan)
    return Curve(x, y, unknown, unknown, customers)


def thin(x: Floats, y: Floats, most: int = MOST_POINTS) -> NDArray[np.intp]:
    """Which points to keep of a line so that it bends as little as can be, ascending.

    Args:
        x: shape (n,), n > 0.
        y: shape (n,).
        most: so many are kept at most, both ends among them.
    """
    kept = {0, len(x) - 1}
    waiting = [_farthest(x, y, 0, len(x) - 1)]
    while len(kept) < most and waiting:
        distance, first, point, last = heapq.heappop(waiting)
        if distance >= 0:  # Distances are negative, the heap gives the least: all lie on the line.
            break
        kept.add(point)
        for ends in ((first, point), (point, last)):
            heapq.heappush(waiting, _farthest(x, y, *ends))
    return np.array(sorted(kept), dtype=np.intp)


def _farthest(x: Floats, y: Floats, first: int, last: int) -> tuple[float, int, int, int]:
    """The point between two that lies farthest from their line: its negative distance, then it."""
    if last - first < 2:
        return 0.0, first, first, last
    across, up = x[first + 1 : last] - x[first], y[first + 1 : last] - y[first]
    width, height = x[last] - x[first], y[last] - y[first]
    length = float(np.hypot(width, height))
    if length == 0:
        distance = np.hypot(across, up)
    else:
        distance = np.abs(width * up - height * across) / length
    # Rounded, so that the last bits, which differ between machines, decide nothing.
    point = int(np.argmax(np.round(distance, 12)))
    return -round(float(distance[point]), 12), first, first + 1 + point, last
