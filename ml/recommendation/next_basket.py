"""What the next basket will hold: what baskets held until now, own ones and those of neighbours.

A basket is what a customer bought at one age. What was only looked at is in none.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.buy_again import own_reasons
from ml.recommendation.interactions import Interactions, Matrix, Positions
from ml.recommendation.neighbourhood import (
    REFERENCES,
    NeighbourRecommender,
    best_others,
    hashed,
    sample,
)
from ml.recommendation.ranking import NONE, Ranking, Scores
from ml.recommendation.recommender import Reasons, own_entries
from ml.recommendation.weighting import ones, unit_rows


class Baskets(NamedTuple):
    """One entry a product in a basket, each once.

    Attributes:
        customer: shape (n,), positions, ascending.
        product: shape (n,), positions.
        later: shape (n,), how many baskets the customer has after this one.
        baskets: shape (n_customers,), how many baskets each has.
        shape: customers and products.
    """

    customer: Positions
    product: Positions
    later: Positions
    baskets: Positions
    shape: tuple[int, int]

    def summed(self, value: NDArray[np.float32]) -> Matrix:
        """A value of each entry, summed by customer and product; what sums to 0 is not stored."""
        entries = sparse.coo_array((value, (self.customer, self.product)), shape=self.shape)
        summed: Matrix = entries.tocsr()
        summed.eliminate_zeros()
        return summed


def baskets(interactions: Interactions) -> Baskets:
    """The baskets of each customer, counted from the latest."""
    bought = np.flatnonzero(interactions.is_purchase)
    order = np.lexsort(
        (interactions.product[bought], interactions.age[bought], interactions.customer[bought])
    )
    bought = bought[order]
    customer, product = interactions.customer[bought], interactions.product[bought]
    is_first = _differs(customer)
    begins = is_first | _differs(interactions.age[bought])
    number = np.cumsum(begins)
    latest = np.maximum.accumulate(np.where(is_first, number, 0))
    once = begins | _differs(product)
    return Baskets(
        customer=customer[once],
        product=product[once],
        later=(number - latest)[once].astype(np.int32),
        baskets=np.bincount(customer[begins], minlength=interactions.shape[0]).astype(np.int32),
        shape=interactions.shape,
    )


def _differs(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Whether each differs from the one before; the first does."""
    differs = np.ones(len(values), dtype=np.bool_)
    differs[1:] = values[1:] != values[:-1]
    return differs


class UpCf(NeighbourRecommender):
    """Scores a product by the share of baskets that hold it, the customer's own and of neighbours.

    UP-CF@r of Faggioli, Polato and Aiolli (2020), Recency Aware Collaborative Filtering for Next
    Basket Recommendation: user-wise popularity in the latest r baskets, weighed by the asymmetric
    cosine of what is in them, to the power of the locality. The customer is a neighbour too, of
    likeness 1.
    """

    reason = "similar_customers"

    def __init__(
        self,
        latest: int | None = 25,
        locality: float = 5.0,
        asymmetry: float = 0.75,
        neighbours: int = 300,
        references: int = REFERENCES,
    ) -> None:
        """How baskets are counted and neighbours heard.

        Args:
            latest: so many baskets of each customer count, the paper's r; None for all.
            locality: the higher, the less neighbours say who are less alike, its q.
            asymmetry: 1 if a neighbour is whoever has all that the customer has, 0 if whoever has
                nothing else, its alpha.
            neighbours: so many of each customer are heard.
            references: neighbours are looked for among so many customers.
        """
        self.latest = latest
        self.locality = locality
        self.asymmetry = asymmetry
        self.neighbours = neighbours
        self.references = references

    def _fit(self, interactions: Interactions) -> None:
        known = sample(interactions, self.references)
        self.customers_ = hashed(known.customers)
        self.told_ = self._shares(known)
        self.by_product_ = ones(self.told_).T.tocsr()

    def nearest(self, histories: Interactions) -> Matrix:
        """The asymmetric cosine to the power of the locality."""
        own = ones(self._shares(histories))
        both = sparse.csr_array(own @ self.by_product_)
        has, other_has = np.diff(own.indptr), np.diff(self.told_.indptr)
        length = has[own_entries(both)] ** self.asymmetry
        length = length * other_has[both.indices] ** (1 - self.asymmetry)
        both.data = ((both.data / length) ** self.locality).astype(np.float32)
        return best_others(both, histories.customers, self.customers_, self.neighbours)

    def scores(self, histories: Interactions) -> Scores:
        """The customer's own shares and those of neighbours."""
        return sparse.csr_array(self._shares(histories) + super().scores(histories))

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """The customer's own purchases of the product, else neighbours who have it."""
        return _own_or_neighbours(histories, ranking, super().reasons(histories, ranking))

    def _shares(self, some: Interactions) -> Matrix:
        """The share of the latest baskets of each customer that hold each product."""
        held = baskets(some)
        latest = np.iinfo(np.int32).max if self.latest is None else self.latest
        share = 1 / np.maximum(1, np.minimum(held.baskets, latest))
        value = np.where(held.later < latest, share[held.customer], 0)
        return held.summed(value.astype(np.float32))


class TifuKnn(NeighbourRecommender):
    """Scores a product by how often and how lately baskets held it, the customer's and neighbours'.

    TIFU-kNN of Hu, He, Gao and Zhang (2020), Modeling Personalized Item Frequency Information for
    Next-basket Recommendation, sections 4.1 and 4.2: baskets decay within groups, groups decay too,
    and the mean of neighbours is mixed in. Neighbours are found by the cosine and not by Euclid's
    distance: as good for what is bought again, better for what is new, and sparse.
    """

    reason = "similar_customers"

    def __init__(
        self,
        group: int = 3,
        within: float = 1.0,
        between: float = 0.9,
        own: float = 0.7,
        neighbours: int = 300,
        references: int = REFERENCES,
    ) -> None:
        """How baskets are counted and neighbours heard.

        Args:
            group: so many baskets are one, counted from the latest.
            within: of two baskets of a group, one after the other, so much the earlier counts.
            between: the same of groups.
            own: so much the customer's own baskets count, 0 to 1, and neighbours the rest.
            neighbours: so many of each customer are heard.
            references: neighbours are looked for among so many customers.
        """
        self.group = group
        self.within = within
        self.between = between
        self.own = own
        self.neighbours = neighbours
        self.references = references

    def _fit(self, interactions: Interactions) -> None:
        known = sample(interactions, self.references)
        self.customers_ = hashed(known.customers)
        self.told_ = self._frequency(known)
        self.by_product_ = unit_rows(self.told_).T.tocsr()

    def nearest(self, histories: Interactions) -> Matrix:
        """The cosines of decayed frequencies."""
        likeness = unit_rows(self._frequency(histories)) @ self.by_product_
        return best_others(likeness, histories.customers, self.customers_, self.neighbours)

    def scores(self, histories: Interactions) -> Scores:
        """The customer's own frequencies, and the mean of those of neighbours."""
        found = ones(self._nearest_of(histories))
        found.data = found.data / np.diff(found.indptr)[own_entries(found)].astype(np.float32)
        mixed = self.own * self._frequency(histories) + (1 - self.own) * (found @ self.told_)
        return sparse.csr_array(mixed)

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """The customer's own purchases of the product, else neighbours who have it."""
        return _own_or_neighbours(histories, ranking, super().reasons(histories, ranking))

    def _frequency(self, some: Interactions) -> Matrix:
        """The mean over groups of the means over their baskets, decayed; the earliest is short."""
        held = baskets(some)
        count = held.baskets[held.customer]
        group, place = np.divmod(held.later, self.group)
        size = np.minimum(self.group, count - group * self.group)
        value = self.within**place / size * self.between**group / -(-count // self.group)
        return held.summed(value.astype(np.float32))


def _own_or_neighbours(histories: Interactions, ranking: Ranking, others: Reasons) -> Reasons:
    own = own_reasons(histories, ranking)
    is_own = own.because != NONE
    return Reasons(
        own.because,
        np.where(is_own, own.counts, others.counts),
        np.where(is_own, "own_purchases", "similar_customers").astype(object),
    )
