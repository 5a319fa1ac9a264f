"""What purchases to come are worth today."""

import numpy as np
from numpy.polynomial.legendre import leggauss

from ml.lifetime_value.grouped import Histories, Numbers
from ml.lifetime_value.purchase_model import PurchaseModel

_NODES, _WEIGHTS = leggauss(32)
# What comes so many times later than the discount halves, by e, is worth nothing.
_NOTHING = 40.0


def discounted_purchases(
    model: PurchaseModel, histories: Histories, horizon: float, rate: float = 0.0
) -> Numbers:
    """Expected purchases within a horizon, each worth less the later it comes.

    With δ = ln(1 + rate) a purchase after time t counts e^(-δt). Integrated by parts, that is
    e^(-δH) E(H) + δ ∫ e^(-δt) E(t) dt from 0 to the horizon H, where E(t) is what the model expects
    within t.

    Args:
        model: Of purchases.
        histories: Of the customers.
        horizon: In units of the clock; infinite with a rate above 0.
        rate: Discount a unit of time, .002 for 0.2 %.

    Raises:
        ValueError: The horizon is not above 0, or there is no end and no discount.
    """
    if not horizon > 0 or not rate >= 0:
        raise ValueError("a horizon is above 0, and a discount rate is not below it")
    force = np.log1p(rate)
    if force == 0:
        if np.isinf(horizon):
            raise ValueError("without a discount purchases without end have no finite worth")
        return model.expected_purchases(histories, horizon)
    end = min(horizon, _NOTHING / force)
    # Steps are even in the logarithm of time, for most of what changes does so soon.
    log_end = np.log1p(end)
    ages = np.expm1(log_end * (1 + _NODES) / 2)
    shares = force * np.exp(-force * ages) * (1 + ages) * log_end * _WEIGHTS / 2
    worth = np.exp(-force * end) * model.expected_purchases(histories, end)
    for age, share in zip(ages, shares, strict=True):
        worth = worth + share * model.expected_purchases(histories, age)
    return np.asarray(worth)
