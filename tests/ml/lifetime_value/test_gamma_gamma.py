"""What purchases are worth: found again, refused, and between a customer's own mean and all's."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.lifetime_value import ModelDoesNotHold, fit_gamma_gamma, fit_lifetime_value
from ml.lifetime_value.gamma_gamma import GammaGamma, Spending


def spenders(p: float, q: float, v: float, size: int = 5000) -> pd.DataFrame:
    """Repeaters whose mean values are drawn as the model says."""
    generator = np.random.default_rng(5)
    x = generator.geometric(0.4, size).astype(float)
    rate = generator.gamma(q, 1 / v, size)
    value = generator.gamma(p * x, 1 / (rate * x))
    return pd.DataFrame({"frequency": x, "monetary_value": value})


def test_it_finds_the_parameters_that_values_were_drawn_with() -> None:
    drawn = {"p": 6.25, "q": 3.74, "v": 15.44}
    fitted = fit_gamma_gamma(spenders(**drawn))
    for name, value in drawn.items():
        assert abs(fitted.parameters[name] - value) < 3 * fitted.standard_errors[name]
    assert fitted.model.population_mean == pytest.approx(6.25 * 15.44 / 2.74, rel=0.05)


@given(values=st.lists(st.floats(0.5, 20.0), min_size=3, max_size=3))
def test_the_gradient_is_that_of_the_likelihood(values: list[float]) -> None:
    spending = Spending.of(spenders(6.25, 3.74, 15.44, 50))
    gradient = GammaGamma(*values).log_likelihood(spending)[1]
    for place, value in enumerate(values):
        step = np.zeros(3)
        step[place] = 1e-5 * value
        above, below = (
            GammaGamma(*(np.array(values) + sign * step)).log_likelihood(spending)[0]
            for sign in (1, -1)
        )
        assert gradient[place] * value == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-2)


def test_only_repeaters_with_a_value_tell_anything() -> None:
    table = spenders(6.25, 3.74, 15.44, 500)
    silent = pd.DataFrame({"frequency": [0, 3, 2], "monetary_value": [50.0, 0.0, np.nan]})
    both = pd.concat([table, silent])
    assert fit_gamma_gamma(both).parameters == fit_gamma_gamma(table).parameters
    model = GammaGamma(6.25, 3.74, 15.44)
    np.testing.assert_allclose(model.expected_value(silent), model.population_mean)


def test_expected_values_lie_between_ones_own_mean_and_that_of_all() -> None:
    model = GammaGamma(6.25, 3.74, 15.44)
    table = pd.DataFrame({"frequency": [1, 10, 1000], "monetary_value": [100.0, 100.0, 100.0]})
    expected = model.expected_value(table)
    assert model.population_mean < expected[0] < expected[1] < expected[2] < 100
    assert expected[2] == pytest.approx(100, rel=1e-2)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (spenders(6.25, 3.74, 15.44, 29), "few_repeaters"),
        (spenders(6.25, 0.9, 15.44), "infinite_mean"),
        (pd.DataFrame({"frequency": [1.0, 2.0] * 50, "monetary_value": 10.0}), "boundary"),
    ],
)
def test_what_does_not_hold_is_refused(table: pd.DataFrame, code: str) -> None:
    with pytest.raises(ModelDoesNotHold) as told:
        fit_gamma_gamma(table)
    assert told.value.code == code


def test_a_negative_value_is_told() -> None:
    table = pd.DataFrame({"frequency": [1.0], "monetary_value": [-5.0]})
    with pytest.raises(ValueError, match="1 rows have a monetary_value below 0"):
        fit_gamma_gamma(table)


def test_a_doubt_is_told_where_who_buys_more_often_spends_more() -> None:
    table = spenders(6.25, 3.74, 15.44, 500).assign(recency=1.0, T=10.0, customer_id="c")
    assert not any("correlation" in note for note in fit_lifetime_value(table).notes)
    table["monetary_value"] *= table["frequency"]
    assert any("spends more a purchase" in note for note in fit_lifetime_value(table).notes)
