"""What shares most with what the customer has: for products, too, that nobody has bought."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.explaining import most_added
from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.ranking import Ranking, Scores, top
from ml.recommendation.recommender import Reasons, Recommender, own_entries
from ml.recommendation.weighting import Weighting, unit_rows, weighed

# So many likenesses are held at once: 32 MB.
_CELLS = 8_000_000


class Content(Recommender):
    """Scores a product by the attributes that it shares with what the customer has.

    Content-based filtering of Pazzani and Billsus (2007), Content-Based Recommendation Systems,
    section 10.2: the customer is the weighed sum of what they have, a product the vector of its
    attributes, each worth the logarithm of how rare it is (inverse document frequency); the score
    is their cosine. Without attributes it says nothing.

    Attributes:
        units_: shape (n_products, n_attributes), sparse: each product's attributes, of length 1.
    """

    reason = "alike"

    def __init__(self, weighting: Weighting = "log", half_life_days: float | None = 60.0) -> None:
        """What of a history counts how much.

        Args:
            weighting: what customers' dealings with products weigh.
            half_life_days: an entry of this age weighs half.
        """
        self.weighting = weighting
        self.half_life_days = half_life_days

    def _fit(self, interactions: Interactions) -> None:
        products = interactions.shape[1]
        known = interactions.attributes
        if known is None:
            known = sparse.csr_array((products, 0), dtype=np.float32)
        count = np.bincount(known.indices, minlength=known.shape[1])
        rarity = np.log((1 + products) / (1 + count)) + 1
        self.units_ = unit_rows(sparse.csr_array(known * rarity[None, :].astype(np.float32)))

    def scores(self, histories: Interactions) -> Scores:
        """The cosines; nothing where no attribute is shared."""
        profiles = unit_rows(sparse.csr_array(self._weighed(histories) @ self.units_))
        return sparse.csr_array(profiles @ self.units_.T.tocsr())

    def similar_items(self, products: NDArray[np.int32], n: int = 10) -> Ranking:
        """The products that share most attributes with each."""
        to_all = self.units_.T.tocsr()
        step = max(1, _CELLS // max(1, to_all.shape[1]))
        told = [top(np.empty((0, 1), dtype=np.float32), n)]
        for begin in range(0, len(products), step):
            some = products[begin : begin + step]
            alike = sparse.csr_array(self.units_[some] @ to_all)
            is_itself = alike.indices == some[own_entries(alike)]
            alike.data = np.where(is_itself, np.float32(-np.inf), alike.data)
            told.append(top(alike, n))
        return Ranking(*(np.concatenate(parts) for parts in zip(*told, strict=True)))

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """The product of the history that is most like it, weighed."""

        def added(
            history: NDArray[np.int32], weight: NDArray[np.float32], products: NDArray[np.int32]
        ) -> NDArray[np.float32]:
            alike: NDArray[np.float32] = (self.units_[products] @ self.units_[history].T).toarray()
            return alike * weight

        return most_added(self._weighed(histories), ranking, added)

    def _weighed(self, some: Interactions) -> Matrix:
        return weighed(some, self.weighting, self.half_life_days)
