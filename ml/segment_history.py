"""Segments that stay themselves from month to month.

Segments are looked at again on each first of a month, from the first of all on. They are left as
they are where fitting them again says the same, follow their customers where these have drifted,
and are made anew only where they no longer hold. What was said of a day stays: a later month adds
to the history and changes nothing in it, and the same rows give the same history whenever they are
read.

A refit begins at the segments as they are (a warm start), so that each keeps its number. Segments
that are made anew inherit the number of the one before whose customers they mostly have.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from ml.segment_count import bootstrap_ari, choose_k, fit
from ml.segment_day import DayOfCustomers
from ml.segment_groups import Floats, Groups, Labels
from ml.segment_methods import KMEANS, method_of
from ml.segment_rule import SegmentRule
from ml.segmentation import Segments
from ml.threads import one_thread

# Fitting again says the same where it agrees as much as this with the segments before (adjusted
# Rand index); resampling the same customers moves as many.
SAME = 0.9
# Below this a refit is not stable: less than what is asked of a new k, so that k does not change
# where its agreement comes to lie a little below that.
UNSTABLE = 0.7
# So many months in a row without a stable refit, or without a number of segments that keeps the
# rule, and segments are made anew.
PATIENCE = 3
# A segment is an older one if it shares more than this with it: customers in both / in either.
# Below a half a cluster counts as dissolved (Hennig 2007).
INHERITS = 0.5
# How many months, the latest included, decide how many segments there are.
MONTHS = 3


@dataclass(frozen=True)
class Look:
    """What a look at the segments found on a first of a month.

    Attributes:
        day: ISO.
        decision: new, kept, renamed, refitted or made anew.
        agreement: adjusted Rand index of the segments before and of their refit on the customers
            of the day; NaN without segments before.
        bootstrap_ari: stability of the refit; NaN where it was not looked at.
        unstable_months: for how many looks in a row no refit was stable, or no number of segments
            kept the rule.
    """

    day: str
    decision: str
    agreement: float = nan
    bootstrap_ari: float = nan
    unstable_months: int = 0

    @property
    def said(self) -> str:
        """The look in words."""
        told = f"looked at on {self.day}: {self.decision}"
        return told if np.isnan(self.agreement) else f"{told}, refit agrees {self.agreement:.2f}"


@dataclass(frozen=True)
class SegmentHistory:
    """The segments of a shop since its first fit.

    Attributes:
        versions: as they were in force, in ascending order of the day.
        looks: one each first of a month, ascending.
    """

    versions: list[Segments]
    looks: list[Look]

    def on(self, day: str) -> Segments:
        """The segments in force on a day, ISO; before the first fit the first."""
        known = [one for one in self.versions if one.since <= day]
        return known[-1] if known else self.versions[0]

    @property
    def latest(self) -> Segments:
        """The segments in force now."""
        return self.versions[-1]

    def held_at(self, version: Segments) -> "SegmentHistory":
        """The history as if segments had not been looked at since a version came into force.

        The version may be one of another history, such as that before the past was corrected.
        """
        before = [one for one in self.versions if one.since < version.since]
        looks = [look for look in self.looks if look.day <= version.since]
        return replace(self, versions=[*before, version], looks=looks)


def extend(
    history: SegmentHistory | None,
    customers: pd.DataFrame,
    earlier: Callable[[], Sequence[pd.DataFrame]],
    rule: SegmentRule,
) -> SegmentHistory:
    """Looks at the segments with the customers of a further day.

    Args:
        history: what there was before that day; None on the first.
        customers: rows of `customers_with_orders`, all of the day and at least one.
        earlier: gives the customers of the months before, ascending; asked where segments are made.
        rule: what segments must be like.

    Raises:
        ValueError: a customer lacks a feature that segments are told by.
    """
    day = DayOfCustomers(customers, rule.features)
    if history is None:
        return _made(None, day, earlier, rule, Look(day.date, "new"))
    before = history.latest
    with one_thread():
        old = before.labels(day.customers)
        smallest = np.bincount(old, minlength=len(before.ids)).min() / len(old)
        refit = _refit(day, old, len(before.ids), rule)
        agreement = (
            nan if refit is None else float(adjusted_rand_score(old, refit.labels(day.points)))
        )
    look = Look(day.date, "kept", agreement, unstable_months=history.looks[-1].unstable_months)
    if refit is None or len(old) >= 2 * before.choice.customer_count:
        return _made(history, day, earlier, rule, replace(look, decision="made anew"))
    if not before.choice.is_by_rule:
        return _left_or_made(history, look, day, old, earlier, rule)
    holds = smallest >= rule.minimum_share / 2
    if holds and agreement >= SAME:
        return _kept(history, replace(look, unstable_months=0), day, old)
    with one_thread():
        stability = _stability(day, refit, rule)
    look = replace(look, bootstrap_ari=stability)
    if stability >= UNSTABLE:
        version = Segments(day, refit, before.choice, before.ids, rule)
        found = _looked(history, replace(look, decision="refitted", unstable_months=0))
        return replace(found, versions=[*history.versions, version])
    if not holds:
        return _made(history, day, earlier, rule, replace(look, decision="made anew"))
    return _left_or_made(history, look, day, old, earlier, rule)


def _left_or_made(
    history: SegmentHistory,
    look: Look,
    day: DayOfCustomers,
    labels: Labels,
    earlier: Callable[[], Sequence[pd.DataFrame]],
    rule: SegmentRule,
) -> SegmentHistory:
    """One more month without segments that are stable: left as they are until patience ends."""
    look = replace(look, unstable_months=look.unstable_months + 1)
    if look.unstable_months < PATIENCE:
        return _kept(history, look, day, labels)
    return _made(history, day, earlier, rule, replace(look, decision="made anew"))


def _kept(
    history: SegmentHistory, look: Look, day: DayOfCustomers, labels: Labels
) -> SegmentHistory:
    """The segments as they are, under names that are true of the day's customers."""
    renamed = history.latest.renamed(day, labels)
    if renamed is None:
        return _looked(history, look)
    found = _looked(history, replace(look, decision="renamed"))
    return replace(found, versions=[*history.versions, renamed])


def _looked(history: SegmentHistory, look: Look) -> SegmentHistory:
    return replace(history, looks=[*history.looks, look])


def _refit(day: DayOfCustomers, labels: Labels, k: int, rule: SegmentRule) -> Groups | None:
    """Groups from where the segments are; None where there are not so many."""
    sizes = np.bincount(labels, minlength=k)
    # Customers who differed may be alike on the scale of the day.
    if not sizes.all() or not _has_distinct(day.points, k):
        return None
    how = KMEANS if k == 1 else method_of(rule)
    refit = how.refit(day.points, labels, k, rule.seed)
    is_whole = refit is not None and np.bincount(refit.labels(day.points), minlength=k).all()
    return refit if is_whole else None


def _has_distinct(points: Floats, k: int) -> bool:
    """Whether there are k points that differ: the first ones tell, in all but odd cases."""
    return any(len(np.unique(some, axis=0)) >= k for some in (points[: 100 * k], points))


def _stability(day: DayOfCustomers, refit: Groups, rule: SegmentRule) -> float:
    """Bootstrap agreement of a refit; 0 where one of its segments is too small."""
    labels = refit.labels(day.points)
    shares = np.bincount(labels, minlength=len(refit.centres)) / len(labels)
    if np.delete(shares, [] if refit.apart is None else refit.apart).min() < rule.minimum_share / 2:
        return 0.0
    drawn = np.random.default_rng(rule.seed).permutation(len(day.points))[: rule.selection_rows]
    return bootstrap_ari(day.points[drawn], labels[drawn], rule)


def _made(
    history: SegmentHistory | None,
    day: DayOfCustomers,
    earlier: Callable[[], Sequence[pd.DataFrame]],
    rule: SegmentRule,
    look: Look,
) -> SegmentHistory:
    """Segments made of the day's customers, numbered after those before that they continue."""
    # A month of far fewer customers says nothing of how many segments these make.
    alike = [customers for customers in earlier() if 2 * len(customers) > len(day.customers)]
    months = [DayOfCustomers(customers, rule.features).points for customers in alike]
    with one_thread():
        choice = choose_k([*months, day.points], rule)
        groups = fit(day.points, choice.chosen.k, rule)
    # Of more customers than it was chosen on a method may find another number.
    choice = replace(
        choice,
        chosen=replace(choice.chosen, k=len(groups.centres)),
        chosen_on=day.date,
        customer_count=len(day.customers),
    )
    by_spend = day.by_mean_spend(groups)
    inherited: dict[int, int] = {}
    first_free = 0
    if history is not None:
        inherited = _inherited(history.latest, day, groups)
        first_free = 1 + max(max(version.ids) for version in history.versions)
    free = iter(range(first_free, first_free + len(by_spend)))
    ids = {label: inherited[label] if label in inherited else next(free) for label in by_spend}
    version = Segments(day, groups, choice, [ids[label] for label in range(len(by_spend))], rule)
    look = replace(look, unstable_months=0)
    before = ([], []) if history is None else (history.versions, history.looks)
    return SegmentHistory([*before[0], version], [*before[1], look])


def _inherited(before: Segments, day: DayOfCustomers, groups: Groups) -> dict[int, int]:
    """The segment_id that labels of a new model inherit: label → id.

    Pairs are chosen so that what they share is most in all (Kuhn 1955).
    """
    old, new = before.labels(day.customers), groups.labels(day.points)
    both = np.zeros((len(groups.centres), len(before.ids)))
    np.add.at(both, (new, old), 1)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
    shared = both / np.maximum(either, 1)
    pairs = zip(*linear_sum_assignment(-shared), strict=True)
    return {
        int(label): before.ids[other] for label, other in pairs if shared[label, other] > INHERITS
    }
