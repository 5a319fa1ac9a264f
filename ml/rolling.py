"""Forecasts from past days, each made with what was known on its day alone.

A cutoff is a past as_of_date whose label window has closed. From an origin, a cutoff with others
before it, each method foretells the origin's window; it learns from the cutoffs whose windows had
closed by then. Evaluation on a rolling origin: Tashman (2000).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.candidates import candidates
from ml.evaluation import bootstrap_mean_interval
from ml.fitted import Fitted
from ml.kinds import SCORING
from ml.leakage import strongest_feature
from ml.level import level_shift, shifted
from ml.rules import fitted_rules
from ml.target import Target

Floats = NDArray[np.float64]

KEY = ["as_of_date", "customer_id"]
OUTCOME = "outcome"
# From so many of the latest origins it is foretold: enough to choose by, and each costs a fit of
# every method.
MOST_ORIGINS = 4


@dataclass(frozen=True)
class Origin:
    """A cutoff to foretell from, and the cutoffs that it learns from, ascending."""

    cutoff: pd.Timestamp
    training: tuple[pd.Timestamp, ...]


@dataclass(frozen=True)
class Forecast:
    """What was foretold from an origin, and what came; all of shape (n_customers,).

    Attributes:
        cutoff: The origin.
        outcome: What came.
        rules: What each rule of thumb had foretold, by its name.
        expected: What each method had foretold, by its name.
        kept: Of each method that selects features, what it has kept, and of how many: in words.
        strongest: The feature that alone tells most of what came, and its strength, 0 to 1.
        fitted: The methods that foretold, by name, where they are kept.
    """

    cutoff: pd.Timestamp
    outcome: Floats
    rules: dict[str, Floats]
    expected: dict[str, Floats]
    strongest: tuple[str, float] = ("", 0.0)
    kept: dict[str, str] = field(default_factory=dict)
    fitted: dict[str, Fitted] = field(default_factory=dict)


def closed_cutoffs(
    cutoffs: Iterable[pd.Timestamp], as_of_date: pd.Timestamp, window: timedelta
) -> list[pd.Timestamp]:
    """The cutoffs whose label windows have closed on a day, ascending.

    The label window of a cutoff d covers d up to, not including, d + `window`.
    """
    return sorted(cutoff for cutoff in set(cutoffs) if cutoff + window <= as_of_date)


def rolling_origins(closed: Sequence[pd.Timestamp], window: timedelta) -> list[Origin]:
    """The latest cutoffs that can learn from others, at most MOST_ORIGINS, ascending.

    No training window reaches into the window that is foretold; if they did, the AUC on Online
    Retail would look like .771 instead of .742.
    """
    origins = [Origin(cutoff, tuple(closed_cutoffs(closed, cutoff, window))) for cutoff in closed]
    return [origin for origin in origins if origin.training][-MOST_ORIGINS:]


def foretell(
    target: Target, history: pd.DataFrame, origin: Origin, *, keeps_fitted: bool = False
) -> Forecast | None:
    """Fits every candidate that has enough rows, and foretells; None where nothing differs.

    Args:
        target: what is predicted.
        history: one row a customer and closed cutoff: KEY, numeric inputs, OUTCOME.
        origin: a cutoff of it, with those it learns from.
        keeps_fitted: whether the methods are kept as they were fitted: forests are large.
    """
    training = history[history["as_of_date"].isin(origin.training)]
    testing = history[history["as_of_date"] == origin.cutoff]
    happened, came = (rows[OUTCOME].to_numpy() for rows in (training, testing))
    is_told = SCORING[target.kind].is_told
    if not is_told(happened) or not is_told(came):
        return None
    inputs, asked = inputs_of(training), inputs_of(testing)
    rules = fitted_rules(target, inputs, happened, training["as_of_date"])
    fitted = {name: Fitted(target, name, inputs, happened) for name in tried(target, len(training))}
    return Forecast(
        origin.cutoff,
        came,
        {name: rule.predict(asked) for name, rule in rules.items()},
        {name: one.expected(asked) for name, one in fitted.items()},
        strongest_feature(target.kind, asked, came),
        {name: told for name, one in fitted.items() if (told := _kept(one))},
        fitted if keeps_fitted else {},
    )


def _kept(fitted: Fitted) -> str:
    """What a method that selects features has kept, in words; nothing of one that does not."""
    kept = fitted.selected_inputs()
    if kept is None:
        return ""
    return f"kept {len(kept)} of {len(fitted.inputs)} features: {', '.join(kept)}"


def levelled(target: Target, forecasts: Sequence[Forecast]) -> list[Forecast]:
    """The forecasts with their level put right by what had come of earlier ones by then."""
    return [
        replace(
            today,
            expected={
                name: shifted(
                    target.kind,
                    expected,
                    shift_of(target, known_on(target, forecasts, today.cutoff), name),
                )
                for name, expected in today.expected.items()
            },
        )
        for today in forecasts
    ]


def shift_of(target: Target, forecasts: Sequence[Forecast], name: str) -> float:
    """The shift of a candidate's level that its forecasts, not yet shifted, call for."""
    made = [one for one in forecasts if name in one.expected]
    return level_shift(
        target.kind, [one.expected[name] for one in made], [one.outcome for one in made]
    )


def known_on(target: Target, forecasts: Sequence[Forecast], cutoff: pd.Timestamp) -> list[Forecast]:
    """The forecasts whose windows had closed by a day."""
    return [one for one in forecasts if one.cutoff + target.window <= cutoff]


def strongest_rule(target: Target, forecasts: Sequence[Forecast], holding: Collection[str]) -> str:
    """The rule with the least mean loss over all days, of those that held on each and hold today.

    The test's own day counts too, which favours the rule over the model that it is held against.
    """
    loss = SCORING[target.kind].loss

    def mean_loss(name: str) -> float:
        losses = [loss(one.outcome, one.rules[name]) for one in forecasts]
        return float(np.concatenate(losses).mean())

    held = [name for name in holding if all(name in one.rules for one in forecasts)]
    return min(held, key=mean_loss)


def inputs_of(history: pd.DataFrame) -> pd.DataFrame:
    """The numeric features, without key and outcome."""
    return history.drop(columns=[*KEY, OUTCOME], errors="ignore")


def tried(target: Target, rows: int) -> list[str]:
    """The candidates that can learn from so many rows; where none can, the least demanding one."""
    of_kind = candidates(target.kind)
    least = min(of_kind[name].minimum_rows for name in target.candidates)
    enough = max(rows, least)
    return [name for name in target.candidates if of_kind[name].minimum_rows <= enough]


def chosen(target: Target, forecasts: Sequence[Forecast], today: Forecast) -> str:
    """The candidate to go by on a day: the one that had done best by then, beyond doubt.

    Only forecasts whose windows had closed by the day count. A candidate takes the place of one
    that stands before it where the mean difference of their losses is surely above 0, by its 95 %
    interval: in doubt the one that is declared first stays.

    Args:
        target: what is predicted.
        forecasts: from all days.
        today: the forecast from the day; only its candidates can be gone by.
    """
    loss = SCORING[target.kind].loss
    known = known_on(target, forecasts, today.cutoff)
    best, *others = (name for name in target.candidates if name in today.expected)
    for name in others:
        both = [one for one in known if best in one.expected and name in one.expected]
        if not both:
            continue
        gains = [
            loss(one.outcome, one.expected[best]) - loss(one.outcome, one.expected[name])
            for one in both
        ]
        if bootstrap_mean_interval(np.concatenate(gains))[0] > 0:
            best = name
    return best
