"""The methods by name: each foretells, and is kept as it is."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score

from ml.candidates import candidates, signed_log
from ml.fitted import Fitted
from ml.kept import from_bytes, to_bytes
from ml.target import Bands, Kind, Target
from ml.two_stage import TwoStageRegressor

ROWS = 2500


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    """Numbers of whom one tells the outcomes, one is sometimes unknown, one always the same."""
    generator = np.random.default_rng(0)
    table = pd.DataFrame(generator.normal(size=(ROWS, 3)), columns=["told", "noise", "unknown"])
    table.loc[table["unknown"] > 0.5, "unknown"] = np.nan
    return table.assign(same=1.0, nothing=np.nan)


def outcomes(customers: pd.DataFrame, kind: Kind) -> np.ndarray:
    generator = np.random.default_rng(1)
    event = generator.random(ROWS) < 1 / (1 + np.exp(-2 * customers["told"].to_numpy()))
    amount = np.exp(customers["told"].to_numpy() + generator.normal(0, 0.5, ROWS))
    return (event if kind == "event" else event * amount).astype(float)


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in ("event", "amount") for name in candidates(kind)]
)
def test_each_foretells_and_is_kept_as_it_is(
    customers: pd.DataFrame, kind: Kind, name: str
) -> None:
    target = Target("p", "t", kind, 30, (Bands("bands", "noise"),), (name,))
    came = outcomes(customers, kind)
    fitted = Fitted(target, name, customers, came)
    assert fitted.inputs == ["told", "noise", "unknown"]
    expected = fitted.expected(customers)
    assert roc_auc_score(came > 0, expected) > 0.75
    assert expected.sum() == pytest.approx(came.sum(), rel=0.1)
    assert expected.min() >= 0
    kept = from_bytes(to_bytes(fitted))
    np.testing.assert_array_equal(kept.expected(customers), expected)
    assert kept.version == fitted.version


@pytest.mark.parametrize("how", ["univariate", "recursive"])
def test_a_selection_keeps_what_tells(customers: pd.DataFrame, how: str) -> None:
    name = f"logistic_regression_{how}"
    target = Target("p", "t", "event", 30, (Bands("bands", "noise"),), (name,))
    fitted = Fitted(target, name, customers, outcomes(customers, "event"))
    kept = fitted.selected_inputs()
    assert kept is not None
    assert "told" in kept
    # Two of four columns: three inputs, and the flag of one.
    assert len(kept) <= 2
    # A flag is an input's own: that an input is unknown may tell where its value does not.
    flagged = np.where(outcomes(customers, "event") > 0, customers["noise"], np.nan)
    of_flags = Fitted(target, name, customers.assign(unknown=flagged), outcomes(customers, "event"))
    assert "unknown" in (of_flags.selected_inputs() or [])
    plain = Fitted(target, "logistic_regression", customers, outcomes(customers, "event"))
    assert plain.selected_inputs() is None


def test_a_shifted_level_is_that_of_all_that_is_told(customers: pd.DataFrame) -> None:
    target = Target("p", "t", "amount", 30, (Bands("bands", "noise"),), ("tweedie_regression",))
    came = outcomes(customers, "amount")
    plain, more = (
        Fitted(target, "tweedie_regression", customers, came, shift) for shift in (0.0, np.log(3))
    )
    np.testing.assert_allclose(more.expected(customers), 3 * plain.expected(customers))
    assert more.version != plain.version


def test_an_event_that_happens_to_all_teaches_nothing(customers: pd.DataFrame) -> None:
    target = Target("p", "t", "event", 30, (Bands("bands", "noise"),), ("logistic_regression",))
    with pytest.raises(ValueError, match="one outcome"):
        Fitted(target, "logistic_regression", customers, np.ones(ROWS))


def test_two_stages_multiply() -> None:
    x = np.arange(40.0).reshape(-1, 1)
    y = np.where(x[:, 0] % 4 == 0, 10 + x[:, 0], 0)
    both = TwoStageRegressor(LogisticRegression(), LinearRegression()).fit(x, y)
    chance = LogisticRegression().fit(x, y > 0).predict_proba(x)[:, 1]
    np.testing.assert_allclose(both.predict(x), chance * (10 + x[:, 0]))


@pytest.mark.parametrize(("amount", "expected"), [(0.0, 0.0), (3.0, 3.0)])
def test_two_stages_of_one_outcome(amount: float, expected: float) -> None:
    x, y = np.arange(9.0).reshape(-1, 1), np.full(9, amount)
    both = TwoStageRegressor(LogisticRegression(), LinearRegression()).fit(x, y)
    np.testing.assert_allclose(both.predict(x), expected)


def test_signed_log_is_odd_and_keeps_zero_and_nan() -> None:
    np.testing.assert_allclose(
        signed_log(np.array([-np.expm1(2), 0, np.expm1(3), np.nan])), [-2, 0, 3, np.nan]
    )
