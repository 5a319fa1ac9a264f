"""Recommendations in the warehouse: who recommends is chosen once a month, lists are made daily.

The methods are held against each other by what was bought before the shop's fitting date, and the
winners fitted to all of it. They are kept until the rows before that day, or the code, change: so
what is recommended moves with what customers do.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pandas as pd

from ml import layouts
from ml.recommendation.rule import RecommendationRule
from ml.recommendation.shop_recommender import (
    ShopRecommender,
    fit_shop,
    metrics_table,
    recommendations,
    similar_products,
)
from ml.threads import one_thread
from orchestration.modelling import tables as ml_io
from orchestration.modelling.interactions import (
    Days,
    days_of,
    histories_of,
    interactions_of,
    products_of,
    rules_of,
    window_of,
)
from orchestration.modelling.kept_models import Kept, Maker, fitted
from orchestration.modelling.tables import Shop
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import count_rows, transaction

KEPT = "recommendations"
"""The name under which a shop's recommender is kept."""
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
    found: list[tuple[Shop, Days, Kept]] = []
    with one_thread():
        for shop in ml_io.shops(warehouse):
            days = days_of(warehouse, shop.name)
            if days is not None:
                found.append((shop, days, _recommender(warehouse, shop, days, maker, rule)))
        measured = ml_io.of_all_shops(layouts.MODEL_METRICS, (_metrics(*one) for one in found))
        similar = ml_io.of_all_shops(layouts.SIMILAR_PRODUCTS, (_similar(*one) for one in found))
        with transaction(warehouse):
            ml_io.create(warehouse, tables[_TABLE])
            for shop, days, kept in found:
                _write_lists(warehouse, tables[_TABLE], shop, days, kept.model, rule)
            ml_io.replace(warehouse, tables[_SIMILAR], similar)
            ml_io.replace_metrics(warehouse, tables, measured)
    rows = count_rows(warehouse, tables[_TABLE].relation)
    return MadeRecommendations(rows, any(kept.is_new for _, _, kept in found), measured)


def _metrics(shop: Shop, days: Days, kept: Kept) -> pd.DataFrame:
    evaluated_on = None if days.test is None else pd.Timestamp(days.test)
    told = metrics_table(kept.model, pd.Timestamp(days.current), evaluated_on)
    return ml_io.of_shop(shop, told)


def _similar(shop: Shop, days: Days, kept: Kept) -> pd.DataFrame:
    return ml_io.of_shop(shop, similar_products(kept.model, pd.Timestamp(days.current)))


def _recommender(
    warehouse: duckdb.DuckDBPyConnection,
    shop: Shop,
    days: Days,
    maker: Maker,
    rule: RecommendationRule,
) -> Kept:
    """The shop's recommender, as it is kept or chosen and fitted anew."""

    def fit() -> ShopRecommender:
        products = products_of(warehouse, shop.name)
        return fit_shop(
            interactions_of(warehouse, shop.name, days.fitting, products),
            window_of(warehouse, shop.name, days.tuning, products),
            window_of(warehouse, shop.name, days.test, products),
            rule,
        )

    made_from = f"{maker.code} {rule} {days[1:]} {_digest(warehouse, shop, days)}"
    digest = hashlib.md5(made_from.encode()).hexdigest()  # noqa: S324
    return fitted(
        warehouse, shop.name, KEPT, digest, fit, ShopRecommender, is_forced=maker.is_forced
    )


def _digest(warehouse: duckdb.DuckDBPyConnection, shop: Shop, days: Days) -> str:
    """What the rows that a recommender learns from are, and what it is tested by."""
    told = []
    for relation, of_days in {
        "product_interactions": days[1:],
        "next_purchases": days[2:],
    }.items():
        (digest,) = warehouse.execute(
            f"select {ml_io.DIGEST} from features.{relation} as digested"
            " where shop = ? and list_contains(?, as_of_date)",
            [shop.name, [day for day in of_days if day]],
        ).fetchall()
        told.append(str(digest[0]))
    return " ".join(told)


def _write_lists(
    warehouse: duckdb.DuckDBPyConnection,
    table: Table,
    shop: Shop,
    days: Days,
    recommender: ShopRecommender,
    rule: RecommendationRule,
) -> None:
    products = recommender.products
    rules = rules_of(warehouse, shop.name, products)
    today = pd.Timestamp(days.current)
    for histories in histories_of(warehouse, shop.name, days.current, products):
        told = recommendations(recommender, histories, rules.of(histories), rule.list_length, today)
        ml_io.insert(warehouse, table, ml_io.of_shop(shop, told))
