"""What a prediction predicts. The functions of this package are told, and know no target."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

Kind = Literal["event", "amount"]


@dataclass(frozen=True)
class Bands:
    """A rule of thumb that a model has to beat: the mean outcome in the same band of a feature.

    Attributes:
        name: What the rule is called, as recency_bands.
        column: The feature.
        ends: Upper ends of the bands, each part of its band; none where the rows decide: nothing,
            and tenths of what is more than nothing.
    """

    name: str
    column: str
    ends: tuple[float, ...] = ()


@dataclass(frozen=True)
class Purchases:
    """A rule of thumb that a model has to beat: the mean outcome among customers alike to come.

    Alike are those of whom a purchase model expects as much within the horizon: purchases of an
    event, of an amount their value, each as large as they were on average.

    Attributes:
        name: What the rule is called.
        model: One of `ml.lifetime_value.MODELS`.
    """

    name: str
    model: str


Rule = Bands | Purchases


@dataclass(frozen=True)
class Floors:
    """What is served must be of use at all, whatever it beats.

    Attributes:
        minimum_auc: Of an event. Between .5, a coin, and .7, from which on discrimination is
            called acceptable (Hosmer, Lemeshow and Sturdivant 2013, section 5.2.4).
        maximum_calibration_error: Of an event, beyond chance. A campaign that counts on 30 of 100
            customers gets 20 to 40.
        minimum_rank_correlation: Of an amount: Spearman's, of what was expected and what came.
        maximum_bias: How far off the sum may be beyond chance, as a share of what came.
        minimum_interval_coverage: Of an amount's range, which is made for four customers in five:
            where it surely held of fewer than so many there is none.
    """

    minimum_auc: float = 0.6
    maximum_calibration_error: float = 0.1
    minimum_rank_correlation: float = 0.2
    maximum_bias: float = 0.5
    minimum_interval_coverage: float = 0.7


@dataclass(frozen=True)
class Target:
    """What happens to a customer within so many days: an event, or an amount.

    Attributes:
        prediction: What the prediction is called, as repurchase.
        name: What is predicted, as has_ordered_next_30_days.
        kind: An event happens or not; an amount is nothing or more.
        horizon_days: The label window of a cutoff d covers d up to, not including, d + so many
            days.
        baselines: The rules that a model has to beat; the first is one by bands, which holds in
            every shop.
        candidates: Names of `ml.candidates`, the one preferred in doubt first.
        floors: Below which nothing is served.
    """

    prediction: str
    name: str
    kind: Kind
    horizon_days: int
    baselines: tuple[Rule, ...]
    candidates: tuple[str, ...]
    floors: Floors = field(default_factory=Floors)

    @property
    def window(self) -> timedelta:
        """The length of the label window."""
        return timedelta(days=self.horizon_days)

    def model_name(self, name: str) -> str:
        """What a candidate or a rule is called where it predicts this."""
        return f"{self.prediction}_{name}"
