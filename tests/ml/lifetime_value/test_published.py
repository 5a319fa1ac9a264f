"""Figures that were printed: of CDNOW, in papers, notes and vignettes."""

import numpy as np
import pandas as pd
import pytest

from ml.lifetime_value import (
    DAYS_IN_WEEKS,
    Histories,
    SwallowedPurchases,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_lifetime_value,
    fit_mbg_nbd,
    fit_pareto_nbd,
    summarise_transactions,
    track_holdout,
)
from ml.lifetime_value.bg_nbd import BgNbd
from ml.lifetime_value.gamma_gamma import GammaGamma
from ml.lifetime_value.pareto_nbd import ParetoNbd
from tests.data_sets import PUBLIC_DATA

CDNOW = PUBLIC_DATA / "cdnow"


def history(frequency: float, recency: float, observed: float) -> Histories:
    table = pd.DataFrame({"frequency": [frequency], "recency": [recency], "T": [observed]})
    return Histories.of(table)


def test_bg_nbd_expects_what_the_note_of_its_authors_does() -> None:
    """Fader and Hardie, Implementing the BG/NBD model in Microsoft Excel: customer 1."""
    model = BgNbd(0.243, 4.414, 0.793, 2.426)
    assert model.expected_purchases(history(2, 30.43, 38.86), 39.0)[0] == pytest.approx(
        1.226, abs=5e-4
    )
    # The vignette of the R package BTYD.
    assert model.expected_purchases(history(26, 30.86, 31), 52.0)[0] == pytest.approx(
        25.76, abs=5e-3
    )


def test_pareto_nbd_expects_what_the_vignette_of_btyd_does() -> None:
    model = ParetoNbd(0.553, 10.580, 0.606, 11.656)
    assert model.expected_purchases(Histories.new(), 52.0)[0] == pytest.approx(1.473, abs=2e-3)
    busy = history(26, 30.86, 31)
    assert model.expected_purchases(busy, 52.0)[0] == pytest.approx(25.46, abs=5e-3)
    assert model.probability_alive(busy)[0] == pytest.approx(0.9979, abs=5e-5)
    assert model.probability_alive(history(0, 0, 39))[0] == pytest.approx(0.2943, abs=5e-5)


def test_gamma_gamma_expects_what_was_printed() -> None:
    """The first customers of CDNOW, in the documentation of the Python package lifetimes."""
    model = GammaGamma(6.248802, 3.744588, 15.447748)
    table = pd.DataFrame({"frequency": [2, 1, 0], "monetary_value": [22.35, 11.77, np.nan]})
    expected = model.expected_value(table)
    np.testing.assert_allclose(expected, [24.658619, 18.911489, 35.170999], atol=3e-5)


@pytest.fixture(scope="module")
def cdnow() -> pd.DataFrame:
    table = pd.read_csv(CDNOW / "cdnow_customers_summary_with_transactions.csv")
    return table.rename(columns={"ID": "customer_id", "x": "frequency", "t_x": "recency"}).rename(
        columns={"zbar": "monetary_value"}
    )


@pytest.mark.public_data
def test_bg_nbd_of_cdnow(cdnow: pd.DataFrame) -> None:
    """Fader, Hardie and Lee (2005), table 1 and figure 3."""
    fitted = fit_bg_nbd(cdnow)
    assert fitted.customers == 2357
    assert fitted.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    printed = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    assert fitted.parameters == pytest.approx(printed, abs=5e-4)
    histories = Histories.of(cdnow)
    assert fitted.model.expected_purchases(histories, 39.0).sum() == pytest.approx(1653, abs=1)


@pytest.mark.public_data
def test_mbg_nbd_of_cdnow(cdnow: pd.DataFrame) -> None:
    """The R package BTYDplus."""
    fitted = fit_mbg_nbd(cdnow)
    printed = {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}
    assert fitted.parameters == pytest.approx(printed, abs=5e-4)


@pytest.mark.public_data
def test_pareto_nbd_of_cdnow(cdnow: pd.DataFrame) -> None:
    """Fader, Hardie and Lee (2005), table 1; three digits more by the vignette of BTYD."""
    fitted = fit_pareto_nbd(cdnow)
    assert fitted.log_likelihood == pytest.approx(-9595.0, abs=0.05)
    assert fitted.log_likelihood >= -9594.976
    printed = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.668}
    assert fitted.parameters == pytest.approx(printed, abs=5e-4)


@pytest.mark.public_data
def test_gamma_gamma_of_cdnow(cdnow: pd.DataFrame) -> None:
    """Fader and Hardie (2013): 946 repeaters."""
    fitted = fit_gamma_gamma(cdnow)
    assert fitted.customers == 946
    printed = {"p": 6.25, "q": 3.74, "v": 15.44}
    assert fitted.parameters == pytest.approx(printed, abs=8e-3)


@pytest.mark.public_data
def test_transactions_of_cdnow_lead_to_the_same() -> None:
    """The 1/10 sample: 39 weeks of calibration and 39 of hold-out, with 1,882 purchases."""
    columns = ["master", "customer_id", "order_date", "cds", "amount"]
    sample = pd.read_csv(CDNOW / "CDNOW_sample.txt", sep=r"\s+", names=columns, dtype=str)
    sample["amount"] = sample["amount"].astype(float)
    with pytest.warns(SwallowedPurchases, match="223 of 6,919"):
        summary = summarise_transactions(sample, DAYS_IN_WEEKS, calibrated_until="1997-09-30")
    published = pd.read_csv(CDNOW / "cdnow_customers_summary.csv")
    for column in ("frequency", "recency", "T"):
        np.testing.assert_allclose(summary.customers[column], published[column], atol=5.1e-3)
    fitted = fit_lifetime_value(summary)
    assert fitted.notes == ()
    assert fitted.purchases is not None
    assert fitted.purchases.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    tracking = track_holdout(summary, fitted)
    assert tracking.figures["actual"] == 1882
    assert tracking.figures["expected"] == pytest.approx(1653, abs=1)
    # Nobody who was asked had a hold-out of nought; the naive rule errs far more.
    assert abs(tracking.figures["bias"]) < abs(tracking.figures["same_as_before_bias"])
    assert len(tracking.by_period) == 78
    assert tracking.by_period["is_holdout"].sum() == 39
    assert tracking.by_period["actual_cumulative"].iloc[-1] == 2457 + 1882
