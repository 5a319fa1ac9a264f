"""Methods compared by what was bought in the days after."""

import numpy as np
import pytest
from scipy import sparse

from ml.recommendation import contest
from ml.recommendation.contest import Window, hold_contest
from ml.recommendation.questions import Question
from tests.ml.recommendation import shop as shops

METHODS = ["buy_again", "item_neighbours"]


def drawn(seed: int, customers: int = 120) -> Window:
    """Everybody buys of a kind of products, and half of the time what they bought last."""
    draw = np.random.default_rng(seed)
    rows, after = [], []
    for customer in range(customers):
        kind = customer % 4
        basket = kind * 10 + draw.permutation(10)[:5]
        for age in (5, 40):
            rows += [(f"c{customer:03}", f"p{product:02}", float(age)) for product in basket]
            basket = kind * 10 + draw.permutation(10)[:5] if age == 5 else basket
        own = sorted({int(row[1][1:]) for row in rows if row[0] == f"c{customer:03}"})
        after += [(customer, product) for product in draw.permutation(own)[:2]]
        rest = sorted(set(range(kind * 10, kind * 10 + 10)) - set(own))
        after += [(customer, product) for product in rest[:1]]
    learnt = shops.of(*rows)
    row, product = np.array(after).T
    place = np.searchsorted(learnt.products.astype(str), [f"p{one:02}" for one in product])
    bought = sparse.csr_array((np.ones(len(row)), (row, place)), shape=learnt.shape)
    return Window(learnt, bought)


TUNING, TEST = drawn(1), drawn(2)


@pytest.fixture(scope="module")
def held() -> contest.Contest:
    return hold_contest(TUNING, TEST, METHODS)


def test_each_question_has_a_winner_that_beat_its_baseline(held: contest.Contest) -> None:
    new = held.verdicts[Question.NEW]
    assert new.method == "item_neighbours"
    assert new.gain is not None
    assert new.gain.lower > 0
    assert "surely better than popularity" in new.reason
    assert held.verdicts[Question.ANYTHING].method == "item_neighbours"


def test_who_is_not_surely_better_is_not_served(held: contest.Contest) -> None:
    """Of what is bought again the draw takes any: how lately it was bought says nothing."""
    again = held.verdicts[Question.AGAIN]
    assert again.method == "personal_frequency"
    assert again.reason.startswith("the baseline")


def test_methods_are_asked_only_what_they_answer(held: contest.Contest) -> None:
    assert [one.method for one in held.entries[Question.NEW]] == ["popularity", "item_neighbours"]
    told = [one.method for one in held.entries[Question.AGAIN]]
    assert sorted(told) == ["buy_again", "item_neighbours", "personal_frequency", "popularity"]


def test_parameters_are_chosen_before_the_test(held: contest.Contest) -> None:
    """They are the best of the days of tuning, whatever those of the test say."""
    bout = contest._Bout.of(TUNING, 2_000, 0)
    method = contest.METHODS["buy_again"]
    values = {}
    for parameters in method.tried:
        ranking = bout.answered_by("buy_again", parameters, [Question.AGAIN])[Question.AGAIN]
        told = contest.metrics.by_customer(ranking, bout.wanted[Question.AGAIN])
        values[str(parameters)] = np.nanmean(told[contest.CRITERION])
    taken = next(one for one in held.entries[Question.AGAIN] if one.method == "buy_again")
    assert values[str(taken.parameters)] == max(values.values())


def test_without_days_to_tune_on_the_first_parameters_are_taken() -> None:
    told = hold_contest(None, TEST, METHODS).entries[Question.AGAIN]
    for one in told:
        assert one.parameters == contest.METHODS[one.method].tried[0]


@pytest.mark.parametrize(
    ("test", "why"),
    [(None, "too short a history"), (Window(*drawn(3, customers=29)), "fewer than 30 customers")],
)
def test_too_few_customers_and_no_days_judge_nothing(test: Window | None, why: str) -> None:
    held = hold_contest(TUNING, test, METHODS)
    assert held.entries == {}
    assert held.verdicts[Question.NEW].method == "popularity"
    assert why in held.verdicts[Question.NEW].reason
    assert held.verdicts[Question.AGAIN].method == "personal_frequency"


def test_an_empty_window_says_so() -> None:
    nothing = Window(TEST.learnt, sparse.csr_array(TEST.bought.shape))
    assert hold_contest(TUNING, nothing, METHODS).entries == {}


def test_a_sample_is_drawn_of_many_and_is_the_same_each_time() -> None:
    one, other = (hold_contest(None, TEST, METHODS, most_customers=50) for _ in range(2))
    figure = one.entries[Question.ANYTHING][0].figures[contest.CRITERION]
    assert figure.customers == 50
    assert figure == other.entries[Question.ANYTHING][0].figures[contest.CRITERION]
