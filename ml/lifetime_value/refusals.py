"""Where a model of purchases or spend does not hold, said in words instead of figures."""

from collections.abc import Mapping

import numpy as np

from ml.lifetime_value.grouped import Numbers

MINIMUM_REPEATERS = 30
"""Below it a heterogeneity of rates cannot be told from chance: fits stop anywhere."""

FURTHEST = 1e3
"""A parameter so many times its scale, or so small a part of it, lies on the boundary: there the
likelihood is flat, the optimiser still reports success, and the figure means nothing."""

LEAST_DROPOUT = 1e-3
"""Below this chance of leaving after a purchase nobody is seen to leave."""

CLUMPED_BELOW = 0.5
"""Regularity of gaps between purchases below which they come in clumps: a customer's rate is not
steady, and recency does not tell who has left. Steady chance is 1, CDNOW has 1.04."""

WORST_CALIBRATION = 0.25
"""A model that misses the purchases it was fitted to by more than this share does not hold."""


WORST_FREQUENCIES = 0.1
"""Share of customers who bought another number of times than the model says, above which it does
not hold; and what chance may add among so many, 1 / √customers. CDNOW has 0.02."""


class ModelDoesNotHold(ValueError):  # noqa: N818 - it says what is the case, like StopIteration.
    """The model cannot be used for these customers.

    Attributes:
        code: `few_repeaters`, `nobody_leaves`, `boundary`, `not_converged`, `clumped_buying`,
            `misses_calibration`, `other_frequencies` or `infinite_mean`.
    """

    def __init__(self, code: str, why: str) -> None:
        """Keeps a code for programs and a sentence for people."""
        super().__init__(why)
        self.code = code


def refuse_few_repeaters(repeaters: float, model: str, how: str = "bought again") -> None:
    """Refuses to fit to next to nobody."""
    if repeaters < MINIMUM_REPEATERS:
        raise ModelDoesNotHold(
            "few_repeaters",
            f"{model} is not fitted: {repeaters:.0f} customers {how}, and {MINIMUM_REPEATERS} are "
            "needed",
        )


def refuse_boundary(parameters: Mapping[str, float], scales: Mapping[str, float]) -> None:
    """Refuses parameters that went off to zero or to infinity.

    Args:
        parameters: As they were found.
        scales: What each is measured by: mean time observed for those in units of time, mean spend
            for those in money, else 1.
    """
    far = {
        name: value
        for name, value in parameters.items()
        if not 1 / FURTHEST <= value / scales[name] <= FURTHEST
    }
    if far:
        figures = ", ".join(f"{name} = {value:.3g}" for name, value in far.items())
        raise ModelDoesNotHold(
            "boundary",
            f"the likelihood has its maximum on the boundary ({figures}): customers differ in "
            "nothing that the model could learn, or too few tell",
        )


def refuse_clumped(regularity: float) -> None:
    """Refuses customers whose purchases come in clumps; NaN, which is unknown, passes."""
    if regularity < CLUMPED_BELOW:
        raise ModelDoesNotHold(
            "clumped_buying",
            f"purchases come in clumps (regularity {regularity:.2f}, steady chance is 1, at least "
            f"{CLUMPED_BELOW} is needed): count those of one visit, project or season once, by "
            "a clock with a longer tick",
        )


def refuse_missed_calibration(expected: float, actual: float) -> None:
    """Refuses a model that does not add up to the purchases it was fitted to."""
    if abs(expected / actual - 1) > WORST_CALIBRATION:
        raise ModelDoesNotHold(
            "misses_calibration",
            f"the model says {expected:,.0f} repeat purchases where there were {actual:,.0f}",
        )


def refuse_other_frequencies(expected: Numbers, actual: Numbers) -> None:
    """Refuses a model by which customers would buy another number of times than they did.

    Args:
        expected: Customers by number of repeat purchases.
        actual: Likewise.
    """
    elsewhere = float(np.abs(expected - actual).sum() / 2 / actual.sum())
    if elsewhere > WORST_FREQUENCIES + actual.sum() ** -0.5:
        raise ModelDoesNotHold(
            "other_frequencies",
            f"{elsewhere:.0%} of the customers bought another number of times than the model says: "
            "their purchases do not come by steady chance, but in clumps or by a timetable",
        )
