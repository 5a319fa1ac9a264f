"""Maximum likelihood: several starts, analytic gradients, standard errors, and an honest end.

Parameters are positive, so their logarithms are sought; those in units of time or money are
measured by the data's own, so that neither clock nor currency changes the search.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

import numpy as np
from scipy.optimize import minimize

from ml.lifetime_value.grouped import Numbers
from ml.lifetime_value.refusals import FURTHEST, ModelDoesNotHold, refuse_boundary

# The search may go a little beyond what is accepted, so that a boundary is seen as one.
_LOG_FURTHEST = float(np.log(10 * FURTHEST))
# Rows that are enough to tell starts apart.
_FEW_ROWS = 5_000
_STEP = 1e-4
# Of the mean log-likelihood a customer, by log-parameter.
_FLAT = 1e-5

Model = TypeVar("Model")


class Data(Protocol):
    """What a model is fitted to: weighted rows."""

    @property
    def weight(self) -> Numbers:
        """How many customers each row stands for."""
        ...

    def __len__(self) -> int:
        """Rows."""
        ...

    def take(self, rows: slice) -> Self:
        """Some of the rows."""
        ...


@dataclass(frozen=True)
class Fitted(Generic[Model]):
    """A model at the maximum of its likelihood.

    Attributes:
        model: With its parameters.
        log_likelihood: Natural logarithm, of all customers.
        parameters: By name.
        standard_errors: By name, from the observed information.
        log_covariance: Of the logarithms of the parameters, in their order.
        customers: How many it was fitted to.
    """

    model: Model
    log_likelihood: float
    parameters: Mapping[str, float]
    standard_errors: Mapping[str, float]
    log_covariance: Numbers
    customers: int


Rows = TypeVar("Rows", bound=Data)
Likelihood = Callable[[Numbers, Rows], tuple[float, Numbers]]


def maximise(
    likelihood: Likelihood[Rows],
    make: Callable[..., Model],
    data: Rows,
    scales: Mapping[str, float],
    starts: Sequence[Sequence[float]],
    refuse: Callable[[Model], None] = lambda _: None,
) -> Fitted[Model]:
    """Finds the parameters that make the data most likely.

    Args:
        likelihood: Of parameters and data: log-likelihood and its gradient by parameter.
        make: Makes the model from the parameters, in order.
        data: Grouped rows.
        scales: By name and in order, the unit each parameter is measured in.
        starts: Parameters to begin with, in these units.
        refuse: Raises where a model says something that cannot be used, before its parameters are
            looked at one by one.

    Raises:
        ModelDoesNotHold: The maximum lies on the boundary, is not to be found, or is no maximum.
    """
    unit = np.array([*scales.values()])
    few = data.take(slice(None, None, max(1, len(data) // _FEW_ROWS)))
    tried = [_search(likelihood, np.log(start), unit, few) for start in starts]
    best = min(tried, key=lambda one: one[1])[0]
    if len(few) < len(data):
        best = _search(likelihood, best, unit, data)[0]
    values = np.exp(best) * unit
    parameters = dict(zip(scales, (float(value) for value in values), strict=True))
    refuse(make(*values))
    refuse_boundary(parameters, scales)
    gradient = _mean_loss(likelihood, best, unit, data)[1]
    if not np.abs(gradient).max() < _FLAT:
        raise ModelDoesNotHold("not_converged", "the search for the maximum stopped on a slope")
    covariance = _covariance(likelihood, best, unit, data)
    errors = values * np.sqrt(np.diag(covariance))
    return Fitted(
        make(*parameters.values()),
        float(likelihood(values, data)[0]),
        parameters,
        dict(zip(scales, (float(error) for error in errors), strict=True)),
        covariance,
        round(float(data.weight.sum())),
    )


def _search(
    likelihood: Likelihood[Rows], start: Numbers, unit: Numbers, data: Rows
) -> tuple[Numbers, float]:
    found = minimize(
        lambda logs: _mean_loss(likelihood, logs, unit, data),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-_LOG_FURTHEST, _LOG_FURTHEST)] * len(start),
        options={"maxiter": 500, "maxcor": 20, "ftol": 1e-15, "gtol": 1e-8},
    )
    return np.asarray(found.x, dtype=float), float(found.fun)


def _mean_loss(
    likelihood: Likelihood[Rows], logs: Numbers, unit: Numbers, data: Rows
) -> tuple[float, Numbers]:
    values = np.exp(logs) * unit
    total, gradient = likelihood(values, data)
    size = data.weight.sum()
    return -total / size, -gradient * values / size


def _covariance(likelihood: Likelihood[Rows], logs: Numbers, unit: Numbers, data: Rows) -> Numbers:
    """The inverse of the observed information, by central differences of the gradient."""
    steps = np.eye(len(logs)) * _STEP
    rows = [
        _mean_loss(likelihood, logs + step, unit, data)[1]
        - _mean_loss(likelihood, logs - step, unit, data)[1]
        for step in steps
    ]
    information = np.array(rows) / (2 * _STEP)
    information = (information + information.T) / 2 * data.weight.sum()
    curvature, directions = np.linalg.eigh(information)
    if not curvature[0] > 1e-9 * curvature[-1]:
        raise ModelDoesNotHold("boundary", "the likelihood is flat around its maximum")
    return np.asarray(directions / curvature @ directions.T, dtype=float)
