"""What most customers buy: the baseline of every recommender, and what fills empty places."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.questions import Question
from ml.recommendation.ranking import NONE, Ranking, Scores, top
from ml.recommendation.recommender import Reasons, Recommender, asked, own_entries

# The kind of reason that counts whoever bought, and not those who did lately.
_EVER = "popular_ever"


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

    def answers(
        self,
        histories: Interactions,
        n: int,
        questions: Sequence[Question],
        allowed: NDArray[np.bool_] | None = None,
    ) -> dict[Question, Ranking]:
        """As others do, without a row of scores for each customer: all have the same."""
        self._check(histories)
        bought = histories.purchases()
        nothing = sparse.csr_array(bought.shape, dtype=np.float32)
        told: dict[Question, Ranking] = {}
        for question in questions:
            if question is Question.AGAIN:
                buyers = self.buyers_[bought.indices]
                own = sparse.csr_array((buyers, bought.indices, bought.indptr), shape=bought.shape)
                told[question] = top(asked(own, histories, question, allowed), n)
            else:
                refused = bought if question is Question.NEW else nothing
                told[question] = self.without(refused, n, allowed)
        return told

    def without(self, refused: Matrix, n: int, allowed: NDArray[np.bool_] | None = None) -> Ranking:
        """The most popular products of each row but what the row refuses.

        Args:
            refused: shape (n_rows, n_products): what is stored is refused.
            n: how many.
            allowed: shape (n_products,), what may be recommended; None for everything.
        """
        liked = self.buyers_ > 0 if allowed is None else (self.buyers_ > 0) & allowed
        order = np.lexsort((np.arange(len(liked)), -self.buyers_))
        order = order[liked[order]]
        rows = refused.shape[0]
        products = np.full((rows, n), NONE, dtype=np.int32)
        # Nobody refuses more than all they have: in a head so long each finds n.
        head = order[: n + int(np.diff(refused.indptr).max(initial=0))]
        place = np.full(refused.shape[1], NONE, dtype=np.int32)
        place[head] = np.arange(len(head), dtype=np.int32)
        step = max(1, _CELLS // max(1, len(head)))
        for begin in range(0, rows, step):
            some = refused[begin : begin + step]
            free = np.ones((some.shape[0], len(head)), dtype=np.bool_)
            row, at = own_entries(some), place[some.indices]
            free[row[at != NONE], at[at != NONE]] = False
            nth = np.cumsum(free, axis=1)
            taken = free & (nth <= n)
            row, at = np.nonzero(taken)
            products[begin + row, nth[row, at] - 1] = head[at]
        scores = np.append(self.buyers_, np.float32(np.nan))[products]  # NONE is the last.
        return Ranking(products, scores.astype(np.float32))

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """Counts the buyers in the time that counts."""
        because = super().reasons(histories, ranking).because
        counts = np.append(self.buyers_, 0)[ranking.products]  # NONE is the last.
        kinds = None
        if self.oldest_days is None:
            kinds = np.full(ranking.products.shape, _EVER, dtype=object)
        return Reasons(because, counts.astype(np.int64), kinds)


class GroupPopularity(Recommender):
    """Ranks products by the share of the customer's group who bought them, shrunk to that of all.

    Groups are those of `Interactions.group`. In a group of n customers all customers count as much
    as so many more of the group: a small one follows all, and who is in none does so too.

    Attributes:
        buyers_: shape (n_groups + 1, n_products), customers of each group who bought each, in the
            last row all customers.
        members_: shape (n_groups + 1,), customers who bought anything, likewise.
    """

    reason = "popular_in_segment"

    def __init__(self, oldest_days: float | None = 28.0, shrinkage: float = 100.0) -> None:
        """Of which purchases, and how few of a group are too few.

        Args:
            oldest_days: those that are no older than so many days; None for all.
            shrinkage: so many customers of a group count as much as all customers.
        """
        self.oldest_days = oldest_days
        self.shrinkage = shrinkage

    def _fit(self, interactions: Interactions) -> None:
        counts = interactions.purchases(oldest_days=self.oldest_days)
        group = _groups(interactions)
        groups, products = int(group.max(initial=NONE)) + 1, counts.shape[1]
        is_buyer = np.diff(counts.indptr) > 0
        self.members_ = np.bincount(group[is_buyer & (group != NONE)], minlength=groups + 1)
        self.members_[groups] = is_buyer.sum()
        of, is_in = group[own_entries(counts)], group[own_entries(counts)] != NONE
        keys = of[is_in].astype(np.int64) * products + counts.indices[is_in]
        bought = np.bincount(keys, minlength=(groups + 1) * products).reshape(groups + 1, products)
        bought[groups] = np.bincount(counts.indices, minlength=products)
        self.buyers_ = bought.astype(np.float32)

    def scores(self, histories: Interactions) -> Scores:
        """The share of buyers; nothing is said of a product without any."""
        everybody = self.buyers_[-1] / max(1, self.members_[-1])
        shares = self.buyers_ + np.float32(self.shrinkage) * everybody
        shares /= np.maximum(1, self.members_[:, None] + self.shrinkage)
        shares[-1] = everybody
        shares[:, everybody == 0] = -np.inf
        told: NDArray[np.float32] = shares[self._row(histories)].astype(np.float32)
        return told

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """Counts the buyers of the group, or all of them where the customer is in none."""
        because = super().reasons(histories, ranking).because
        row = self._row(histories)[:, None]
        buyers = self.buyers_[row, ranking.products]
        counts = np.where(ranking.products != NONE, buyers, 0)
        kinds = np.where(row == len(self.members_) - 1, Recommender.reason, self.reason)
        kinds = np.broadcast_to(kinds, ranking.products.shape).astype(object)
        return Reasons(because, counts.astype(np.int64), kinds)

    def _row(self, histories: Interactions) -> NDArray[np.intp]:
        """The row of each customer; that of all for groups that were not in the training."""
        group, everybody = _groups(histories), len(self.members_) - 1
        return np.where((group == NONE) | (group > everybody), everybody, group)


def _groups(interactions: Interactions) -> NDArray[np.intp]:
    none = np.full(interactions.shape[0], NONE, dtype=np.intp)
    return none if interactions.group is None else interactions.group.astype(np.intp)


# So many places of the head are looked at together: 8 MB.
_CELLS = 8_000_000
