"""Do customers buy by steady chance, as if by a timetable, or in clumps?

Sources: Greenwood, The statistical study of infectious diseases, Journal of the Royal Statistical
Society 109 (1946); Wheat and Morrison, Estimating purchase regularity with two interpurchase times,
Journal of Marketing Research 27 (1990), which is the same for two gaps.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from ml.lifetime_value.grouped import Numbers

_FEWEST = 30
_LOWEST, _HIGHEST = 1e-3, 1e3


def regularity(customers: NDArray[np.intp], times: Numbers) -> float:
    """The shape k of gaps between purchases: 1 is steady chance, more is regular, less is clumped.

    Were the n gaps of a customer gamma distributed with this shape, their shares in the time from
    first to last purchase would be Dirichlet distributed, whatever the customer's rate, and the sum
    of their squares (k + 1) / (n k + 1) on average.

    Args:
        customers: Of each purchase, in order of customer and time.
        times: Of each purchase, in any unit.

    Returns:
        The shape, 0.001 to 1000; NaN with fewer than 30 customers who have two gaps or more.
    """
    within = customers[1:] == customers[:-1]
    owner, gap = customers[1:][within], np.diff(times)[within]
    sums = (np.bincount(owner, part) for part in (np.ones(len(gap)), gap**2, gap))
    return shape_of_gaps(*(np.asarray(part, dtype=float) for part in sums))


def shape_of_gaps(gap_count: Numbers, gap_square_sum: Numbers, gap_sum: Numbers) -> float:
    """The same from what is known of each customer's gaps: how many, their squares, their sum."""
    told = gap_count > 1
    if told.sum() < _FEWEST:
        return float("nan")
    n = gap_count[told]
    # By the number of gaps, so that those who buy often do not vanish in the sum.
    seen = float((n * gap_square_sum[told] / gap_sum[told] ** 2).sum())

    def surplus(k: float) -> float:
        return float((n * (k + 1) / (n * k + 1)).sum()) - seen

    if surplus(_HIGHEST) > 0:
        return _HIGHEST
    return float(brentq(surplus, _LOWEST, _HIGHEST)) if surplus(_LOWEST) > 0 else _LOWEST
