"""What follows what: products that are looked at or bought shortly after each other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.explaining import linear_reasons
from ml.recommendation.interactions import Interactions, Matrix, Positions
from ml.recommendation.ranking import Ranking, Scores, top
from ml.recommendation.recommender import Reasons, Recommender, own_entries

# A table of so many products by products is held whole: 16 MB.
_CELLS = 4_000_000


class Sequence(NamedTuple):
    """What customers did one after the other, shape (n,) each; a product on end is there once.

    Attributes:
        customer: positions, ascending.
        product: positions; of what was done at one time in their order.
        age: days, of a customer descending.
        weight: of what weighs most, where a product is there on end.
    """

    customer: Positions
    product: Positions
    age: NDArray[np.float32]
    weight: NDArray[np.float32]

    @classmethod
    def of(cls, some: Interactions) -> "Sequence":
        """That of all customers."""
        if not len(some.customer):
            return cls(some.customer, some.product, some.age, some.weight)
        is_other = np.ones(len(some.customer), dtype=np.bool_)
        is_other[1:] = (np.diff(some.customer) != 0) | (np.diff(some.product) != 0)
        begin = np.flatnonzero(is_other)
        last = np.append(begin[1:], len(is_other)) - 1
        weight = np.maximum.reduceat(some.weight, begin)
        return cls(some.customer[begin], some.product[begin], some.age[last], weight)


class SequentialRules(Recommender):
    """Scores a product by how soon it followed, or came before, what the customer did last.

    The sequential rules of Ludewig and Jannach (2018), Evaluation of Session-based Recommendation
    Algorithms, section 3.1: the k-th that comes after says 1 / k. Beside that, what comes later
    says less by the time that went by, so that a visit ends without a rule of when; what comes
    before says something too; and few and popular followers are shrunk. Made for what is looked at;
    products of one basket stand in the order of their ids.

    Attributes:
        rules_: shape (n_products, n_products), sparse: in each row what follows that product.
    """

    reason = "bought_with"

    def __init__(
        self,
        half_life_days: float = 1.0,
        steps: int = 10,
        backwards: float = 1.0,
        shrinkage: float = 20.0,
        popularity: float = 0.2,
        last: int = 50,
        fading: float = 0.9,
    ) -> None:
        """How it is told what follows.

        Args:
            half_life_days: what comes so much later says half.
            steps: so many things after one are looked at.
            backwards: what a product says of one that came before it, beside one that came after.
            shrinkage: as many followers count against each rule.
            popularity: the power of what a product follows altogether, by which its rules are
                divided.
            last: so many last things of a customer are asked about.
            fading: each says so much of what the one after it says.
        """
        self.half_life_days = half_life_days
        self.steps = steps
        self.backwards = backwards
        self.shrinkage = shrinkage
        self.popularity = popularity
        self.last = last
        self.fading = fading

    def _fit(self, interactions: Interactions) -> None:
        told = Sequence.of(interactions)
        weight = np.sqrt(told.weight)
        products = len(interactions.products)
        rules = _table(np.empty((2, 0), dtype=np.int32), weight[:0], products)
        for step in range(1, self.steps + 1):
            is_pair = (told.customer[step:] == told.customer[:-step]) & (
                told.product[step:] != told.product[:-step]
            )
            first, then = (np.flatnonzero(is_pair) + begin for begin in (0, step))
            says = np.exp2((told.age[then] - told.age[first]) / np.float32(self.half_life_days))
            says /= np.float32(step)
            pairs = np.stack((told.product[first], told.product[then]))
            rules = rules + _table(pairs, says * weight[then], products)
            if self.backwards:
                says *= np.float32(self.backwards)
                rules = rules + _table(pairs[::-1], says * weight[first], products)
        self.rules_ = self._shrunk(sparse.csr_array(rules))

    def scores(self, histories: Interactions) -> Scores:
        """What the rules of the last things say, sparse."""
        return sparse.csr_array(self._asked(histories) @ self.rules_)

    def similar_items(self, products: NDArray[np.int32], n: int = 10) -> Ranking:
        """What follows each product soonest and most often."""
        return top(self.rules_[products], n)

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """The product of the history that adds most to the score."""
        return linear_reasons(self._asked(histories), self.rules_.T.tocsr(), ranking)

    def _shrunk(self, rules: Matrix) -> Matrix:
        shrinkage = np.float32(self.shrinkage)
        says, is_said = (np.asarray(rules.sum(axis=axis)).ravel() + shrinkage for axis in (1, 0))
        data = rules.data / says[own_entries(rules)] / is_said[rules.indices] ** self.popularity
        told = (data.astype(np.float32), rules.indices, rules.indptr)
        return sparse.csr_array(told, shape=rules.shape)

    def _asked(self, histories: Interactions) -> Matrix:
        """What each of the last things of a customer counts, shape (n_customers, n_products)."""
        told = Sequence.of(histories)
        end = np.searchsorted(told.customer, told.customer, side="right")
        after = end - 1 - np.arange(len(end))
        kept = after < self.last
        counts = self.fading ** after[kept] * np.sqrt(told.weight[kept])
        pairs = told.customer[kept], told.product[kept]
        shape = histories.shape
        return sparse.coo_array((counts.astype(np.float32), pairs), shape=shape).tocsr()


def _table(
    pairs: NDArray[np.int32], says: NDArray[np.float32], products: int
) -> Matrix | NDArray[np.float32]:
    """What pairs of products, shape (2, n), say, added up; sparse where it would be large."""
    table = sparse.coo_array((says, tuple(pairs)), shape=(products, products))
    # Entries of a sparse table are sorted to be added up, which took most of the time.
    told: Matrix | NDArray[np.float32] = table.toarray() if products**2 <= _CELLS else table.tocsr()
    return told
