"""What a shop's rules keep from being recommended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.recommendation.interactions import Ids, Interactions, Positions
from ml.recommendation.questions import SLOTS
from ml.recommendation.serving import Rules
from orchestration.modelling.interactions import pairs_of


class _Refused(NamedTuple):
    """What is not recommended to whom, by customer.

    Attributes:
        customers: shape (n,), ascending.
        product: shape (n,), its position in the catalogue.
        by_slot: shape (n,) each, in which slots.
    """

    customers: Ids
    product: Positions
    by_slot: Mapping[str, NDArray[np.bool_]]

    def of(self, customers: Ids) -> "_Refused":
        """Those from the first to the last of some customers, who are ascending."""
        if not len(customers):
            return _NOTHING
        begin = np.searchsorted(self.customers, customers[0])
        end = np.searchsorted(self.customers, customers[-1], side="right")
        by_slot = {slot: is_in[begin:end] for slot, is_in in self.by_slot.items()}
        return _Refused(self.customers[begin:end], self.product[begin:end], by_slot)


_NOTHING = _Refused(
    np.empty(0, dtype=object),
    np.empty(0, dtype=np.int32),
    {slot: np.empty(0, dtype=np.bool_) for slot in SLOTS},
)


@dataclass(frozen=True)
class ShopRules:
    """What a shop's rules keep from being recommended, in a catalogue.

    Attributes:
        allowed: By slot, shape (n_products,).
        refused: What is not recommended to whom.
        category: shape (n_products,), -1 for none.
        most_of_a_category: By slot, None for any number.
        alike: By slot, shape (n_products,): those of one name, brand and category have a number,
            -1 for none; None where names say nothing.
    """

    allowed: Mapping[str, NDArray[np.bool_]]
    refused: _Refused
    category: NDArray[np.int32]
    most_of_a_category: Mapping[str, int | None]
    alike: Mapping[str, NDArray[np.int32] | None]

    def of(self, histories: Interactions) -> dict[str, Rules]:
        """The rules by slot, as they are for some customers."""
        refused = self.refused.of(histories.customers)
        row = pd.Index(histories.customers).get_indexer(pd.Index(refused.customers))
        rules = {}
        for slot in SLOTS:
            kept = (row >= 0) & refused.by_slot[slot]
            pairs = pairs_of(row[kept], refused.product[kept], histories.shape)
            rules[slot] = Rules(
                self.allowed[slot],
                pairs if kept.any() else None,
                self.category,
                self.most_of_a_category[slot],
                self.alike[slot],
            )
        return rules


def rules_of(warehouse: duckdb.DuckDBPyConnection, shop: str, products: Ids) -> ShopRules:
    """The rules of the seed recommendation_rules, as they are for a shop's products today."""
    told = warehouse.execute(
        "select product_id, name, brand, category, is_for_buy_again, is_for_discover"
        " from features.recommendable_products where shop = ?",
        [shop],
    ).df()
    told = told.set_index("product_id").reindex(products)
    most = dict(
        warehouse.execute(
            """
            select slots.slot, min(cast(rules.value as integer))
            from seeds.recommendation_rules as rules
            inner join unnest(['buy_again', 'discover']) as slots (slot)
                on rules.slot in ('any', slots.slot)
            where rules.rule = 'most_of_a_category'
            group by slots.slot
            """
        ).fetchall()
    )
    codes, _ = pd.factorize(told["category"], sort=True)
    return ShopRules(
        _by_slot(told, "is_for"),
        _refused(warehouse, shop, products),
        codes.astype(np.int32),
        {slot: most.get(slot) for slot in SLOTS},
        _alike(warehouse, told),
    )


def _alike(
    warehouse: duckdb.DuckDBPyConnection, told: pd.DataFrame
) -> dict[str, NDArray[np.int32] | None]:
    slots = warehouse.execute(
        "select slot from seeds.recommendation_rules where rule = 'same_name'"
    ).fetchall()
    named = told[["name", "brand", "category"]]
    codes = named.groupby(["name", "brand", "category"], dropna=False, sort=True).ngroup()
    alike = codes.where(told["name"].notna(), -1).to_numpy().astype(np.int32)
    return {slot: alike if (slot,) in slots else None for slot in SLOTS}


def rules_of_categories(
    warehouse: duckdb.DuckDBPyConnection, shop: str, categories: Ids
) -> ShopRules:
    """The same for categories: one of which no product may be recommended is not either."""
    told = warehouse.execute(
        """
        select category, bool_or(is_for_buy_again) as is_for_buy_again,
            bool_or(is_for_discover) as is_for_discover
        from features.recommendable_products
        where shop = ? and category is not null
        group by category
        """,
        [shop],
    ).df()
    return ShopRules(
        _by_slot(told.set_index("category").reindex(categories), "is_for"),
        _NOTHING,
        np.full(len(categories), -1, dtype=np.int32),
        dict.fromkeys(SLOTS),
        dict.fromkeys(SLOTS),
    )


def _refused(warehouse: duckdb.DuckDBPyConnection, shop: str, products: Ids) -> _Refused:
    told = warehouse.execute(
        """
        select customer_id, product_id, is_refused_to_buy_again, is_refused_to_discover
        from features.refused_products
        where shop = ?
        order by customer_id, product_id
        """,
        [shop],
    ).df()
    product = pd.Index(products).get_indexer(pd.Index(told["product_id"]))
    told, product = told[product >= 0], product[product >= 0]
    return _Refused(
        told["customer_id"].to_numpy(object),
        product.astype(np.int32),
        _by_slot(told, "is_refused_to"),
    )


def _by_slot(told: pd.DataFrame, what: str) -> dict[str, NDArray[np.bool_]]:
    return {slot: told[f"{what}_{slot}"].eq(True).to_numpy(np.bool_) for slot in SLOTS}
