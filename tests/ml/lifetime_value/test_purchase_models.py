"""What holds of every model of purchases, whatever its parameters and the histories."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1, hyperu

from ml.lifetime_value import (
    MODELS,
    Histories,
    discounted_purchases,
    purchase_chance,
    purchase_interval,
)
from ml.lifetime_value.bg_nbd import BgNbd
from ml.lifetime_value.mbg_nbd import MbgNbd
from ml.lifetime_value.nbd import Nbd
from ml.lifetime_value.pareto_nbd import ParetoNbd
from ml.lifetime_value.purchase_model import PurchaseModel

KINDS = sorted(MODELS)
positive = st.floats(0.05, 20.0)
parameters = st.lists(positive, min_size=4, max_size=4)


@st.composite
def histories(draw: st.DrawFn) -> Histories:
    """A few customers: nobody's recency is beyond T, and none is without a repeat."""
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, 60), st.floats(0.01, 1.0), st.floats(0.1, 100.0)),
            min_size=1,
            max_size=6,
        )
    )
    x, share, observed = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return Histories(x, np.where(x > 0, share * observed, 0.0), observed, np.ones(len(x)))


def make(kind: str, values: list[float]) -> PurchaseModel:
    model: PurchaseModel = MODELS[kind](*(values[:2] if kind == "nbd" else values))
    return model


@pytest.mark.parametrize("kind", KINDS)
@given(values=parameters, customers=histories())
def test_the_gradient_is_that_of_the_likelihood(
    kind: str, values: list[float], customers: Histories
) -> None:
    values = values[: 2 if kind == "nbd" else 4]
    gradient = make(kind, values).log_likelihoods(customers)[1]
    for place, value in enumerate(values):
        step = 1e-5 * value
        ends = [
            make(kind, [*values[:place], value + sign * step, *values[place + 1 :]])
            for sign in (1, -1)
        ]
        above, below = (model.log_likelihoods(customers)[0] for model in ends)
        np.testing.assert_allclose(
            gradient[place] * value, (above - below) / 2e-5, rtol=2e-5, atol=2e-4
        )


@pytest.mark.parametrize("kind", KINDS)
@example(values=[0.5, 5.0, 1.0, 0.5], customers=Histories.new())
@example(values=[0.5, 5.0, 0.3, 0.4], customers=Histories.new())
@given(values=parameters, customers=histories())
def test_chances_are_chances_and_more_time_brings_more_purchases(
    kind: str, values: list[float], customers: Histories
) -> None:
    model = make(kind, values)
    alive = model.probability_alive(customers)
    assert ((alive >= 0) & (alive <= 1)).all()
    expected = [model.expected_purchases(customers, horizon) for horizon in (0.5, 1, 10, 100, 2000)]
    assert np.isfinite(expected).all()
    assert (np.diff(expected, axis=0, prepend=0.0) >= -1e-9).all()
    # Nobody buys faster than somebody who never leaves.
    steady = Nbd(*values[:2]).expected_purchases(customers, 10)
    assert (expected[2] <= steady * (1 + 1e-9)).all()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None)
@example(
    values=[5.0, 2.0, 5.0, 0.5],
    customers=Histories(np.zeros(1), np.zeros(1), np.ones(1), np.ones(1)),
    rate=1e-4,
)
@given(values=parameters, customers=histories(), rate=st.floats(1e-4, 0.2))
def test_a_discount_is_the_integral_of_what_comes_later(
    kind: str, values: list[float], customers: Histories, rate: float
) -> None:
    model = make(kind, values)
    one = customers.take(slice(0, 1))
    force = np.log1p(rate)
    later, _ = quad(
        lambda age: np.exp(-force * age) * model.expected_purchases(one, age)[0], 0, 52, limit=200
    )
    by_parts = np.exp(-force * 52) * model.expected_purchases(one, 52.0)[0] + force * later
    assert discounted_purchases(model, one, 52.0, rate)[0] == pytest.approx(by_parts, rel=1e-6)
    assert discounted_purchases(model, one, 52.0)[0] >= by_parts
    assert discounted_purchases(model, one, np.inf, rate)[0] >= by_parts * (1 - 1e-5)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25)
@given(values=parameters, customers=histories())
def test_chances_of_purchases_add_up_to_one_and_to_what_is_expected(
    kind: str, values: list[float], customers: Histories
) -> None:
    """The likelihood alone gives the chances; P(alive) and expectation are formulas apart."""
    model = make(kind, values)
    # As long as brings three purchases to who never leaves: thirty are next to impossible.
    steady = (values[1] + customers.observed) / (values[0] + customers.frequency)
    horizon = np.minimum(3 * steady, 0.5 * customers.observed)
    chances = np.array([purchase_chance(model, customers, horizon, y) for y in range(40)])
    assert (chances >= 0).all()
    is_all = chances[-1] < 1e-9
    np.testing.assert_allclose(chances.sum(axis=0)[is_all], 1, atol=1e-6)
    mean = (np.arange(40) @ chances)[is_all]
    expected = model.expected_purchases(customers, horizon)[is_all]
    np.testing.assert_allclose(mean, expected, rtol=1e-5, atol=1e-6)


def test_an_interval_holds_as_many_customers_as_it_says() -> None:
    """Poisson, next to: quantiles .1 and .9 of a mean of 5 are 2 and 8, of .05 both 0."""
    model = Nbd(1e8, 1e8)
    new = Histories.new()
    assert [*np.concatenate(purchase_interval(model, new, 5.0))] == [2, 8]
    assert [*np.concatenate(purchase_interval(model, new, 0.05))] == [0, 0]
    assert [*np.concatenate(purchase_interval(model, new, 5.0, share=0.5))] == [3, 6]


def test_value_without_end_is_the_published_closed_form() -> None:
    """Fader, Hardie and Lee, RFM and CLV (2005), equation 2: discounted expected transactions."""
    r, alpha, s, beta, force = 0.553, 10.58, 0.606, 11.656, 0.0027
    model = ParetoNbd(r, alpha, s, beta)
    customers = Histories(
        np.array([7.0, 0.0, 2.0]), np.array([30.0, 0.0, 10.0]), np.full(3, 38.86), np.ones(3)
    )
    shape = r + customers.frequency + 1
    logs = r * np.log(alpha) + s * np.log(beta) + (s - 1) * np.log(force) - gammaln(r)
    logs = logs + gammaln(shape) - shape * np.log(alpha + 38.86)
    logs = logs - model.log_likelihoods(customers)[0]
    closed = np.exp(logs) * hyperu(s, s, force * (beta + 38.86))
    found = discounted_purchases(model, customers, np.inf, np.expm1(force))
    np.testing.assert_allclose(found, closed, rtol=1e-7)


@given(values=parameters, x=st.integers(0, 40), share=st.floats(0.05, 0.95))
def test_pareto_nbd_is_the_published_likelihood(values: list[float], x: int, share: float) -> None:
    """Fader and Hardie (2005): the difference of two hypergeometric functions."""
    r, alpha, s, beta = values
    observed = 40.0
    recency = share * observed if x else 0.0
    one = Histories(*(np.array([value]) for value in (float(x), recency, observed, 1.0)))
    most, least = max(alpha, beta), min(alpha, beta)
    second = s + 1 if alpha >= beta else r + x

    def part(time: float) -> float:
        ratio = (most - least) / (most + time)
        log_power = (r + s + x) * (np.log(most + recency) - np.log(most + time))
        return float(hyp2f1(r + s + x, second, r + s + x + 1, ratio) * np.exp(log_power))

    difference = part(recency) - part(observed)
    there = (r + s + x) * np.log(most + recency)
    there -= (r + x) * np.log(alpha + observed) + s * np.log(beta + observed)
    total = np.exp(there) + s / (r + s + x) * difference
    published = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(total)
    published -= (r + s + x) * np.log(most + recency)
    found = ParetoNbd(r, alpha, s, beta).log_likelihoods(one)[0][0]
    assert found == pytest.approx(float(published), abs=1e-6)


@pytest.mark.parametrize("a", [0.999999, 1.0, 1.000001])
def test_where_the_closed_form_divides_by_zero_nothing_happens(a: float) -> None:
    """At a = 1 the published expectation is 0 / 0; beside it stands what it must be."""
    customers = Histories(*(np.array([value]) for value in (2.0, 30.43, 38.86, 1.0)))
    near = [BgNbd(0.243, 4.414, one, 2.426).expected_purchases(customers, 39.0)[0]
            for one in (0.999, 1.001)]  # fmt: skip
    there = BgNbd(0.243, 4.414, a, 2.426).expected_purchases(customers, 39.0)[0]
    assert there == pytest.approx(sum(near) / 2, rel=1e-6)
    pareto = ParetoNbd(0.553, 10.58, a, 11.656).expected_purchases(customers, 39.0)[0]
    beside = ParetoNbd(0.553, 10.58, 1.001, 11.656).expected_purchases(customers, 39.0)[0]
    assert pareto == pytest.approx(beside, rel=1e-3)


@pytest.mark.parametrize("aside", [0.0, 1e-14, 1e-9])
def test_a_whole_difference_of_parameters_loses_nothing(aside: float) -> None:
    """Where r - a is whole and time long, the hypergeometric series of scipy is NaN."""
    new = Histories.new()
    there = MbgNbd(0.1 + aside, 1.0, 0.1, 5.0).expected_purchases(new, 2000.0)[0]
    beside = [MbgNbd(r, 1.0, 0.1, 5.0).expected_purchases(new, 2000.0)[0] for r in (0.099, 0.101)]
    assert there == pytest.approx(sum(beside) / 2, rel=1e-4)


def test_who_bought_once_is_there_by_bg_nbd_and_may_be_gone_by_the_others() -> None:
    once = Histories(*(np.array([value]) for value in (0.0, 0.0, 100.0, 1.0)))
    values = [0.5, 5.0, 0.8, 2.4]
    alive = {kind: make(kind, values).probability_alive(once)[0] for kind in KINDS}
    assert alive["bg_nbd"] == alive["nbd"] == 1
    assert 0 < alive["mbg_nbd"] < 1
    assert 0 < alive["pareto_nbd"] < 1


def test_a_horizon_and_a_discount_have_to_make_sense() -> None:
    model, new = BgNbd(0.243, 4.414, 0.793, 2.426), Histories.new()
    for horizon, rate in ((0.0, 0.0), (-1.0, 0.0), (float("nan"), 0.0), (52.0, -0.1)):
        with pytest.raises(ValueError, match="a horizon is above 0"):
            discounted_purchases(model, new, horizon, rate)
    with pytest.raises(ValueError, match="no finite worth"):
        discounted_purchases(model, new, float("inf"))
