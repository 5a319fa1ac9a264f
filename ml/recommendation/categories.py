"""From products to their categories: the same customers, and the same days, told more coarsely."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.contest import Window
from ml.recommendation.interactions import Ids, Interactions, Matrix, Positions
from ml.recommendation.ranking import NONE


@dataclass(frozen=True)
class Categories:
    """Of which category each product of a catalogue is.

    Attributes:
        names: shape (n_categories,), ascending, each once.
        of_product: shape (n_products,), positions in `names`; NONE for no category.
    """

    names: Ids
    of_product: Positions

    @classmethod
    def of(cls, category: NDArray[Any]) -> Self:
        """Of the category of each product, None or NaN for none."""
        codes, names = pd.factorize(category, sort=True)
        return cls(np.asarray(names, dtype=object), codes.astype(np.int32))

    def interactions(self, told: Interactions) -> Interactions:
        """What customers did with products, as what they did with categories.

        What a customer did with several products of a category at one time is one entry, and weighs
        what they weigh together: so an order that buys two of them buys the category once. What was
        done with products of no category is left out.

        Args:
            told: shape (n_customers, n_products).

        Returns:
            Shape (n_customers, n_categories), without attributes.
        """
        category = self.of_product[told.product]
        kept = category != NONE
        customer, age, is_purchase = told.customer[kept], told.age[kept], told.is_purchase[kept]
        # Entries come by customer and age: those of one customer and time follow each other.
        is_next = np.ones(len(customer), dtype=np.bool_)
        is_next[1:] = (customer[1:] != customer[:-1]) | (age[1:] != age[:-1])
        time = np.cumsum(is_next)
        key = (time * len(self.names) + category[kept]) * 2 + is_purchase
        _, first, entry = np.unique(key, return_index=True, return_inverse=True)
        weight = np.bincount(entry, weights=told.weight[kept], minlength=len(first))
        return Interactions(
            told.customers,
            self.names,
            customer=customer[first],
            product=category[kept][first],
            age=age[first],
            weight=weight.astype(np.float32),
            is_purchase=is_purchase[first],
            group=told.group,
        )

    def window(self, window: Window | None) -> Window | None:
        """The same days, by categories; None for none."""
        if window is None:
            return None
        return Window(self.interactions(window.learnt), self._pairs(window.bought))

    def _pairs(self, bought: Matrix) -> Matrix:
        there = np.flatnonzero(self.of_product != NONE)
        shape = (len(self.of_product), len(self.names))
        ones = np.ones(len(there), dtype=np.float32)
        of_category = sparse.csr_array((ones, (there, self.of_product[there])), shape=shape)
        pairs = sparse.csr_array(bought @ of_category)
        pairs.data[:] = 1
        return pairs
