"""User-based collaborative filtering: what customers have who buy the same."""

from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.neighbourhood import (
    REFERENCES,
    NeighbourRecommender,
    best_others,
    hashed,
    sample,
)
from ml.recommendation.weighting import Weighting, unit_rows, weighed


class CustomerNeighbours(NeighbourRecommender):
    """Scores a product by the likeness of the nearest customers who have it.

    Sarwar, Karypis, Konstan and Riedl (2000), Analysis of Recommendation Algorithms for
    E-Commerce: the cosine of what customers weigh tells who is near. What neighbours did long ago
    counts for little: what they bought lately says most about what others will buy.
    """

    reason = "similar_customers"

    def __init__(
        self,
        neighbours: int = 100,
        weighting: Weighting = "log",
        half_life_days: float | None = 15.0,
        likeness_half_life_days: float | None = 60.0,
        references: int = REFERENCES,
    ) -> None:
        """How neighbours are found and heard.

        Args:
            neighbours: so many of each customer.
            weighting: what customers' dealings with products weigh.
            half_life_days: what a neighbour did so many days ago counts half.
            likeness_half_life_days: the same for telling who is like whom.
            references: neighbours are looked for among so many customers.
        """
        self.neighbours = neighbours
        self.weighting = weighting
        self.half_life_days = half_life_days
        self.likeness_half_life_days = likeness_half_life_days
        self.references = references

    def _fit(self, interactions: Interactions) -> None:
        known = sample(interactions, self.references)
        self.customers_ = hashed(known.customers)
        self.told_ = weighed(known, self.weighting, self.half_life_days)
        self.by_product_ = self._compared(known).T.tocsr()

    def nearest(self, histories: Interactions) -> Matrix:
        """The cosines of the nearest."""
        likeness = self._compared(histories) @ self.by_product_
        return best_others(likeness, histories.customers, self.customers_, self.neighbours)

    def _compared(self, some: Interactions) -> Matrix:
        return unit_rows(weighed(some, self.weighting, self.likeness_half_life_days))
