"""Purchases and spend together: the value of each customer within a horizon."""

from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from ml import layouts, schemas
from ml.lifetime_value.fitting import Fitted
from ml.lifetime_value.gamma_gamma import GammaGamma
from ml.lifetime_value.grouped import Histories
from ml.lifetime_value.models import MODELS, fit_gamma_gamma, fit_purchases
from ml.lifetime_value.nbd import Nbd
from ml.lifetime_value.refusals import ModelDoesNotHold, refuse_clumped
from ml.lifetime_value.summary import Summary
from ml.lifetime_value.value import discounted_purchases
from ml.threads import one_thread

# Purchases that do not depend on what they are worth, which Gamma-Gamma takes for granted.
_MOST_CORRELATED = 0.3


@dataclass(frozen=True)
class LifetimeValue:
    """Fitted models, or why there are none.

    Attributes:
        purchases: The model of purchases; None where it was refused.
        spend: The model of spend; None where it was refused.
        notes: Refusals, fallbacks and doubts, a sentence each; empty where all is well.
        codes: The codes of refusals and of what led to a fallback.
    """

    purchases: Fitted[Any] | None
    spend: Fitted[GammaGamma] | None
    notes: tuple[str, ...]
    codes: tuple[str, ...]

    def predict(self, customers: pd.DataFrame, horizon: float, rate: float = 0.0) -> pd.DataFrame:
        """Gives expected purchases and value of each customer; NULL where a model was refused.

        Args:
            customers: `customer_id`, `frequency`, `recency`, `T`; `monetary_value` for values.
            horizon: In units of the clock, from the end of observation.
            rate: Discount a unit of time (`Clock.rate`); it lowers value, not purchases.

        Returns:
            One row a customer in their order: `customer_id`, `probability_alive`,
            `expected_purchases`, `expected_purchase_value`, `expected_value`.

        Raises:
            ValueError: A column is missing or holds what cannot be.
        """
        schemas.require_columns(customers, ["customer_id"], "customers")
        histories, place = Histories.of(customers).grouped()
        empty = np.full(len(customers), np.nan)
        alive, bought, discounted, worth = empty, empty, empty, empty
        with one_thread():
            if self.purchases:
                model = self.purchases.model
                alive = model.probability_alive(histories)[place]
                discounted = discounted_purchases(model, histories, horizon, rate)[place]
                bought = discounted
                if rate and np.isfinite(horizon):
                    bought = model.expected_purchases(histories, horizon)[place]
            if self.spend:
                worth = self.spend.model.expected_value(customers)
        columns = {
            "customer_id": customers["customer_id"].to_numpy(),
            "probability_alive": alive,
            "expected_purchases": bought,
            "expected_purchase_value": worth,
            "expected_value": discounted * worth,
        }
        return schemas.as_table(columns, layouts.LIFETIME_VALUES)


def fit_lifetime_value(
    customers: Summary | pd.DataFrame,
    model: str = "bg_nbd",
    *,
    falls_back: bool = True,
    regularity: float | None = None,
) -> LifetimeValue:
    """Fits a model of purchases and, where `monetary_value` is there, Gamma-Gamma.

    Args:
        customers: A summary of transactions, of which it is known whether they come in clumps; or a
            table of frequency, recency, T and perhaps monetary_value.
        model: `bg_nbd`, `mbg_nbd`, `pareto_nbd` or `nbd`.
        regularity: Of gaps between purchases; that of the summary, if not said.
        falls_back: Whether NBD takes the model's place where nobody is seen to leave.

    Raises:
        ValueError: There is no such model, or rows hold what cannot be.
    """
    if model not in MODELS:
        raise ValueError(f"there is no model {model!r}, but {', '.join(MODELS)}")
    table = customers.customers if isinstance(customers, Summary) else customers
    histories = Histories.of(table)
    notes: list[str] = []
    codes: list[str] = []
    purchases: Fitted[Any] | None = None
    spend: Fitted[GammaGamma] | None = None
    try:
        if isinstance(customers, Summary) and regularity is None:
            regularity = customers.regularity
        refuse_clumped(nan if regularity is None else regularity)
        purchases = fit_purchases(MODELS[model], histories)
    except ModelDoesNotHold as why:
        notes.append(str(why))
        codes.append(why.code)
        if falls_back and why.code == "nobody_leaves":
            purchases = _fallback(histories, notes, codes)
    if "monetary_value" in table:
        try:
            spend = fit_gamma_gamma(table)
            notes += _doubts(table)
        except ModelDoesNotHold as why:
            notes.append(str(why))
            codes.append(why.code)
    return LifetimeValue(purchases, spend, tuple(notes), tuple(codes))


def _fallback(histories: Histories, notes: list[str], codes: list[str]) -> Fitted[Any] | None:
    try:
        fitted = fit_purchases(Nbd, histories)
    except ModelDoesNotHold as why:
        notes.append(f"nbd in its place: {why}")
        codes.append(why.code)
        return None
    notes.append("nbd takes its place, in which nobody leaves")
    return fitted


def _doubts(table: pd.DataFrame) -> list[str]:
    told = table[(table["frequency"] > 0) & (table["monetary_value"] > 0)]
    correlation = float(told["frequency"].corr(told["monetary_value"].astype(float)))
    if not abs(correlation) > _MOST_CORRELATED:
        return []
    return [
        f"who buys more often spends {'more' if correlation > 0 else 'less'} a purchase "
        f"(correlation {correlation:.2f}); gamma_gamma takes the two to be independent"
    ]
