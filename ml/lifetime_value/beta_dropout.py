"""Purchases to come where a customer may leave after each: what BG/NBD and MBG/NBD share.

Of a customer who is there, the rate of purchases is gamma distributed (shape R, rate A) and the
chance to leave after each is beta distributed (a, B). Source: Fader, Hardie and Lee (2005),
equations 9 and 10; here after Euler's transformation of the hypergeometric function, whose
parameters stay small however often somebody bought.
"""

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import hyp2f1

from ml.lifetime_value.grouped import Numbers

_NODES, _WEIGHTS = leggauss(32)
# So near to 1 the closed form divides zero by zero.
_NEARLY_ONE = 1e-5
_SMALL = 1e-2
_ASIDE = 1e-5


def expected_while_alive(
    shape: Numbers, rate: Numbers, a: float, b: Numbers, horizon: Numbers
) -> Numbers:
    """Expected purchases within a horizon of customers who are there at its begin.

    Args:
        shape: R, one a customer.
        rate: A, in units of time.
        a: First parameter of the beta distribution.
        b: Second, one a customer.
        horizon: From now, in units of time; one or one a customer.
    """
    shape, rate, b, horizon = np.broadcast_arrays(shape, rate, b, horizon)
    expected = np.zeros(shape.shape)
    c = a + b - 1
    is_closed = (c > _SMALL) & (abs(a - 1) > _NEARLY_ONE)
    for rows, reckon, second in ((is_closed, _closed, c), (~is_closed, _integrated, b)):
        known = (rate[rows], a, second[rows], horizon[rows])
        value = reckon(shape[rows], *known)
        if not np.isfinite(value).all():
            # scipy's series is lost where shape - a is whole and the horizon long. A little to
            # either side it is not, and the mean of both is right to ten digits.
            sides = [reckon(shape[rows] * (1 + step), *known) for step in (-_ASIDE, _ASIDE)]
            value = np.where(np.isfinite(value), value, sum(sides) / 2)
        expected[rows] = value
    return expected


def _closed(shape: Numbers, rate: Numbers, a: float, c: Numbers, horizon: Numbers) -> Numbers:
    growth = np.log1p(horizon / rate)
    series = hyp2f1(c - shape, a - 1, c, -np.expm1(-growth))
    value: Numbers = c / (a - 1) * (1 - np.exp(-(a - 1) * growth) * series)
    return value


def _integrated(shape: Numbers, rate: Numbers, a: float, b: Numbers, horizon: Numbers) -> Numbers:
    """The same as an integral over the logarithm of time, which no parameter makes singular."""
    half = np.log1p(horizon / rate) / 2
    log_time = half[:, None] * (1 + _NODES)
    series = hyp2f1(a, (a + b - shape - 1)[:, None], (a + b)[:, None], -np.expm1(-log_time))
    value: Numbers = shape * half * (np.exp((1 - a) * log_time) * series @ _WEIGHTS)
    return value
