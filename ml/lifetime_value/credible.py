"""How sure a model of purchases is: parameters drawn from their posterior (extra `bayes`).

Standard errors of maximum likelihood hold for many customers; the likelihood of a shop of fifty is
no bell. PyMC-Marketing draws parameters by Markov chains, and what each draw expects of a customer
is told by the same formulas as ever, so that an interval holds what is not known of the parameters.
What chance does to a customer beside that is another matter: `purchase_interval`.

Priors are half-Cauchy, which say little (Gelman, Prior distributions for variance parameters in
hierarchical models, Bayesian Analysis 1, 2006). Times are measured by the mean time of observation
while drawing, so that they say the same by any clock.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from ml import schemas
from ml.extras import importing
from ml.lifetime_value.grouped import Histories, Numbers
from ml.lifetime_value.models import MODELS
from ml.lifetime_value.summary import Summary
from ml.threads import one_thread

LIBRARY = "pymc_marketing"
# The classes there, by our names.
_DRAWN_BY: Mapping[str, str] = {
    "bg_nbd": "BetaGeoModel",
    "mbg_nbd": "ModifiedBetaGeoModel",
    "pareto_nbd": "ParetoNBDModel",
}
_PRIOR_SCALE = 5.0
# Beyond this, chains tell of different places (Vehtari and others, Rank-normalization, folding, and
# localization: an improved R-hat, Bayesian Analysis 16, 2021).
_MOST_R_HAT = 1.01


@dataclass(frozen=True)
class Posterior:
    """Draws of the parameters of a model of purchases.

    Attributes:
        model: One of `MODELS`.
        draws: A row a draw of all chains, a column a parameter; times in the clock's unit.
        customers: To how many the model was fitted; intervals are as wide as so many leave them.
        r_hat: The largest of all parameters; 1 when chains agree.
    """

    model: str
    draws: pd.DataFrame
    customers: int
    r_hat: float

    @property
    def has_converged(self) -> bool:
        """Whether chains agree, so that there are draws enough."""
        return self.r_hat <= _MOST_R_HAT

    def intervals(self, level: float = 0.9) -> pd.DataFrame:
        """Parameters, a row each: `mean`, `lower` and `upper` of the middle `level` of draws."""
        lower, upper = _ends(level)
        return pd.DataFrame(
            {
                "mean": self.draws.mean(),
                "lower": self.draws.quantile(lower),
                "upper": self.draws.quantile(upper),
            }
        )

    def predict(
        self, customers: pd.DataFrame, horizon: float, level: float = 0.9, most_draws: int = 400
    ) -> pd.DataFrame:
        """What is expected of each customer, as far as the parameters are known.

        Args:
            customers: `customer_id`, `frequency`, `recency` and `T`, in the clock's unit.
            horizon: In units of the clock, from the end of observation.
            level: How much of the draws lies between the ends.
            most_draws: So many are asked, evenly apart.

        Returns:
            One row a customer in their order: `customer_id`, `probability_alive` and
            `expected_purchases`, means of the draws that are asked, with `…_lower` and `…_upper`.

        Raises:
            ValueError: A column is missing or holds what cannot be.
        """
        schemas.require_columns(customers, ["customer_id"], "customers")
        histories, place = Histories.of(customers).grouped()
        chosen = np.linspace(0, len(self.draws) - 1, min(most_draws, len(self.draws))).astype(int)
        models = [MODELS[self.model](*parameters) for parameters in self.draws.to_numpy()[chosen]]
        table: dict[str, Any] = {"customer_id": customers["customer_id"].to_numpy()}
        with one_thread():
            told = {
                "probability_alive": [one.probability_alive(histories) for one in models],
                "expected_purchases": [
                    one.expected_purchases(histories, horizon) for one in models
                ],
            }
        for name, by_draw in told.items():
            lower, upper = np.quantile(by_draw, _ends(level), axis=0)
            table[name] = np.mean(by_draw, axis=0)[place]
            table[f"{name}_lower"], table[f"{name}_upper"] = lower[place], upper[place]
        return pd.DataFrame(table)


def draw_posterior(
    customers: Summary | pd.DataFrame,
    model: str = "mbg_nbd",
    *,
    draws: int = 1_000,
    chains: int = 2,
    seed: int = 0,
    most_customers: int = 3_000,
) -> Posterior:
    """Draws the parameters of a model of purchases.

    Args:
        customers: A summary of transactions, or a table of frequency, recency and T.
        model: `bg_nbd`, `mbg_nbd` or `pareto_nbd`.
        draws: Of each chain, after as many that are thrown away.
        chains: Two at least, to see whether they agree.
        seed: Of the draws.
        most_customers: Of more, so many are drawn, since each costs time at each step: intervals
            are wider then than those of all.

    Raises:
        ValueError: There is no such model, or rows hold what cannot be.
        ModuleNotFoundError: The extra is not installed.
    """
    if model not in _DRAWN_BY:
        raise ValueError(f"parameters are drawn of {', '.join(_DRAWN_BY)}, not of {model!r}")
    table = customers.customers if isinstance(customers, Summary) else customers
    histories = Histories.of(table)
    if len(histories) > most_customers:
        # In an order of their own, so that the same are drawn however rows come.
        ordered = np.lexsort((histories.observed, histories.recency, histories.frequency))
        some = np.random.default_rng(seed).choice(len(histories), most_customers, replace=False)
        histories = histories.take(ordered[np.sort(some)])
    unit = float(histories.observed.mean())
    kind = MODELS[model]
    names = [field.name for field in fields(kind)]
    drawn, r_hat = _drawn(_DRAWN_BY[model], names, histories, unit, (draws, chains, seed))
    in_clock = {
        name: values.ravel() * (unit if name in kind.in_time else 1.0)
        for name, values in drawn.items()
    }
    return Posterior(model, pd.DataFrame(in_clock), len(histories), r_hat)


def _drawn(
    class_name: str,
    names: list[str],
    histories: Histories,
    unit: float,
    how: tuple[int, int, int],
) -> tuple[dict[str, Numbers], float]:
    """Draws by parameter, shape (chains, draws), with times by the unit; and the largest R-hat."""
    with importing(LIBRARY, "credible intervals need"):
        from pymc.stats import rhat
        from pymc_extras.prior import Prior
        from pymc_marketing import clv
    rows = pd.DataFrame(
        {
            "customer_id": np.arange(len(histories)),
            "frequency": histories.frequency,
            "recency": histories.recency / unit,
            "T": histories.observed / unit,
        }
    )
    draws, chains, seed = how
    prior = Prior("HalfCauchy", beta=_PRIOR_SCALE)
    fitted = getattr(clv, class_name)(rows, model_config=dict.fromkeys(names, prior))
    # What it says of chains is r_hat, for the caller to judge.
    quiet = logging.getLogger("pymc")
    level = quiet.level
    quiet.setLevel(logging.CRITICAL)
    try:
        fitted.fit(
            method="mcmc",
            draws=draws,
            tune=draws,
            chains=chains,
            cores=1,
            random_seed=seed,
            progressbar=False,
        )
    finally:
        quiet.setLevel(level)
    posterior = fitted.fit_result[names]
    agreement = rhat(posterior)
    by_name = {name: np.asarray(posterior[name], dtype=np.float64) for name in names}
    return by_name, max(float(agreement[name]) for name in names)


def _ends(level: float) -> tuple[float, float]:
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    return (1 - level) / 2, (1 + level) / 2
