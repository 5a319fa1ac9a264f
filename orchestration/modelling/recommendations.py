"""Recommendations in the warehouse: who recommends is chosen once a month, lists are made daily.

Products and their categories are recommended alike, from the same rows.

The methods are held against each other by what was bought before the shop's fitting date, and the
winners fitted to all of it. Both are kept until the rows before that day, or the code, change; what
is fitted is so again when there are other products. So what is recommended moves with what
customers do.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import duckdb
import pandas as pd

from ml import layouts, schemas
from ml.recommendation.choice import Choice, choose, metrics_table
from ml.recommendation.methods import METHODS
from ml.recommendation.questions import Level
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
    categories_of,
    days_of,
    histories_of,
    products_of,
)
from orchestration.modelling.kept_models import Kept, Maker, fitted
from orchestration.modelling.product_rules import rules_of, rules_of_categories
from orchestration.modelling.shop_rows import ShopRows
from orchestration.modelling.tables import Shop
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import count_rows, transaction


class _Names(NamedTuple):
    """What is written of a level: its table; as what the choice of methods, and they, are kept."""

    table: str
    choice: str
    fitted: str


_NAMES: Mapping[Level, _Names] = {
    Level.PRODUCT: _Names("customer_recommendations", "recommendation methods", "recommendations"),
    Level.CATEGORY: _Names("customer_next_categories", "next category methods", "next categories"),
}
KEPT = [name for names in _NAMES.values() for name in (names.choice, names.fitted)]
"""The names under which a shop's choices of methods, and the methods fitted, are kept."""
_SIMILAR = "similar_products"


@dataclass(frozen=True)
class MadeRecommendations:
    """What `make_recommendations` did.

    Attributes:
        rows: Of each table.
        is_fitted: Whether a contest was held.
        metrics: What contests found.
    """

    rows: Mapping[str, int]
    is_fitted: bool
    metrics: pd.DataFrame


def make_recommendations(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    maker: Maker,
    rules: Sequence[RecommendationRule],
) -> MadeRecommendations:
    """Brings what is recommended, and the metrics of it, up to date.

    Args:
        warehouse: A connection that writes, with features and seeds.
        tables: The declared ml tables by name.
        maker: The code, and whether all is made anew.
        rules: How the recommenders are found, of products and of categories.
    """
    found = []
    with one_thread():
        for shop in ml_io.shops(warehouse):
            days = days_of(warehouse, shop.name)
            if days is not None:
                found.append(_found(warehouse, shop, days, maker, rules))
        measured = ml_io.of_all_shops(
            layouts.MODEL_METRICS, (told for one in found for told in one.metrics)
        )
        similar = ml_io.of_all_shops(
            layouts.SIMILAR_PRODUCTS, (told for one in found for told in one.similar)
        )
        written = [tables[_NAMES[rule.level].table] for rule in rules]
        with transaction(warehouse):
            for table in written:
                ml_io.create(warehouse, table)
            for one in found:
                _write_lists(warehouse, tables, one)
            ml_io.replace(warehouse, tables[_SIMILAR], similar)
            ml_io.replace_metrics(warehouse, tables, measured)
    rows = {table.name: count_rows(warehouse, table.relation) for table in written}
    return MadeRecommendations(rows, any(one.is_new for one in found), measured)


class _Recommending(NamedTuple):
    """What recommends by a rule, and whether the contest was held anew."""

    rule: RecommendationRule
    choice: Choice
    recommender: ShopRecommender
    is_new: bool

    @property
    def served(self) -> Collection[str]:
        """The methods by which lists are made."""
        return self.choice.methods.values()


class _Found(NamedTuple):
    """A shop with what recommends in it."""

    shop: Shop
    days: Days
    by_rule: Sequence[_Recommending]

    @property
    def is_new(self) -> bool:
        """Whether a contest was held anew."""
        return any(one.is_new for one in self.by_rule)

    @property
    def metrics(self) -> Iterator[pd.DataFrame]:
        """What contests found."""
        days = self.days
        today, evaluated_on = pd.Timestamp(days.current), None
        if days.test is not None:
            evaluated_on = pd.Timestamp(days.test)
        for one in self.by_rule:
            told = metrics_table(one.choice, one.recommender.version, today, evaluated_on)
            yield ml_io.of_shop(self.shop, told)

    @property
    def similar(self) -> Iterator[pd.DataFrame]:
        """Which products are alike."""
        for one in self.by_rule:
            if one.rule.level is Level.PRODUCT:
                told = similar_products(one.recommender, pd.Timestamp(self.days.current))
                yield ml_io.of_shop(self.shop, told)


def _found(
    warehouse: duckdb.DuckDBPyConnection,
    shop: Shop,
    days: Days,
    maker: Maker,
    rules: Sequence[RecommendationRule],
) -> _Found:
    """What recommends in a shop, by each rule.

    Rows are read once for all of them, and let go before lists are made.
    """
    rows = ShopRows.of(warehouse, shop.name, days, rules)
    by_rule = [_found_by(warehouse, shop.name, maker, rule, rows) for rule in rules]
    return _Found(shop, days, by_rule)


def _found_by(
    warehouse: duckdb.DuckDBPyConnection,
    shop: str,
    maker: Maker,
    rule: RecommendationRule,
    rows: ShopRows,
) -> _Recommending:
    """What recommends by a rule, as it is kept or else made anew.

    The choice depends on what had happened until the day of fitting, and on what is said of
    products if a method goes by it; what is fitted also on what there is today.
    """
    names, is_coarse = _NAMES[rule.level], rule.level is Level.CATEGORY

    def choose_methods() -> Choice:
        if not is_coarse:
            return choose(*rows.windows, rule)
        known = rows.categories(rows.known)
        tuning, test = (known.window(window) for window in rows.windows)
        return choose(tuning, test, rule)

    def fit() -> ShopRecommender:
        learnt = rows.learnt
        if is_coarse:
            learnt = rows.categories(rows.products).interactions(learnt)
        return fit_shop(learnt, choice.model)

    def kept(name: str, made_from: str, make: Callable[[], object], kind: type) -> Kept:
        digest = hashlib.md5(made_from.encode()).hexdigest()  # noqa: S324
        is_forced = maker.is_forced
        return fitted(warehouse, shop, name, digest, make, kind, is_forced=is_forced)

    happened = f"{maker.code} {rule} {rows.happened}"
    if is_coarse:
        happened += f" {rows.known_categories}"
    choice = kept(names.choice, happened, choose_methods, Choice)
    there = rows.categories(rows.products).names if is_coarse else rows.products
    made_from = f"{happened} {schemas.version_of(there)}"
    recommender = kept(names.fitted, made_from, fit, ShopRecommender)
    return _Recommending(rule, choice.model, recommender.model, choice.is_new)


def _write_lists(
    warehouse: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], found: _Found
) -> None:
    """The lists of everybody in a shop, some customers at a time."""
    shop, day = found.shop, found.days.current
    products = products_of(warehouse, shop.name)
    categories = categories_of(warehouse, shop.name, products)
    rules = {
        Level.PRODUCT: rules_of(warehouse, shop.name, products),
        Level.CATEGORY: rules_of_categories(warehouse, shop.name, categories.names),
    }
    is_grouped = any(METHODS[name].reads_groups for one in found.by_rule for name in one.served)
    everybody = histories_of(warehouse, shop.name, day, products, is_grouped=is_grouped)
    for histories in everybody:
        for one in found.by_rule:
            level = one.rule.level
            known = categories.interactions(histories) if level is Level.CATEGORY else histories
            told = recommendations(
                one.recommender, known, rules[level].of(known), one.rule, pd.Timestamp(day)
            )
            ml_io.insert(warehouse, tables[_NAMES[level].table], ml_io.of_shop(shop, told))
