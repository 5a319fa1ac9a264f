"""Credible intervals: what draws come to; the library itself is for test_credible_drawn.py."""

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml.lifetime_value import Histories
from ml.lifetime_value.credible import LIBRARY, Posterior, draw_posterior
from ml.lifetime_value.mbg_nbd import MbgNbd

TRUE = {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["once", "often", "long ago", "often too"],
        "frequency": [0, 6, 3, 6],
        "recency": [0.0, 30.0, 5.0, 30.0],
        "T": [35.0, 32.0, 38.0, 32.0],
    }
)


def posterior(spread: float, draws: int = 500) -> Posterior:
    """Around the parameters of CDNOW, by a factor each."""
    factors = np.exp(np.random.default_rng(1).normal(0, spread, (draws, len(TRUE))))
    return Posterior("mbg_nbd", pd.DataFrame(factors * list(TRUE.values()), columns=[*TRUE]), 9, 1)


def test_where_nothing_is_unknown_it_is_the_model() -> None:
    told = posterior(0).predict(CUSTOMERS, 39.0)
    assert told["customer_id"].tolist() == CUSTOMERS["customer_id"].tolist()
    histories, model = Histories.of(CUSTOMERS), MbgNbd(**TRUE)
    for name, expected in {
        "probability_alive": model.probability_alive(histories),
        "expected_purchases": model.expected_purchases(histories, 39.0),
    }.items():
        for column in (name, f"{name}_lower", f"{name}_upper"):
            np.testing.assert_allclose(told[column], expected)


def test_what_is_less_known_lies_further_apart() -> None:
    narrow, wide = (posterior(spread).predict(CUSTOMERS, 39.0) for spread in (0.05, 0.3))
    narrower = posterior(0.3).predict(CUSTOMERS, 39.0, level=0.5)
    name = "expected_purchases"
    for told in (narrow, wide, narrower):
        assert (told[f"{name}_lower"] < told[name]).all()
        assert (told[name] < told[f"{name}_upper"]).all()
    width = [told[f"{name}_upper"] - told[f"{name}_lower"] for told in (narrow, narrower, wide)]
    assert (width[0] < width[2]).all() and (width[1] < width[2]).all()


def test_intervals_are_the_middle_of_the_draws() -> None:
    values = np.arange(1.0, 102.0)
    draws = pd.DataFrame({name: values * factor for name, factor in TRUE.items()})
    told = Posterior("mbg_nbd", draws, 9, 1).intervals(0.8)
    np.testing.assert_allclose(told["mean"], 51 * draws.iloc[0])
    np.testing.assert_allclose(told["lower"], 11 * draws.iloc[0])
    np.testing.assert_allclose(told["upper"], 91 * draws.iloc[0])


def test_what_cannot_be_asked_is_said() -> None:
    with pytest.raises(ValueError, match="not of 'nbd'"):
        draw_posterior(CUSTOMERS, "nbd")
    with pytest.raises(ValueError, match="a level lies between 0 and 1"):
        posterior(0.1).intervals(95)


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, LIBRARY, None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install -e '\.\[bayes\]'"):
        draw_posterior(CUSTOMERS)


class Draws(dict[str, np.ndarray]):
    """As much of the library's draws as is read."""

    def __getitem__(self, names: Any) -> Any:
        if isinstance(names, list):
            return Draws({name: self[name] for name in names})
        return super().__getitem__(names)


class Model:
    """In place of the library's: draws the parameters of CDNOW, and keeps what it was given."""

    given: pd.DataFrame
    fit_result: Draws

    def __init__(self, data: pd.DataFrame, model_config: Mapping[str, object]) -> None:
        type(self).given = data
        self.names = list(model_config)

    def fit(self, *, draws: int, chains: int, method: str, **_: object) -> None:
        assert method == "mcmc"
        self.fit_result = Draws({name: np.full((chains, draws), TRUE[name]) for name in self.names})


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules with the names that are imported."""
    for name, found in {
        "pymc": {},
        "pymc.stats": {"rhat": lambda told: {one: 1.1 if one == "b" else 1.0 for one in told}},
        "pymc_extras": {},
        "pymc_extras.prior": {"Prior": lambda *_, **__: None},
        "pymc_marketing": {"clv": type("clv", (), {"ModifiedBetaGeoModel": Model})},
    }.items():
        module = ModuleType(name)
        vars(module).update(found)
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.usefixtures("library")
def test_times_are_drawn_by_the_mean_time_and_told_by_the_clock() -> None:
    drawn = draw_posterior(CUSTOMERS, draws=10, chains=2)
    assert len(drawn.draws) == 20
    assert drawn.customers == len(CUSTOMERS)
    np.testing.assert_allclose(Model.given["T"], CUSTOMERS["T"] / CUSTOMERS["T"].mean())
    np.testing.assert_allclose(Model.given["recency"], CUSTOMERS["recency"] / CUSTOMERS["T"].mean())
    told = drawn.intervals()["mean"]
    assert told.to_dict() == pytest.approx({**TRUE, "alpha": TRUE["alpha"] * CUSTOMERS["T"].mean()})
    assert drawn.r_hat == pytest.approx(1.1) and not drawn.has_converged


@pytest.mark.usefixtures("library")
def test_of_many_customers_some_are_drawn() -> None:
    assert draw_posterior(CUSTOMERS, draws=10, most_customers=3).customers == 3
    given = Model.given
    assert len(given) == 3
    draw_posterior(CUSTOMERS[::-1], draws=10, most_customers=3)
    pd.testing.assert_frame_equal(Model.given, given)
