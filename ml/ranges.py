"""Ranges of expected amounts: learned from past days, and tested on later ones before they serve.

A range is made by the errors of a method on past days. Whether it holds of as many as it is made
for is seen on later days alone: from each of them, only forecasts count whose windows had closed by
then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.evaluation import bootstrap_mean_interval
from ml.fitted import Fitted
from ml.gate import metric_row
from ml.intervals import LEVEL, AmountIntervals
from ml.kinds import SCORING
from ml.level import shifted
from ml.rolling import OUTCOME, Forecast, closed_cutoffs, inputs_of, known_on, shift_of
from ml.target import Target

Floats = NDArray[np.float64]

COVERAGE = "interval_coverage"
_FIFTHS = 5


@dataclass(frozen=True)
class Ranges:
    """Ranges of a method, and how they did on later days.

    Attributes:
        intervals: What is served; None where they were not tested, or hold of too few.
        metrics: Rows for MODEL_METRICS.
    """

    intervals: AmountIntervals | None
    metrics: list[dict[str, Any]]


class _Tested(NamedTuple):
    """The ranges of a day by what was known on it, and what came; all of shape (n,)."""

    day: pd.Timestamp
    expected: Floats
    lower: Floats
    upper: Floats
    came: Floats

    @property
    def holds(self) -> NDArray[np.bool_]:
        """Of whom what came lay in the range."""
        inside: NDArray[np.bool_] = (self.lower <= self.came) & (self.came <= self.upper)
        return inside


def ranges(
    target: Target, history: pd.DataFrame, raw: Sequence[Forecast], candidate: str
) -> Ranges:
    """Learns the ranges of a method's amounts, and tests them forward in time.

    What could not be tested is not served, nor what surely held, on the latest day, of fewer than
    the target asks.

    Args:
        target: an amount.
        history: one row a customer and closed cutoff: KEY, numeric inputs, OUTCOME.
        raw: forecasts from all origins, the latest last, before their level was put right.
        candidate: the method.
    """
    made = [*_forecasts_before(target, history, raw, candidate), *_told_by(candidate, raw)]
    tested = [one for day in made if (one := _tested(target, made, day, candidate)) is not None]
    if not tested or tested[-1].day != raw[-1].cutoff:
        return Ranges(None, [])
    rows = [*_coverage_rows(tested), _width_row(tested[-1])]
    least = target.floors.minimum_interval_coverage
    if rows[0]["upper_bound"] < least:
        rows[0]["note"] += f"; no range is served, since it surely held of fewer than {least:.0%}"
        return Ranges(None, rows)
    return Ranges(_learned(made, candidate), rows)


def _told_by(candidate: str, forecasts: Sequence[Forecast]) -> list[Forecast]:
    return [one for one in forecasts if candidate in one.expected]


def _forecasts_before(
    target: Target, history: pd.DataFrame, raw: Sequence[Forecast], candidate: str
) -> list[Forecast]:
    """Forecasts by a method alone, so that each of `raw` has one whose window had closed by it.

    The forecasts that methods are chosen by reach back four months, and one for 90 days is known
    after three: of the latest day alone it would be seen whether a range holds.
    """
    told = {one.cutoff for one in _told_by(candidate, raw)}
    closed = sorted(set(history["as_of_date"]))
    wanted = {
        known[-1]
        for one in raw
        if (known := closed_cutoffs(closed, one.cutoff, target.window))
        and not told.intersection(known)
    }
    made = (_foretold(target, history, closed, cutoff, candidate) for cutoff in sorted(wanted))
    return [one for one in made if one is not None]


def _foretold(
    target: Target,
    history: pd.DataFrame,
    closed: Sequence[pd.Timestamp],
    cutoff: pd.Timestamp,
    candidate: str,
) -> Forecast | None:
    """What a method foretells from a cutoff; None where there was nothing to learn by then."""
    known = closed_cutoffs(closed, cutoff, target.window)
    training = history[history["as_of_date"].isin(known)]
    testing = history[history["as_of_date"] == cutoff]
    happened, came = (rows[OUTCOME].to_numpy() for rows in (training, testing))
    is_told = SCORING[target.kind].is_told
    if not known or not is_told(happened) or not is_told(came):
        return None
    fitted = Fitted(target, candidate, inputs_of(training), happened)
    return Forecast(cutoff, came, {}, {candidate: fitted.expected(inputs_of(testing))})


def _tested(
    target: Target, made: Sequence[Forecast], day: Forecast, candidate: str
) -> _Tested | None:
    """The ranges that were known on a day; None before any was."""
    known = known_on(target, made, day.cutoff)
    if not known:
        return None
    shift = shift_of(target, known, candidate)
    expected = shifted(target.kind, day.expected[candidate], shift)
    lower, upper = _learned(known, candidate).predict(expected)
    return _Tested(day.cutoff, expected, lower, upper, np.clip(day.outcome, 0, None))


def _learned(made: Sequence[Forecast], candidate: str) -> AmountIntervals:
    return AmountIntervals().fit(
        [one.expected[candidate] for one in made], [one.outcome for one in made]
    )


def _coverage_rows(tested: Sequence[_Tested]) -> Iterator[dict[str, Any]]:
    """Of how many the range held on the latest day, of all and of groups; the first is of all."""
    latest = tested[-1]
    held = latest.holds
    yield {**_share_row(COVERAGE, held), "note": _note(tested)}
    order = np.argsort(latest.expected, kind="stable")
    yield _share_row(f"{COVERAGE}_top_fifth", held[order[-max(1, len(order) // _FIFTHS) :]])
    for name, group in (("nothing_came", latest.came <= 0), ("something_came", latest.came > 0)):
        if group.any():
            yield _share_row(f"{COVERAGE}_{name}", held[group])


def _share_row(name: str, held: NDArray[np.bool_]) -> dict[str, Any]:
    interval = bootstrap_mean_interval(held)
    return metric_row(name, float(held.mean()), interval, customer_count=len(held))


def _width_row(latest: _Tested) -> dict[str, Any]:
    width = latest.upper - latest.lower
    interval = bootstrap_mean_interval(width)
    return metric_row("interval_width", float(width.mean()), interval, customer_count=len(width))


def _note(tested: Sequence[_Tested]) -> str:
    """What the share is to be held against: what lies in a range anyhow, and how it was before."""
    *earlier, latest = tested
    said = [f"made for {LEVEL:.0%}", f"of {(latest.came <= 0).mean():.0%} nothing came"]
    if (is_nothing := latest.upper <= 0).any():
        said.append(f"the range is nothing at all of {is_nothing.mean():.0%}")
    before = [f"{one.day:%Y-%m-%d} {one.holds.mean():.0%}" for one in earlier]
    said.append(
        f"on earlier days {', '.join(before)}" if before else "no earlier day can be tested"
    )
    return "; ".join(said)
