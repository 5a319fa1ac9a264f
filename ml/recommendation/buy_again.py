"""What a customer buys anyway: personal frequency, the strongest rule where purchases repeat."""

import numpy as np
from scipy import sparse

from ml.recommendation.interactions import Interactions
from ml.recommendation.ranking import Scores
from ml.recommendation.recommender import Recommender

# Of two products bought alike the more popular one comes first; it weighs less than any purchase.
_POPULARITY = 1e-3


class BuyAgain(Recommender):
    """Ranks what the customer has bought by how often, the latest purchases counting most.

    The personal top of Hu, He, Gao and Zhang (2020), Modeling Personalized Item Frequency
    Information for Next-basket Recommendation, section 3, with the decay of purchases by age.
    """

    reason = "own_purchases"

    def __init__(self, half_life_days: float | None = 60.0) -> None:
        """A purchase of this age counts half; None for all alike."""
        self.half_life_days = half_life_days

    def _fit(self, interactions: Interactions) -> None:
        """Learns which products most have, 0 to 1."""
        bought = interactions.purchases()
        buyers = np.bincount(bought.indices, minlength=bought.shape[1])
        self.popularity_ = (buyers / max(1, buyers.max(initial=0))).astype(np.float32)

    def scores(self, histories: Interactions) -> Scores:
        """The decayed count of purchases, sparse."""
        counts = histories.purchases(self.half_life_days)
        told = counts.data + _POPULARITY * self.popularity_[counts.indices]
        return sparse.csr_array((told, counts.indices, counts.indptr), shape=counts.shape)
