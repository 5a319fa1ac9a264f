"""What most customers buy: the baseline of every recommender."""

import numpy as np

from ml.recommendation.interactions import Interactions
from ml.recommendation.ranking import Ranking, Scores
from ml.recommendation.recommender import Reasons, Recommender


class Popularity(Recommender):
    """Ranks products by how many customers bought them, the same for everybody.

    Attributes:
        buyers_: shape (n_products,), customers who bought each in the time that counts.
    """

    def __init__(self, oldest_days: float | None = None) -> None:
        """Of the latest purchases, those that are no older than so many days; None for all."""
        self.oldest_days = oldest_days

    def _fit(self, interactions: Interactions) -> None:
        counts = interactions.purchases(oldest_days=self.oldest_days)
        self.buyers_ = np.bincount(counts.indices, minlength=counts.shape[1]).astype(np.float32)

    def scores(self, histories: Interactions) -> Scores:
        """The buyers of each product; nothing is said of a product without any."""
        told = np.where(self.buyers_ > 0, self.buyers_, -np.inf).astype(np.float32)
        return np.tile(told, (histories.shape[0], 1))

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """Counts the buyers."""
        because, _ = super().reasons(histories, ranking)
        counts = np.where(ranking.products >= 0, self.buyers_[ranking.products], 0)
        return Reasons(because, counts.astype(np.int64))
