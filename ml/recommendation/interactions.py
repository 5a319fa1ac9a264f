"""What customers did with products until a day: the one table that recommenders read."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

Ids = NDArray[np.object_]
Positions = NDArray[np.int32]
Matrix: TypeAlias = sparse.csr_array

# So many scores of customers and products are held at once: 32 MB.
_CELLS = 8_000_000

COLUMNS = ("customer_id", "product_id", "age_days", "weight", "is_purchase")


@dataclass(frozen=True, eq=False)
class Interactions:
    """One entry a customer, product, behaviour and time, as of a day.

    Customers and products are told by their position among `customers` and `products`, which are
    ascending: where scores tie, the lower position comes first, so ids decide and not the order in
    which rows came. Both may name some that have no entry: a new customer, a product never sold.

    Attributes:
        customers: shape (n_customers,), their ids, ascending, each once.
        products: shape (n_products,), theirs likewise.
        customer: shape (n,), positions in `customers`, ascending.
        product: shape (n,), positions in `products`.
        age: shape (n,), days from the entry to the day that it is asked of, above 0 or 0.
        weight: shape (n,), what the behaviour weighs beside a purchase, above 0.
        is_purchase: shape (n,), whether it was bought, and not looked at or put aside.
        attributes: shape (n_products, n_attributes), what is known of products (category, brand,
            band of prices) as 0 and 1; None where nothing is.
        group: shape (n_customers,), the group of customers that each belongs to, -1 for none; None
            where there are no groups.
    """

    customers: Ids
    products: Ids
    customer: Positions
    product: Positions
    age: NDArray[np.float32]
    weight: NDArray[np.float32]
    is_purchase: NDArray[np.bool_]
    attributes: Matrix | None = field(default=None)
    group: Positions | None = field(default=None)

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Self:
        """Of a table with the columns `COLUMNS`, in any order of rows.

        Raises:
            ValueError: a column is missing, or a value that no entry can have.
        """
        if missing := [name for name in COLUMNS if name not in frame]:
            raise ValueError(f"interactions lack {', '.join(missing)}")
        if frame[list(COLUMNS)].isna().any(axis=None):
            raise ValueError("interactions hold unknown values")
        if (frame["age_days"] < 0).any() or (frame["weight"] <= 0).any():
            raise ValueError("an interaction lies in the future, or weighs nothing")
        customer, customers = pd.factorize(frame["customer_id"].astype("str"), sort=True)
        product, products = pd.factorize(frame["product_id"].astype("str"), sort=True)
        age = frame["age_days"].to_numpy(np.float32)
        order = np.lexsort((product, -age, customer))
        return cls(
            customers=np.asarray(customers, dtype=object),
            products=np.asarray(products, dtype=object),
            customer=customer[order].astype(np.int32),
            product=product[order].astype(np.int32),
            age=age[order],
            weight=frame["weight"].to_numpy(np.float32)[order],
            is_purchase=frame["is_purchase"].to_numpy(np.bool_)[order],
        )

    @cached_property
    def catalogue(self) -> str:
        """Tells `products` from others: their hash."""
        hashes = pd.util.hash_array(self.products, categorize=False)
        return hashlib.sha256(hashes.tobytes()).hexdigest()

    @cached_property
    def batches(self) -> Sequence[Self]:
        """The same, customers some at a time, so that a dense row of each fits into memory."""
        customers, products = self.shape
        size = max(1, _CELLS // max(1, products))
        return [
            self.of_customers(np.arange(begin, min(begin + size, customers), dtype=np.int32))
            for begin in range(0, customers, size)
        ]

    @property
    def shape(self) -> tuple[int, int]:
        """Customers and products."""
        return len(self.customers), len(self.products)

    def weights(self, half_life_days: float | None = None) -> Matrix:
        """What entries weigh together, shape (n_customers, n_products).

        Args:
            half_life_days: an entry of this age weighs half as much as one of today; None for
                entries that weigh the same however old they are.
        """
        weight = self.weight
        if half_life_days is not None:
            weight = weight * _decay(self.age, half_life_days)
        return self._summed(self.customer, self.product, weight)

    def purchases(
        self, half_life_days: float | None = None, oldest_days: float | None = None
    ) -> Matrix:
        """How often each customer bought a product, shape (n_customers, n_products).

        Args:
            half_life_days: a purchase of this age counts half; None for all alike.
            oldest_days: what is older than this stays out.
        """
        if half_life_days is None and oldest_days is None:
            return self._bought
        kept = self.is_purchase
        if oldest_days is not None:
            kept = kept & (self.age <= oldest_days)
        count = np.ones(int(kept.sum()), dtype=np.float32)
        if half_life_days is not None:
            count = _decay(self.age[kept], half_life_days)
        return self._summed(self.customer[kept], self.product[kept], count)

    @cached_property
    def _bought(self) -> Matrix:
        """How often each customer bought a product; asked for again and again, so nobody writes."""
        kept = self.is_purchase
        counts = self._summed(
            self.customer[kept], self.product[kept], np.ones(int(kept.sum()), dtype=np.float32)
        )
        for part in (counts.data, counts.indices, counts.indptr):
            part.flags.writeable = False
        return counts

    def of_customers(self, positions: Positions) -> Self:
        """The same of some customers, who are told by their place in `positions` from here on.

        Args:
            positions: of customers, ascending, each once.
        """
        begin = np.searchsorted(self.customer, positions, side="left")
        count = np.searchsorted(self.customer, positions, side="right") - begin
        kept: slice | NDArray[np.intp]
        if len(positions) and positions[-1] - positions[0] == len(positions) - 1:
            kept = slice(
                int(begin[0]), int(begin[-1] + count[-1])
            )  # Neighbours: nothing is copied.
        else:
            kept = np.repeat(begin - np.cumsum(count) + count, count) + np.arange(count.sum())
        return type(self)(
            customers=self.customers[positions],
            products=self.products,
            customer=np.repeat(np.arange(len(positions), dtype=np.int32), count),
            product=self.product[kept],
            age=self.age[kept],
            weight=self.weight[kept],
            is_purchase=self.is_purchase[kept],
            attributes=self.attributes,
            group=None if self.group is None else self.group[positions],
        )

    def picked(self, kept: NDArray[np.bool_], age: NDArray[np.float32]) -> Self:
        """Some entries of the same customers and products, at other ages.

        Args:
            kept: shape (n,), which entries.
            age: shape (n,), the ages of all of them, in the same order of each customer's.
        """
        return replace(
            self,
            customer=self.customer[kept],
            product=self.product[kept],
            age=age[kept],
            weight=self.weight[kept],
            is_purchase=self.is_purchase[kept],
        )

    def _summed(
        self, customer: Positions, product: Positions, value: NDArray[np.float32]
    ) -> Matrix:
        matrix: Matrix = sparse.coo_array((value, (customer, product)), shape=self.shape).tocsr()
        return matrix


def _decay(age: NDArray[np.float32], half_life_days: float) -> NDArray[np.float32]:
    left: NDArray[np.float32] = np.exp2(-age / np.float32(half_life_days))
    return left
