"""What a customer buys anyway: the strongest rules where purchases repeat."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.interactions import Interactions, Positions
from ml.recommendation.ranking import NONE, Ranking, Scores, at
from ml.recommendation.recommender import Reasons, Recommender

TIES = 1e-3
"""A weight of popularity so low that it only tells apart what was bought alike."""

# Of products that nobody bought lately something is left, so that their order stays.
_LEAST_LIKED = 0.01
# What is bought lately, in days: four weeks hold each weekday as often.
_LATELY = 28.0


class OwnPurchases(Recommender):
    """Ranks what the customer has bought.

    Attributes:
        liked_: shape (n_products,), factor by how many bought each lately, 1 for most.
    """

    reason = "own_purchases"
    popularity: float

    def _fit(self, interactions: Interactions) -> None:
        lately = interactions.purchases(oldest_days=_LATELY)
        buyers = np.bincount(lately.indices, minlength=lately.shape[1])
        share = buyers / max(1, buyers.max(initial=0))
        liked = ((share + _LEAST_LIKED) / (1 + _LEAST_LIKED)) ** self.popularity
        self.liked_ = liked.astype(np.float32)

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """The product itself, and how often it was bought."""
        return own_reasons(histories, ranking)


class BuyAgain(OwnPurchases):
    """Ranks what the customer has bought by how often, the latest purchases counting most.

    The personal top of Hu, He, Gao and Zhang (2020), Modeling Personalized Item Frequency
    Information for Next-basket Recommendation, section 3, with the decay of purchases by age, and
    times how many bought the product lately, to a power.
    """

    def __init__(self, half_life_days: float | None = 90.0, popularity: float = 0.2) -> None:
        """What counts how much.

        Args:
            half_life_days: a purchase of this age counts half; None for all alike.
            popularity: the power of the popularity of late: it says what is out of season or gone.
        """
        self.half_life_days = half_life_days
        self.popularity = popularity

    def scores(self, histories: Interactions) -> Scores:
        """The decayed count of purchases, sparse."""
        counts = histories.purchases(self.half_life_days)
        told = counts.data * self.liked_[counts.indices]
        return sparse.csr_array((told, counts.indices, counts.indptr), shape=counts.shape)


class DueAgain(OwnPurchases):
    """Ranks what the customer has bought by how often in a time, if it is not overdue.

    Bhagat, Muralidharan, Lobzhanidze and Vishwanath (2018), Buy It Again: Modeling Repeat Purchase
    Recommendations: the rate of purchases of the Poisson-gamma model (section 4.3), the prior
    being the share of buyers who buy the product again (4.1). What has not been bought for longer
    than the usual gap, the customer's for it shrunk to the product's, is going out of use.

    Attributes:
        repeaters_: shape (n_products,), the share of buyers who bought again, shrunk to all's.
        gap_: shape (n_products,), mean days between two purchases, likewise.
    """

    def __init__(
        self, prior_days: float = 120.0, lateness: float = 1.0, popularity: float = 0.1
    ) -> None:
        """What counts how much.

        Args:
            prior_days: the prior weighs as much as so many days.
            lateness: the power of how many usual gaps have gone by without a purchase.
            popularity: the power of the popularity of late.
        """
        self.prior_days = prior_days
        self.lateness = lateness
        self.popularity = popularity

    def _fit(self, interactions: Interactions) -> None:
        super()._fit(interactions)
        rhythm = _rhythm(interactions)
        products = interactions.shape[1]

        def by_product(values: NDArray[np.float64]) -> NDArray[np.float64]:
            told: NDArray[np.float64] = np.bincount(
                rhythm.product, weights=values, minlength=products
            ).astype(np.float64)
            return told

        again = (rhythm.purchases - 1).astype(np.float64)
        buyers = by_product(np.ones(len(again)))
        self.repeaters_ = _shrunk(by_product(np.minimum(again, 1)), buyers)
        self.gap_ = _shrunk(by_product(rhythm.first - rhythm.last), by_product(again))

    def scores(self, histories: Interactions) -> Scores:
        """Purchases a day, sparse."""
        of = _rhythm(histories)
        again = (of.purchases - 1).astype(np.float64)
        rate = (again + self.repeaters_[of.product]) / (of.first + self.prior_days)
        gap = of.first - of.last + _OWN_GAPS * self.gap_[of.product]
        gaps_gone = of.last * (again + _OWN_GAPS) / np.maximum(gap, 1e-9)
        told = rate * np.maximum(gaps_gone, 1) ** -self.lateness * self.liked_[of.product]
        entries = (told.astype(np.float32), (of.customer, of.product))
        return sparse.csr_array(sparse.coo_array(entries, shape=histories.shape))


# A product's share and gap are shrunk to those of all products as by so many more buyers and gaps;
# a customer's gap to the product's as by so many more gaps.
_BUYERS = 5.0
_OWN_GAPS = 2.0


class _Rhythm(NamedTuple):
    """One entry a customer and product.

    Attributes:
        customer: shape (n,), positions, ascending.
        product: shape (n,), positions.
        purchases: shape (n,), days with a purchase.
        first: shape (n,), days since the first.
        last: shape (n,), days since the last.
    """

    customer: Positions
    product: Positions
    purchases: NDArray[np.int64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]


def own_reasons(histories: Interactions, ranking: Ranking) -> Reasons:
    """Of products that the customer has bought: themselves, and how often."""
    counts = at(histories.purchases(), ranking.products).astype(np.int64)
    return Reasons(np.where(counts > 0, ranking.products, NONE).astype(np.int32), counts)


def _rhythm(interactions: Interactions) -> _Rhythm:
    """When each customer bought each product."""
    bought = np.flatnonzero(interactions.is_purchase)
    customer, product = interactions.customer[bought], interactions.product[bought]
    age = interactions.age[bought].astype(np.float64)
    order = np.lexsort((age, product, customer))
    customer, product, age = customer[order], product[order], age[order]
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (customer[1:] != customer[:-1]) | (product[1:] != product[:-1])
    other_day = begins.copy()
    other_day[1:] |= age[1:] != age[:-1]
    start = np.flatnonzero(begins)
    end = np.append(start, len(order))[1:] - 1
    days = np.cumsum(other_day)
    return _Rhythm(
        customer[start], product[start], days[end] - days[start] + 1, age[end], age[start]
    )


def _shrunk(total: NDArray[np.float64], count: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each product, as if it had some more of the mean of all."""
    mean = total.sum() / max(1.0, count.sum())
    told: NDArray[np.float64] = (total + _BUYERS * mean) / (count + _BUYERS)
    return told
