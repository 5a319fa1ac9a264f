"""The models of purchases and of spend, fitted where they hold and refused where they do not."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from ml.lifetime_value.bg_nbd import BgNbd
from ml.lifetime_value.fitting import Fitted, maximise
from ml.lifetime_value.frequencies import frequency_counts
from ml.lifetime_value.gamma_gamma import GammaGamma, Spending
from ml.lifetime_value.grouped import Histories, Numbers
from ml.lifetime_value.mbg_nbd import MbgNbd
from ml.lifetime_value.nbd import Nbd
from ml.lifetime_value.pareto_nbd import ParetoNbd
from ml.lifetime_value.purchase_model import PurchaseModel
from ml.lifetime_value.refusals import (
    LEAST_DROPOUT,
    ModelDoesNotHold,
    refuse_few_repeaters,
    refuse_missed_calibration,
    refuse_other_frequencies,
)
from ml.threads import one_thread

MODELS: Mapping[str, Any] = {model.name: model for model in (BgNbd, MbgNbd, ParetoNbd, Nbd)}
"""The models of purchases by name."""


def fit_bg_nbd(customers: pd.DataFrame) -> Fitted[BgNbd]:
    """Fits BG/NBD to frequency, recency and T; raises as `fit_purchases` does."""
    return fit_purchases(BgNbd, Histories.of(customers))


def fit_mbg_nbd(customers: pd.DataFrame) -> Fitted[MbgNbd]:
    """Fits MBG/NBD to frequency, recency and T; raises as `fit_purchases` does."""
    return fit_purchases(MbgNbd, Histories.of(customers))


def fit_pareto_nbd(customers: pd.DataFrame) -> Fitted[ParetoNbd]:
    """Fits Pareto/NBD to frequency, recency and T; raises as `fit_purchases` does."""
    return fit_purchases(ParetoNbd, Histories.of(customers))


def fit_nbd(customers: pd.DataFrame) -> Fitted[Nbd]:
    """Fits NBD to frequency and T; raises as `fit_purchases` does."""
    return fit_purchases(Nbd, Histories.of(customers))


def fit_purchases(kind: type[Any], histories: Histories) -> Fitted[Any]:
    """Fits a model of purchases.

    Args:
        kind: One of `MODELS`.
        histories: Of the customers, grouped or not.

    Raises:
        ModelDoesNotHold: There are too few repeaters, nobody is seen to leave, the maximum lies on
            the boundary or was not found, or the model misses what it was fitted to.
    """
    refuse_few_repeaters(histories.repeaters, kind.name)
    grouped, _ = histories.grouped()
    mean_time = float(grouped.weight @ grouped.observed / grouped.customers)
    scales = {
        field.name: mean_time if field.name in kind.in_time else 1.0 for field in fields(kind)
    }
    with one_thread():
        fitted: Fitted[Any] = maximise(
            lambda values, data: _of_all(kind(*values), data),
            kind,
            grouped,
            scales,
            kind.starts,
            lambda model: _refuse_no_dropout(model, mean_time),
        )
        new = Histories.new(len(grouped))
        expected = grouped.weight @ fitted.model.expected_purchases(new, grouped.observed)
        told = frequency_counts(fitted.model, grouped)
    refuse_missed_calibration(float(expected), float(grouped.weight @ grouped.frequency))
    refuse_other_frequencies(told["expected"].to_numpy(), told["actual"].to_numpy())
    return fitted


def fit_gamma_gamma(customers: pd.DataFrame) -> Fitted[GammaGamma]:
    """Fits Gamma-Gamma to frequency and monetary_value, the mean of repeat purchases.

    Raises:
        ModelDoesNotHold: There are too few repeaters with a value, all spend alike, the maximum
            lies on the boundary, or the mean of all customers would be infinite.
    """
    spending = Spending.of(customers)
    refuse_few_repeaters(len(spending), GammaGamma.name, "bought again for a known amount")
    scales = {"p": 1.0, "q": 1.0, "v": float(spending.mean_value.mean())}
    with one_thread():
        fitted = maximise(
            lambda values, data: GammaGamma(*values).log_likelihood(data),
            GammaGamma,
            spending,
            scales,
            GammaGamma.starts,
        )
    if fitted.model.q <= 1:
        raise ModelDoesNotHold(
            "infinite_mean",
            f"a few spend so much that the mean of all has no end (q = {fitted.model.q:.2f})",
        )
    return fitted


def _of_all(model: PurchaseModel, histories: Histories) -> tuple[float, Numbers]:
    rows, gradient = model.log_likelihoods(histories)
    return float(histories.weight @ rows), gradient @ histories.weight


def _refuse_no_dropout(model: PurchaseModel, mean_time: float) -> None:
    match model:
        case BgNbd() | MbgNbd():
            chance = model.a / (model.a + model.b)
        case ParetoNbd():
            chance = -np.expm1(-model.s * np.log1p(mean_time / model.beta))
        case _:
            return
    if chance < LEAST_DROPOUT:
        raise ModelDoesNotHold(
            "nobody_leaves", f"{model.name}: nobody is seen to leave ({chance:.2g} of customers)"
        )
