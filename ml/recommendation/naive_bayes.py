"""What is bought together, as a probability: naive Bayes over the products of a history."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special
from sklearn.linear_model import LogisticRegression

from ml.recommendation.explaining import linear_reasons
from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.item_neighbours import blocks, is_among_most, only
from ml.recommendation.ranking import Ranking, Scores, placed, top
from ml.recommendation.recommender import Reasons, Recommender, own_entries
from ml.recommendation.weighting import ones, weighed
from ml.threads import one_thread

# Calibration looks at so many customers: more change nothing that is shown.
_CALIBRATED_BY = 1_000
# Of a product that nobody bought lately the chance is not nothing: as if half a customer had.
_PRIOR = 0.5


class NaiveBayes(Recommender):
    """Scores a product by the chance that who has the history buys it next, as if all spoke apart.

    Multinomial naive Bayes (McCallum and Nigam 1998, A Comparison of Event Models for Naive Bayes
    Text Classification), with a product as the class and the products of the history as its words:
    log P(p) plus, for each h of the history, log P(h | p) / P(h), smoothed towards independence by
    s customers of p who have h as often as all do. Only what speaks for p is heard, which keeps it
    sparse. Products do not speak apart: the sum is overconfident. So prior and evidence are weighed
    by a logistic regression on what customers bought anew in the latest days, as Platt (1999),
    Probabilistic Outputs for Support Vector Machines, makes chances of scores.

    Attributes:
        evidence_: shape (n_products, n_products), sparse: what each product (row) says for others,
            log((n_hp + s P(h)) / ((n_p + s) P(h))) where that is above 0.
        prior_: shape (n_products,), log of the share of customers who bought each lately.
        calibration_: intercept, weight of the prior, weight of the evidence.
    """

    reason = "bought_with"

    def __init__(
        self,
        smoothing: float = 20.0,
        neighbours: int = 200,
        least_customers: int = 5,
        products: int = 4_000,
        half_life_days: float | None = 60.0,
        calibrated_days: float = 28.0,
    ) -> None:
        """How chances are told.

        Args:
            smoothing: so many customers stand for independence, s.
            neighbours: so many products speak for each, those that say most.
            least_customers: a product of fewer is unknown.
            products: so many are known, those that most customers have.
            half_life_days: an entry of a history of this age says half as much.
            calibrated_days: chances are those of a purchase in so many days.
        """
        self.smoothing = smoothing
        self.neighbours = neighbours
        self.least_customers = least_customers
        self.products = products
        self.half_life_days = half_life_days
        self.calibrated_days = calibrated_days

    def _fit(self, interactions: Interactions) -> None:
        before, bought = _split(interactions, self.calibrated_days)
        self._count(before)
        self.calibration_ = self._calibrated(before, bought)
        self._count(interactions)

    def scores(self, histories: Interactions) -> Scores:
        """The chance of each product that somebody had together with one of the history, sparse."""
        told = self._spoken(histories)
        intercept, of_prior, of_evidence = self.calibration_
        odds = intercept + of_prior * told.prior + of_evidence * told.evidence.data
        data = special.expit(odds).astype(np.float32)
        return sparse.csr_array(
            (data, told.evidence.indices, told.evidence.indptr), shape=told.evidence.shape
        )

    def similar_items(self, products: NDArray[np.int32], n: int = 10) -> Ranking:
        """The products for which each says most."""
        return top(self.evidence_[products], n)

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """The product of the history that says most."""
        return linear_reasons(self._asked(histories), self.evidence_.T.tocsr(), ranking)

    def _count(self, interactions: Interactions) -> None:
        has = ones(interactions.weights())
        holders = np.bincount(has.indices, minlength=has.shape[1])
        known = (holders >= self.least_customers) & is_among_most(holders, self.products)
        lately = interactions.purchases(oldest_days=self.calibrated_days)
        buyers = np.bincount(lately.indices, minlength=has.shape[1])
        self.prior_ = np.log((buyers + _PRIOR) / max(1, has.shape[0]))
        self.evidence_ = self._evidence(only(has, known), holders)

    def _evidence(self, has: Matrix, holders: NDArray[np.intp]) -> Matrix:
        share = (holders / max(1, has.shape[0])).astype(np.float32)
        holders = holders.astype(np.float32)
        by_product = has.T.tocsr()
        found = [sparse.csr_array((0, has.shape[1]), dtype=np.float32)]
        for some in blocks(has, by_product):
            both = sparse.csr_array(by_product[some] @ has)
            product, other = some.start + own_entries(both), both.indices
            expected = (holders[product] + self.smoothing) * share[other]
            lift = (both.data + self.smoothing * share[other]) / expected
            heard = np.where((product != other) & (lift > 1), lift, -np.inf).astype(np.float32)
            told = sparse.csr_array((heard, other, both.indptr), shape=both.shape)
            found.append(placed(top(told, self.neighbours), has.shape[1]))
        evidence = sparse.csr_array(sparse.vstack(found).T.tocsr())
        evidence.data = np.log(evidence.data)
        return evidence

    def _spoken(self, histories: Interactions) -> "_Told":
        """Long histories would drown the prior: evidence grows with the root of their length."""
        has = self._asked(histories)
        evidence = sparse.csr_array(has @ self.evidence_)
        length = np.asarray(has.sum(axis=1)).ravel()[own_entries(evidence)]
        evidence.data = (evidence.data / np.sqrt(length)).astype(np.float32)
        return _Told(evidence, self.prior_[evidence.indices])

    def _asked(self, histories: Interactions) -> Matrix:
        return weighed(histories, "log", self.half_life_days)

    def _calibrated(self, before: Interactions, bought: Matrix) -> NDArray[np.float64]:
        """Weights by which chances are those of what was bought anew."""
        asked = np.flatnonzero(np.diff(before.purchases().indptr)).astype(np.int32)
        if len(asked) > _CALIBRATED_BY:
            asked = asked[np.linspace(0, len(asked) - 1, _CALIBRATED_BY).astype(np.int32)]
        histories = before.of_customers(asked)
        told = self._spoken(histories)
        is_new = ~_is_in(told.evidence, histories.purchases())
        is_bought = _is_in(told.evidence, sparse.csr_array(bought[asked]))[is_new]
        if not is_bought.any() or is_bought.all():
            return np.array([0.0, 1.0, 1.0])
        spoken = np.column_stack((told.prior, told.evidence.data))[is_new]
        with one_thread():
            fitted = LogisticRegression(C=1e3, max_iter=1_000).fit(spoken, is_bought)
        return np.array([*fitted.intercept_, *np.maximum(fitted.coef_[0], 0)])


class _Told(NamedTuple):
    """What speaks for products.

    Attributes:
        evidence: shape (n_customers, n_products), sparse.
        prior: shape (evidence.nnz,), of the product of each entry.
    """

    evidence: Matrix
    prior: NDArray[np.float64]


def _split(interactions: Interactions, days: float) -> tuple[Interactions, Matrix]:
    """What was known so many days before, and what was bought since."""
    is_old = interactions.age > days
    before = replace(
        interactions,
        customer=interactions.customer[is_old],
        product=interactions.product[is_old],
        age=interactions.age[is_old] - np.float32(days),
        weight=interactions.weight[is_old],
        is_purchase=interactions.is_purchase[is_old],
    )
    return before, interactions.purchases(oldest_days=days)


def _is_in(entries: Matrix, others: Matrix) -> NDArray[np.bool_]:
    """Whether each stored entry is stored in the other matrix too."""
    keys = own_entries(entries).astype(np.int64) * entries.shape[1] + entries.indices
    other = own_entries(others).astype(np.int64) * entries.shape[1] + others.indices
    return np.isin(keys, other)
