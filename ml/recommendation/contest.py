"""Which method recommends best in this shop: compared by what was bought in the days after.

Parameters are chosen on the days before the test, methods compared on the test, each question by
itself. The winner is served if it is surely better than the baseline; the baseline is served
otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.evaluation import bootstrap_mean_interval
from ml.recommendation import metrics
from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.methods import BASELINES, FILLER, METHODS, Parameters
from ml.recommendation.metrics import Figure
from ml.recommendation.popularity import Popularity
from ml.recommendation.questions import Question
from ml.recommendation.ranking import Ranking
from ml.recommendation.serving import Rules, filled
from ml.threads import side_by_side

CRITERION = "ndcg_at_10"
"""By what methods are compared."""

# Fewer customers tell no method from another.
_LEAST_CUSTOMERS = 30
_TOO_FEW = f"fewer than {_LEAST_CUSTOMERS} customers to compare methods by"
_TOO_SHORT = "too short a history to compare methods by"
_LIST = max(metrics.CUTOFFS)
# Tables of products by products, where there are many, are what most memory goes to.
_FITS_AT_ONCE = 2


class Window(NamedTuple):
    """Days of a test.

    Attributes:
        learnt: what was known before them.
        bought: shape (n_customers, n_products) of `learnt`: what is stored was bought in them.
    """

    learnt: Interactions
    bought: Matrix


@dataclass(frozen=True)
class Entry:
    """A method's answers to a question.

    Attributes:
        method: Its name.
        parameters: Those that were best before the test.
        by_customer: shape (n_customers,), the criterion of each; NaN of who bought nothing.
        figures: Metrics with intervals, by name.
        of_lists: What the lists are like, by name.
    """

    method: str
    parameters: Parameters
    by_customer: NDArray[np.float64]
    figures: Mapping[str, Figure]
    of_lists: Mapping[str, float]


@dataclass(frozen=True)
class Verdict:
    """What is served for a question.

    Attributes:
        method: Its name.
        parameters: What it is built with.
        reason: Why, in plain words.
        gain: Of the criterion over the baseline, with its interval; None without a test.
    """

    method: str
    parameters: Parameters
    reason: str
    gain: Figure | None = None


@dataclass(frozen=True)
class Contest:
    """How the methods did: entries by question, none where there was no test."""

    entries: Mapping[Question, Sequence[Entry]]
    verdicts: Mapping[Question, Verdict]


def hold_contest(
    tuning: Window | None,
    test: Window | None,
    methods: Sequence[str],
    most_customers: int = 2_000,
    seed: int = 0,
) -> Contest:
    """Compares methods by what customers bought.

    Args:
        tuning: days before those of the test, to choose parameters on; None for the first ones.
        test: days to compare methods on; None where there is no history for it.
        methods: names of METHODS; baselines take part in any case, those that follow visits only
            where more is known than purchases.
        most_customers: so many are asked about, drawn if there are more.
        seed: of that draw.
    """
    bout = _Bout.of(test, most_customers, seed)
    if bout is None:
        why = _TOO_SHORT if test is None else _TOO_FEW
        return Contest({}, {question: _untested(question, why) for question in Question})
    names = [*dict.fromkeys([*BASELINES.values(), *methods])]
    if bout.window.learnt.is_purchase.all():
        names = [name for name in names if not METHODS[name].follows_visits]
    chosen = _chosen(_Bout.of(tuning, most_customers, seed), names)
    entries: dict[Question, list[Entry]] = {question: [] for question in Question}
    fits = (partial(_entered, bout, *one) for one in _fits(names, chosen))
    for told in side_by_side(fits, _FITS_AT_ONCE):
        for question, entry in told.items():
            entries[question].append(entry)
    verdicts = {question: _verdict(question, told) for question, told in entries.items()}
    return Contest(entries, verdicts)


def fitted_filler(learnt: Interactions) -> Popularity:
    """What fills the places about which a method says nothing."""
    filler = Popularity(**METHODS[FILLER].tried[0])
    return filler.fit(learnt)


@dataclass(frozen=True)
class _Bout:
    """A window with who is asked, and what they wanted."""

    window: Window
    histories: Interactions
    wanted: Mapping[Question, Matrix]
    filler: Popularity

    @classmethod
    def of(cls, window: Window | None, most: int, seed: int) -> Self | None:
        """Asks those who bought something, or a sample of them; None if they are too few."""
        if window is None:
            return None
        who = np.flatnonzero(np.diff(window.bought.indptr)).astype(np.int32)
        if len(who) < _LEAST_CUSTOMERS:
            return None
        if len(who) > most:
            who = np.sort(np.random.default_rng(seed).choice(who, most, replace=False))
        histories = window.learnt.of_customers(who)
        bought, before = sparse.csr_array(window.bought[who]), histories.purchases()
        wanted = {
            Question.ANYTHING: bought,
            Question.AGAIN: metrics.asked(bought, before, is_again=True),
            Question.NEW: metrics.asked(bought, before, is_again=False),
        }
        return cls(window, histories, wanted, fitted_filler(window.learnt))

    def answered_by(
        self, name: str, parameters: Parameters, questions: Sequence[Question]
    ) -> dict[Question, Ranking]:
        """The lists that a method would show that has learnt from what was known."""
        recommender = METHODS[name].build(**parameters).fit(self.window.learnt)
        told = recommender.answers(self.histories, _LIST, questions)
        return {
            question: filled(ranking, self.filler, self.histories, question, _LIST, Rules()).ranking
            for question, ranking in told.items()
        }


def _entered(
    bout: _Bout, name: str, parameters: Parameters, questions: Sequence[Question]
) -> dict[Question, Entry]:
    """A method's answers to the questions of a test."""
    rankings = bout.answered_by(name, parameters, questions)
    return {
        question: _entry(name, parameters, ranking, bout, question)
        for question, ranking in rankings.items()
    }


def _chosen(tuning: _Bout | None, names: Sequence[str]) -> dict[tuple[str, Question], Parameters]:
    """The parameters of each method that answered each question best before the test."""
    chosen = {
        (name, question): METHODS[name].tried[0]
        for name in names
        for question in METHODS[name].questions
    }
    if tuning is None:
        return chosen
    best = dict.fromkeys(chosen, -1.0)
    tried = [
        (name, parameters)
        for name in names
        for parameters in METHODS[name].tried
        if len(METHODS[name].tried) > 1
    ]
    told = side_by_side((partial(_values, tuning, *one) for one in tried), _FITS_AT_ONCE)
    for (name, parameters), values in zip(tried, told, strict=True):
        for question, value in values.items():
            if value > best[name, question]:
                best[name, question], chosen[name, question] = value, parameters
    return chosen


def _values(tuning: _Bout, name: str, parameters: Parameters) -> dict[Question, float]:
    """The mean of the criterion for each question that a method answers; 0 where nobody tells."""
    values = {}
    rankings = tuning.answered_by(name, parameters, METHODS[name].questions)
    for question, ranking in rankings.items():
        told = metrics.by_customer(ranking, tuning.wanted[question])[CRITERION]
        values[question] = float(np.nanmean(told)) if (~np.isnan(told)).any() else 0.0
    return values


def _fits(
    names: Sequence[str], chosen: Mapping[tuple[str, Question], Parameters]
) -> Iterator[tuple[str, Parameters, list[Question]]]:
    """Each method with each of its chosen parameters once, and the questions it answers so."""
    for name in names:
        method = METHODS[name]
        for parameters in method.tried:
            questions = [one for one in method.questions if chosen[name, one] == parameters]
            if questions:
                yield name, parameters, questions


def _entry(
    name: str, parameters: Parameters, ranking: Ranking, bout: _Bout, question: Question
) -> Entry:
    told = metrics.by_customer(ranking, bout.wanted[question])
    of_lists = metrics.of_lists(ranking, bout.window.learnt.purchases())
    return Entry(name, parameters, told[CRITERION], metrics.figures(told), of_lists)


def _verdict(question: Question, entries: Sequence[Entry]) -> Verdict:
    """The best of the entries, if it is surely better than the baseline."""
    baseline = next(one for one in entries if one.method == BASELINES[question])
    best = max(entries, key=lambda one: one.figures[CRITERION].value)
    told = best.figures[CRITERION]
    if told.customers < _LEAST_CUSTOMERS:
        return _untested(question, _TOO_FEW)
    gain = best.by_customer - baseline.by_customer
    gain = gain[~np.isnan(gain)]
    figure = Figure(float(gain.mean()), *bootstrap_mean_interval(gain), len(gain))
    if best is not baseline and figure.lower > 0:
        reason = f"best of {len(entries)} methods, and surely better than {baseline.method}"
        return Verdict(best.method, best.parameters, reason, figure)
    reason = "the best itself" if best is baseline else f"{best.method} is not surely better"
    return Verdict(baseline.method, baseline.parameters, f"the baseline: {reason}", figure)


def _untested(question: Question, why: str) -> Verdict:
    name = BASELINES[question]
    return Verdict(name, METHODS[name].tried[0], f"the baseline: {why}")
