"""Recommendations in the warehouse: who recommends is chosen once a month, lists are made daily.

The methods are held against each other by what was bought before the shop's fitting date, and the
winners fitted to all of it. Both are kept until the rows before that day, or the code, change; what
is fitted is so again when there are other products. So what is recommended moves with what
customers do.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from ml import layouts, schemas
from ml.recommendation.choice import Choice, choose, metrics_table
from ml.recommendation.interactions import Ids
from ml.recommendation.methods import METHODS
from ml.recommendation.rule import RecommendationRule
from ml.recommendation.shop_recommender import (
    ShopRecommender,
    fit_shop,
    recommendations,
    similar_products,
)
from ml.threads import one_thread
from orchestration.modelling import tables as ml_io
from orchestration.modelling.interactions import (
    Days,
    attributes_of,
    days_of,
    histories_of,
    interactions_of,
    known_products,
    products_of,
    window_of,
)
from orchestration.modelling.kept_models import Kept, Maker, fitted
from orchestration.modelling.product_rules import rules_of
from orchestration.modelling.tables import Shop
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import count_rows, transaction

_CHOICE, _FITTED = "recommendation methods", "recommendations"
KEPT = (_CHOICE, _FITTED)
"""The names under which a shop's choice of methods, and the methods fitted, are kept."""
_TABLE, _SIMILAR = "customer_recommendations", "similar_products"


@dataclass(frozen=True)
class MadeRecommendations:
    """What `make_recommendations` did: rows, whether a contest was held, and its metrics."""

    rows: int
    is_fitted: bool
    metrics: pd.DataFrame


def make_recommendations(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    maker: Maker,
    rule: RecommendationRule,
) -> MadeRecommendations:
    """Brings customer_recommendations and their metrics up to date.

    Args:
        warehouse: A connection that writes, with features and seeds.
        tables: The declared ml tables by name.
        maker: The code, and whether all is made anew.
        rule: How the recommenders are found.
    """
    found = []
    with one_thread():
        for shop in ml_io.shops(warehouse):
            days = days_of(warehouse, shop.name)
            if days is not None:
                found.append(_found(warehouse, shop, days, maker, rule))
        measured = ml_io.of_all_shops(layouts.MODEL_METRICS, (one.metrics for one in found))
        similar = ml_io.of_all_shops(layouts.SIMILAR_PRODUCTS, (one.similar for one in found))
        with transaction(warehouse):
            ml_io.create(warehouse, tables[_TABLE])
            for one in found:
                _write_lists(warehouse, tables[_TABLE], one, rule)
            ml_io.replace(warehouse, tables[_SIMILAR], similar)
            ml_io.replace_metrics(warehouse, tables, measured)
    rows = count_rows(warehouse, tables[_TABLE].relation)
    return MadeRecommendations(rows, any(one.is_new for one in found), measured)


class _Found(NamedTuple):
    """A shop with what recommends in it, and whether the contest was held anew."""

    shop: Shop
    days: Days
    choice: Choice
    recommender: ShopRecommender
    is_new: bool

    @property
    def metrics(self) -> pd.DataFrame:
        """What the contest found."""
        days = self.days
        evaluated_on = None if days.test is None else pd.Timestamp(days.test)
        version = self.recommender.version
        told = metrics_table(self.choice, version, pd.Timestamp(days.current), evaluated_on)
        return ml_io.of_shop(self.shop, told)

    @property
    def similar(self) -> pd.DataFrame:
        """Which products are alike."""
        told = similar_products(self.recommender, pd.Timestamp(self.days.current))
        return ml_io.of_shop(self.shop, told)


def _found(
    warehouse: duckdb.DuckDBPyConnection,
    shop: Shop,
    days: Days,
    maker: Maker,
    rule: RecommendationRule,
) -> _Found:
    """What recommends in a shop, as it is kept or else made anew.

    The choice depends on what had happened until the day of fitting, and on what is said of
    products if a method goes by it; what is fitted also on which products there are today.
    """
    reads_attributes = any(METHODS[name].reads_attributes for name in rule.methods)

    def attributes(products: Ids) -> Any:
        return attributes_of(warehouse, shop.name, products) if reads_attributes else None

    def choose_methods() -> Choice:
        products = known_products(warehouse, shop.name)
        known = attributes(products)
        tuning, test = (
            window_of(warehouse, shop.name, day, products, known)
            for day in (days.tuning, days.test)
        )
        return choose(tuning, test, rule)

    def fit() -> ShopRecommender:
        products = products_of(warehouse, shop.name)
        learnt = interactions_of(warehouse, shop.name, days.fitting, products, attributes(products))
        return fit_shop(learnt, choice.model)

    def kept(name: str, made_from: str, make: Callable[[], object], kind: type) -> Kept:
        digest = hashlib.md5(made_from.encode()).hexdigest()  # noqa: S324
        is_forced = maker.is_forced
        return fitted(warehouse, shop.name, name, digest, make, kind, is_forced=is_forced)

    happened = f"{maker.code} {rule} {days[1:]} {_digest(warehouse, shop, days)}"
    if reads_attributes:
        happened += f" {_digest_of(warehouse, 'product_attributes', shop)}"
    choice = kept(_CHOICE, happened, choose_methods, Choice)
    catalogue = schemas.version_of(products_of(warehouse, shop.name))
    recommender = kept(_FITTED, f"{happened} {catalogue}", fit, ShopRecommender)
    return _Found(shop, days, choice.model, recommender.model, choice.is_new)


def _digest_of(warehouse: duckdb.DuckDBPyConnection, relation: str, shop: Shop) -> str:
    ((digest,),) = warehouse.execute(
        f"select {ml_io.DIGEST} from features.{relation} as digested where shop = ?", [shop.name]
    ).fetchall()
    return str(digest)


def _digest(warehouse: duckdb.DuckDBPyConnection, shop: Shop, days: Days) -> str:
    """What the rows that methods learn from are, and what they are tested by."""
    told = []
    for relation, of_days in {
        "product_interactions": days[1:],
        "next_purchases": days[2:],
    }.items():
        ((digest,),) = warehouse.execute(
            f"select {ml_io.DIGEST} from features.{relation} as digested"
            " where shop = ? and list_contains(?, as_of_date)",
            [shop.name, [day for day in of_days if day]],
        ).fetchall()
        told.append(str(digest))
    return " ".join(told)


def _write_lists(
    warehouse: duckdb.DuckDBPyConnection, table: Table, found: _Found, rule: RecommendationRule
) -> None:
    shop, day, products = found.shop, found.days.current, found.recommender.products
    rules = rules_of(warehouse, shop.name, products)
    for histories in histories_of(warehouse, shop.name, day, products):
        told = recommendations(
            found.recommender,
            histories,
            rules.of(histories),
            rule.list_length,
            pd.Timestamp(day),
        )
        ml_io.insert(warehouse, table, ml_io.of_shop(shop, told))
