"""What the recommenders of a shop are fitted to and compared by, read once for all of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Self

import duckdb
import numpy as np

from ml import schemas
from ml.recommendation.categories import Categories
from ml.recommendation.contest import Window
from ml.recommendation.interactions import Ids, Interactions
from ml.recommendation.methods import METHODS
from ml.recommendation.rule import RecommendationRule
from orchestration.modelling import tables as ml_io
from orchestration.modelling.drawing import drawn_customers
from orchestration.modelling.interactions import (
    Days,
    attributes_of,
    categories_of,
    groups_of,
    interactions_of,
    known_products,
    products_of,
    window_of,
)
from orchestration.warehouse.opening import scalar

# Methods are told apart by far fewer, and what sixty million rows take does not fit into a laptop.
LEARNT_ROWS = 10_000_000


@dataclass(eq=False)
class ShopRows:
    """The rows of a shop, each read when it is first asked for.

    Attributes:
        warehouse: A connection that writes, with features.
        shop: The shop.
        days: Those of the shop.
        reads_attributes: Whether a method goes by what is said of products.
        is_grouped: Whether a method goes by groups of customers.
    """

    warehouse: duckdb.DuckDBPyConnection
    shop: str
    days: Days
    reads_attributes: bool
    is_grouped: bool

    @classmethod
    def of(
        cls,
        warehouse: duckdb.DuckDBPyConnection,
        shop: str,
        days: Days,
        rules: Sequence[RecommendationRule],
    ) -> Self:
        """Those that the methods of some rules go by."""
        methods = [METHODS[name] for rule in rules for name in rule.methods]
        return cls(
            warehouse,
            shop,
            days,
            reads_attributes=any(one.reads_attributes for one in methods),
            is_grouped=any(one.reads_groups for one in methods),
        )

    @cached_property
    def known(self) -> Ids:
        """The products that a contest knows, ascending."""
        return known_products(self.warehouse, self.shop)

    @cached_property
    def products(self) -> Ids:
        """The products of today, ascending."""
        return products_of(self.warehouse, self.shop)

    @cached_property
    def drawn(self) -> str:
        """From which customers is learnt: all, or as many as have about LEARNT_ROWS rows."""
        rows = scalar(
            self.warehouse,
            "select count(*) from features.recommendation_lessons where shop = ?",
            self.shop,
        )
        return drawn_customers(rows, LEARNT_ROWS)

    @cached_property
    def windows(self) -> tuple[Window | None, Window | None]:
        """The days on which parameters are chosen, and those on which methods are compared."""
        tuning, test = (
            window_of(
                self.warehouse,
                self.shop,
                day,
                self.known,
                self._attributes(self.known),
                drawn=self.drawn,
                is_grouped=self.is_grouped,
            )
            for day in (self.days.tuning, self.days.test)
        )
        return tuning, test

    @cached_property
    def learnt(self) -> Interactions:
        """What customers had done until the day of fitting, with the products of today."""
        return self.learnt_of(self.products)

    def learnt_of(self, products: Ids) -> Interactions:
        """The same, with some products."""
        return interactions_of(
            self.warehouse,
            self.shop,
            self.days.fitting,
            products,
            self._attributes(products),
            drawn=self.drawn,
            is_grouped=self.is_grouped,
        )

    def categories(self, products: Ids) -> Categories:
        """Of which categories products are."""
        return categories_of(self.warehouse, self.shop, products)

    @cached_property
    def lessons(self) -> str:
        """Tells what was known before the day of fitting from anything else."""
        return self._digest("recommendation_lessons")

    @cached_property
    def happened(self) -> str:
        """Tells what methods learn from and are compared by from anything else."""
        told = [self.lessons, self._digest("recommendation_persons")]
        if self.reads_attributes:
            told.append(self._digest("product_attributes"))
        if self.is_grouped:
            told += [self._groups(day) for day in self.days[1:] if day]
        return " ".join([str(self.days[1:]), *told])

    @cached_property
    def known_categories(self) -> str:
        """Tells the categories of what methods learn from, from others."""
        known = self.categories(self.known)
        return schemas.version_of([known.names.tolist(), known.of_product.tolist()])

    def _attributes(self, products: Ids) -> Any:
        if not self.reads_attributes:
            return None
        return attributes_of(self.warehouse, self.shop, products)

    def _groups(self, day: date) -> str:
        learnt = self.warehouse.execute(
            "select distinct customer_id from features.feature_rfm"
            " where shop = ? and as_of_date <= ? order by all",
            [self.shop, day],
        ).fetchnumpy()["customer_id"]
        groups = groups_of(self.warehouse, self.shop, day, np.asarray(learnt, dtype=object))
        return hashlib.sha256(groups.tobytes()).hexdigest()

    def _digest(self, relation: str) -> str:
        ((digest,),) = self.warehouse.execute(
            f"select {ml_io.DIGEST} from features.{relation} as digested where shop = ?",
            [self.shop],
        ).fetchall()
        return str(digest)
