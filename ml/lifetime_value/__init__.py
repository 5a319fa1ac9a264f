"""Customer lifetime value: how often customers will buy, if they are still there, for how much.

Purchases follow BG/NBD, MBG/NBD or Pareto/NBD, spend follows Gamma-Gamma; all are fitted by maximum
likelihood. A model that does not hold is refused with a reason; where only nobody is seen to leave,
NBD takes its place and says so.

    summary = summarise_transactions(transactions, WEEKLY, calibrated_until="2025-06-30")
    fitted = fit_lifetime_value(summary)
    fitted.predict(summary.customers, horizon=52, rate=WEEKLY.rate(yearly=0.1))
    track_holdout(summary, fitted).figures

`frequency` counts repeat purchases; `recency` is the time from the first purchase to the last, `T`
that to the end of observation, both in the clock's unit; `monetary_value` is the mean value of
repeat purchases.
"""

from ml.lifetime_value.chances import purchase_chance, purchase_interval
from ml.lifetime_value.clock import DAILY, DAYS_IN_WEEKS, WEEKLY, Clock
from ml.lifetime_value.cohorts import cohort_months
from ml.lifetime_value.credible import Posterior, draw_posterior
from ml.lifetime_value.fitting import Fitted
from ml.lifetime_value.frequencies import frequency_counts
from ml.lifetime_value.grouped import Histories
from ml.lifetime_value.holdout import HoldoutTracking, track_holdout
from ml.lifetime_value.lifetime import LifetimeValue, fit_lifetime_value
from ml.lifetime_value.models import (
    MODELS,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_mbg_nbd,
    fit_nbd,
    fit_pareto_nbd,
)
from ml.lifetime_value.refusals import ModelDoesNotHold
from ml.lifetime_value.summary import Summary, SwallowedPurchases, summarise_transactions
from ml.lifetime_value.value import discounted_purchases

__all__ = [
    "DAILY",
    "DAYS_IN_WEEKS",
    "MODELS",
    "WEEKLY",
    "Clock",
    "Fitted",
    "Histories",
    "HoldoutTracking",
    "LifetimeValue",
    "ModelDoesNotHold",
    "Posterior",
    "Summary",
    "SwallowedPurchases",
    "cohort_months",
    "discounted_purchases",
    "draw_posterior",
    "fit_bg_nbd",
    "fit_gamma_gamma",
    "fit_lifetime_value",
    "fit_mbg_nbd",
    "fit_nbd",
    "fit_pareto_nbd",
    "frequency_counts",
    "purchase_chance",
    "purchase_interval",
    "summarise_transactions",
    "track_holdout",
]
