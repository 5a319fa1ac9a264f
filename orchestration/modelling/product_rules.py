"""What a shop's rules keep from being recommended."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.recommendation.interactions import Ids, Interactions
from ml.recommendation.questions import SLOTS
from ml.recommendation.serving import Rules
from orchestration.modelling.interactions import pairs_of


@dataclass(frozen=True)
class ShopRules:
    """What a shop's rules keep from being recommended, in a catalogue.

    Attributes:
        allowed: By slot, shape (n_products,).
        refused: Rows of (customer_id, product_id, slot).
        category: shape (n_products,), -1 for none.
        most_of_a_category: By slot, None for any number.
    """

    allowed: dict[str, NDArray[np.bool_]]
    refused: pd.DataFrame
    category: NDArray[np.int32]
    most_of_a_category: dict[str, int | None]

    def of(self, histories: Interactions) -> dict[str, Rules]:
        """The rules by slot, as they are for some customers."""
        row = pd.Index(histories.customers).get_indexer(pd.Index(self.refused["customer_id"]))
        column = pd.Index(histories.products).get_indexer(pd.Index(self.refused["product_id"]))
        is_there = (row >= 0) & (column >= 0)
        rules = {}
        for slot in SLOTS:
            kept = is_there & (self.refused["slot"] == slot).to_numpy()
            pairs = pairs_of(row[kept], column[kept], histories.shape)
            rules[slot] = Rules(
                self.allowed[slot],
                pairs if kept.any() else None,
                self.category,
                self.most_of_a_category[slot],
            )
        return rules


def rules_of(warehouse: duckdb.DuckDBPyConnection, shop: str, products: Ids) -> ShopRules:
    """The rules of the seed recommendation_rules, as they are for a shop's products today."""
    told = warehouse.execute(
        "select product_id, category, is_for_buy_again, is_for_discover"
        " from features.recommendable_products where shop = ?",
        [shop],
    ).df()
    told = told.set_index("product_id").reindex(products)
    refused = warehouse.execute(
        """
        select customer_id, product_id, slot
        from features.refused_products
        cross join unnest(['buy_again', 'discover']) as slots (slot)
        where shop = ?
            and case when slot = 'buy_again' then is_refused_to_buy_again
                else is_refused_to_discover end
        order by all
        """,
        [shop],
    ).df()
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
        _allowed(told),
        refused,
        codes.astype(np.int32),
        {slot: most.get(slot) for slot in SLOTS},
    )


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
    nobody = pd.DataFrame({"customer_id": [], "product_id": [], "slot": []}, dtype=object)
    return ShopRules(
        _allowed(told.set_index("category").reindex(categories)),
        nobody,
        np.full(len(categories), -1, dtype=np.int32),
        dict.fromkeys(SLOTS),
    )


def _allowed(told: pd.DataFrame) -> dict[str, NDArray[np.bool_]]:
    return {slot: told[f"is_for_{slot}"].eq(True).to_numpy(np.bool_) for slot in SLOTS}
