"""What a model of purchases can say."""

from typing import ClassVar, Protocol

from numpy.typing import ArrayLike

from ml.lifetime_value.grouped import Histories, Numbers


class PurchaseModel(Protocol):
    """What all models of purchases can say; times in the unit of the histories."""

    name: ClassVar[str]
    in_time: ClassVar[frozenset[str]]
    starts: ClassVar[tuple[tuple[float, ...], ...]]

    def log_likelihoods(self, histories: Histories) -> tuple[Numbers, Numbers]:
        """Of each history, and its gradient: a row a parameter."""
        ...

    def probability_alive(self, histories: Histories) -> Numbers:
        """Chance that each has not left."""
        ...

    def expected_purchases(self, histories: Histories, horizon: ArrayLike) -> Numbers:
        """Expected purchases of each within `horizon` from the end of observation."""
        ...
