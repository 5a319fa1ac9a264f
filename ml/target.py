"""What a prediction predicts. The functions of this package are told, and know no target."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Target:
    """Whether something happens to a customer within so many days.

    Attributes:
        prediction: What the prediction is called, as repurchase.
        name: What happens, as has_ordered_next_30_days.
        outcome: Column of the labels that says whether it did.
        horizon_days: The label window of a cutoff d covers d up to, not including, d + so many
            days.
    """

    prediction: str
    name: str
    outcome: str
    horizon_days: int

    @property
    def window(self) -> timedelta:
        """The length of the label window."""
        return timedelta(days=self.horizon_days)

    @property
    def model_name(self) -> str:
        """The model that has to earn its place."""
        return f"{self.prediction}_logistic_regression"

    @property
    def baseline_name(self) -> str:
        """What is served where the model has not earned it."""
        return f"{self.prediction}_recency_bands"
