"""The rules of thumb that a model has to beat."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml import schemas
from ml.baseline import BandMean
from ml.lifetime_value.grouped import Histories
from ml.lifetime_value.lifetime import fit_lifetime_value
from ml.lifetime_value.order_days import INPUTS, histories_of_order_days
from ml.lifetime_value.purchase_model import PurchaseModel
from ml.lifetime_value.refusals import ModelDoesNotHold
from ml.target import Bands, Purchases, Rule, Target

Floats = NDArray[np.float64]

# Into so many parts customers are put by what a purchase model expects. On the Complete Journey
# ten of them lose .007 of the AUC of repurchase; fifty gain .002, and lose .017 of that of lapse.
_PARTS = 20


class FittedRule:
    """A rule of thumb, fitted: it tells the mean outcome of customers alike.

    Attributes:
        name: What the rule is called.
        inputs: The features that it reads.
    """

    def __init__(
        self,
        target: Target,
        rule: Rule,
        inputs: pd.DataFrame,
        outcome: Floats,
        latest: NDArray[np.bool_],
    ) -> None:
        """Fits it.

        Args:
            target: what is predicted.
            rule: one of its baselines.
            inputs: one row a customer and cutoff: numeric features, NULL where unknown; no rows
                or more.
            outcome: shape (n,): what happened to each.
            latest: shape (n,): whether a row is of the latest cutoff, of which a purchase model
                learns; a customer counts once in it.

        Raises:
            ModelDoesNotHold: the purchase model does not describe these customers.
        """
        self.name = rule.name
        self._horizon_days, self._is_amount = target.horizon_days, target.kind == "amount"
        self._column: str | None = None
        self._purchases: PurchaseModel | None = None
        match rule:
            case Bands():
                self._column = rule.column
                self.inputs = [rule.column]
                bands = BandMean(target.kind, rule.ends)
            case Purchases():
                self._purchases = _purchase_model(rule.model, inputs[latest])
                self.inputs = list(INPUTS)
                bands = BandMean(target.kind, parts=_PARTS)
        self._bands = bands.fit(self._likeness(inputs), outcome)

    def predict(self, customers: pd.DataFrame) -> Floats:
        """What the rule says of each customer, shape (n_customers,)."""
        return self._bands.predict(self._likeness(customers))

    def version(self) -> str:
        """Changes with what the rule says."""
        return schemas.version_of(["baseline", *self._bands.ends_, *self._bands.means_])

    def _likeness(self, customers: pd.DataFrame) -> Floats:
        """By what customers are alike, shape (n_customers,)."""
        if self._purchases is None:
            return customers[self._column].to_numpy(dtype=float)
        expected = np.zeros(len(customers))  # Of who has never ordered nothing is expected.
        have_ordered = customers["order_day_count"].to_numpy() > 0
        table = histories_of_order_days(customers[have_ordered])
        histories, place = Histories.of(table).grouped()
        told = self._purchases.expected_purchases(histories, self._horizon_days)[place]
        worth = np.nan_to_num(table["monetary_value"].to_numpy()) if self._is_amount else 1.0
        expected[have_ordered] = told * worth
        return expected


def fitted_rules(
    target: Target, inputs: pd.DataFrame, outcome: Floats, cutoffs: "pd.Series[pd.Timestamp]"
) -> dict[str, FittedRule]:
    """The rules that hold, by name, in the order in which they are declared.

    Args:
        target: what is predicted.
        inputs: one row a customer and cutoff: numeric features, NULL where unknown.
        outcome: shape (n,): what happened to each.
        cutoffs: of each row its cutoff.
    """
    latest = (cutoffs == cutoffs.max()).to_numpy()
    rules = {}
    for rule in target.baselines:
        try:
            rules[rule.name] = FittedRule(target, rule, inputs, outcome, latest)
        except ModelDoesNotHold:
            continue
    return rules


def _purchase_model(name: str, customers: pd.DataFrame) -> PurchaseModel:
    have_ordered = customers[customers["order_day_count"] > 0]
    histories = histories_of_order_days(have_ordered).drop(columns="monetary_value")
    fitted = fit_lifetime_value(histories, name)
    if fitted.purchases is None:
        raise ModelDoesNotHold(fitted.codes[-1], "; ".join(fitted.notes))
    model: PurchaseModel = fitted.purchases.model
    return model
