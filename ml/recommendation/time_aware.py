"""When a product will be bought again, by how long after a purchase the next ones come."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

from ml.recommendation.buy_again import OwnPurchases
from ml.recommendation.interactions import Interactions
from ml.recommendation.ranking import Scores

Floats = NDArray[np.float64]

# A purchase is a child of one of so many before it, and of none with so many a day.
_PARENTS = 5
_IMMIGRANTS = 1e-3
# A product's kernel is shrunk to that of all as by so many purchases.
_PRIOR = 20.0
_ROUNDS = 15


class Kernel(NamedTuple):
    """How purchases of a product follow from one, shape (n_products,) each.

    Attributes:
        children: how many follow in all.
        decay_days: the mean time to those that may come at any time.
        in_rhythm: the share of those that come after about the same time each.
        period_days: that time.
        spread_days: its standard deviation.
    """

    children: Floats
    decay_days: Floats
    in_rhythm: Floats
    period_days: Floats
    spread_days: Floats

    def of(self, product: NDArray[np.int32]) -> "Kernel":
        """That of each entry's product."""
        return Kernel(*(values[product] for values in self))

    def until(self, days: Floats) -> Floats:
        """The share of children that come within so many days."""
        any_time = -np.expm1(-days / self.decay_days)
        begins = special.ndtr(-self.period_days / self.spread_days)
        rhythm = special.ndtr((days - self.period_days) / self.spread_days) - begins
        told: Floats = (1 - self.in_rhythm) * any_time + self.in_rhythm * rhythm
        return told


class TimeAware(OwnPurchases):
    """Ranks what the customer has bought by the purchases that are to follow in the next days.

    The time-aware weights of items of Romanov, Lashinin, Ananyeva and Kolesnikov (2023), Time-Aware
    Item Weighting for the Next Basket Recommendations: a purchase makes others of the product
    likelier, soon after (exponential) or at its rhythm (normal), each product with a kernel of its
    own, as in the Hawkes process of SLRC (Wang and others 2019, Modeling Item-Specific Temporal
    Dynamics of Repeat Consumption for Recommender Systems). Kernels are fitted by expectation
    maximisation (Veen and Schoenberg 2008) and not by gradient descent; no network is around them.

    Attributes:
        kernel_: of each product.
    """

    def __init__(self, horizon_days: float = 28.0, popularity: float = 0.1) -> None:
        """What is counted.

        Args:
            horizon_days: purchases in so many days from now.
            popularity: the power of the popularity of late.
        """
        self.horizon_days = horizon_days
        self.popularity = popularity

    def _fit(self, interactions: Interactions) -> None:
        super()._fit(interactions)
        self.kernel_ = tuple(_fitted(interactions))

    def scores(self, histories: Interactions) -> Scores:
        """Purchases that are to follow from those that were, sparse."""
        customer, product, age = _purchases(histories)
        kernel = Kernel(*self.kernel_).of(product)
        follow = kernel.until(age + self.horizon_days) - kernel.until(age)
        told = (kernel.children * follow * self.liked_[product]).astype(np.float32)
        return sparse.csr_array(
            sparse.coo_array((told, (customer, product)), shape=histories.shape)
        )


def _purchases(interactions: Interactions) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
    """Customer, product and age of each, once a day, the oldest of a customer's product first."""
    kept = np.flatnonzero(interactions.is_purchase)
    customer, product = interactions.customer[kept], interactions.product[kept]
    age = interactions.age[kept].astype(np.float64)
    order = np.lexsort((-age, product, customer))
    customer, product, age = customer[order], product[order], age[order]
    is_other = np.ones(len(order), dtype=np.bool_)
    is_other[1:] = (np.diff(customer) != 0) | (np.diff(product) != 0) | (np.diff(age) != 0)
    return customer[is_other], product[is_other], age[is_other]


def _fitted(interactions: Interactions) -> Kernel:
    """The kernels by which the purchases that were followed from one another most likely."""
    customer, product, age = _purchases(interactions)
    child, gap = _pairs(customer, product, age)
    of = product[child]
    n = interactions.shape[1]

    def total(entries: NDArray[np.int32], values: Floats) -> Floats:
        return np.bincount(entries, weights=values, minlength=n).astype(np.float64)

    kernel = Kernel(*(np.full(n, value) for value in (0.3, 60.0, 0.3, 28.0, 14.0)))
    for _ in range(_ROUNDS):
        k = kernel.of(of)
        soon = k.children * (1 - k.in_rhythm) * np.exp(-gap / k.decay_days) / k.decay_days
        off = (gap - k.period_days) / k.spread_days
        due = k.children * k.in_rhythm * np.exp(-(off**2) / 2) / (k.spread_days * _ROOT)
        # Whose child a purchase is, each possible parent having a share of it.
        every = np.bincount(child, weights=soon + due, minlength=len(product)) + _IMMIGRANTS
        soon, due = soon / every[child], due / every[child]
        any_time, rhythm = total(of, soon), total(of, due)
        seen = total(product, kernel.of(product).until(age))
        period = _mean(total(of, due * gap), rhythm)
        spread = _mean(total(of, due * (gap - period[of]) ** 2), rhythm)
        kernel = Kernel(
            children=_mean(any_time + rhythm, seen),
            decay_days=np.maximum(_mean(total(of, soon * gap), any_time), 1),
            in_rhythm=_mean(rhythm, any_time + rhythm),
            period_days=period,
            spread_days=np.sqrt(np.maximum(spread, 1)),
        )
    return kernel


_ROOT = float(np.sqrt(2 * np.pi))


def _pairs(
    customer: NDArray[np.int32], product: NDArray[np.int32], age: Floats
) -> tuple[NDArray[np.intp], Floats]:
    """Purchases with each of those before it of the same customer and product, and days between."""
    children, gaps = [np.empty(0, dtype=np.intp)], [np.empty(0)]
    for back in range(1, _PARENTS + 1):
        same = (customer[back:] == customer[:-back]) & (product[back:] == product[:-back])
        child = np.flatnonzero(same) + back
        children.append(child)
        gaps.append(age[child - back] - age[child])
    return np.concatenate(children), np.concatenate(gaps)


def _mean(total: Floats, count: Floats) -> Floats:
    """The mean of each product, shrunk to that of all."""
    of_all = total.sum() / max(1e-9, count.sum())
    told: Floats = (total + _PRIOR * of_all) / (count + _PRIOR)
    return told
