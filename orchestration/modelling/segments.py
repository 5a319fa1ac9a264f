"""Segments in the warehouse: looked at once a month, and each day's customers put into them.

Each shop has its own. The customers of a day are put into the segments in force on it, anew where
their features or these segments differ from what they were when it was done last;
increments.segmented_days notes from what.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb
import pandas as pd

from ml import layouts, schemas, segmentation
from ml.artifact import SEGMENTS
from ml.rolling import KEY
from ml.segment_history import SegmentHistory
from ml.segment_map import segment_map
from ml.segment_rule import CLUSTER_FEATURES, SegmentRule
from orchestration.modelling import tables as ml_io
from orchestration.modelling.kept_models import Maker, create_increments
from orchestration.modelling.segment_chain import SegmentChain, made_by
from orchestration.modelling.segment_versions import segments_in_force
from orchestration.modelling.tables import Shop
from orchestration.quoting import identifier
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import columns_of, count_rows, transaction

_ASSIGNMENTS, _PROFILES, _MAP = "customer_segments", "segment_profiles", "segment_map"
_NOTES = "increments.segmented_days"
_RULE = SegmentRule()


@dataclass(frozen=True)
class MadeSegments:
    """What `make_segments` did.

    Attributes:
        rows: Rows of customer_segments.
        days: On how many days of a shop customers were put into segments anew.
        is_fitted: Whether segments themselves are new.
        profiles: segment_profiles.
        metrics: What it wrote into model_metrics.
    """

    rows: int
    days: int
    is_fitted: bool
    profiles: pd.DataFrame
    metrics: pd.DataFrame


@dataclass(frozen=True)
class _ShopSegments:
    """A shop's segments, none without a buyer, and what each of its days is made from.

    `said` is what is to be said of them, `versions` are MODEL_VERSIONS.
    """

    shop: Shop
    rule: SegmentRule
    history: SegmentHistory | None
    is_fitted: bool
    wanted: Mapping[date, str]
    said: str = ""
    versions: pd.DataFrame = field(
        default_factory=lambda: schemas.empty_table(layouts.MODEL_VERSIONS)
    )


def make_segments(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    maker: Maker,
    rule: SegmentRule = _RULE,
) -> MadeSegments:
    """Brings customer_segments, segment_profiles and their metrics up to date.

    Args:
        warehouse: A connection that writes, with the features and seeds.
        tables: The declared ml tables by name.
        maker: The code, and whether all is made anew.
        rule: How segments are made.
    """
    rule = replace(rule, feature_names=_feature_names(warehouse, rule))
    of_shops = [_segments_of(warehouse, shop, rule, maker) for shop in ml_io.shops(warehouse)]
    profiles = ml_io.of_all_shops(
        layouts.SEGMENT_PROFILES, (_profiles(warehouse, one) for one in of_shops)
    )
    metrics = ml_io.of_all_shops(layouts.MODEL_METRICS, map(_metrics, of_shops))
    versions = ml_io.of_all_shops(
        layouts.MODEL_VERSIONS, (ml_io.of_shop(one.shop, one.versions) for one in of_shops)
    )
    maps = ml_io.of_all_shops(layouts.SEGMENT_MAP, (_map(warehouse, one) for one in of_shops))
    noted = {} if maker.is_forced else _noted(warehouse, tables[_ASSIGNMENTS], of_shops)
    kept = {
        (one.shop.name, day)
        for one in of_shops
        for day, made_from in one.wanted.items()
        if noted.get((one.shop.name, day)) == made_from
    }
    with transaction(warehouse):
        _keep(warehouse, tables[_ASSIGNMENTS], kept)
        days = sum(_put_in(warehouse, tables[_ASSIGNMENTS], one, kept) for one in of_shops)
        ml_io.replace(warehouse, tables[_PROFILES], profiles)
        ml_io.replace(warehouse, tables[_MAP], maps)
        ml_io.replace_metrics(warehouse, tables, metrics)
        ml_io.replace_versions(warehouse, tables, versions, [SEGMENTS])
    rows = count_rows(warehouse, tables[_ASSIGNMENTS].relation)
    is_fitted = any(one.is_fitted for one in of_shops)
    return MadeSegments(rows, days, is_fitted, profiles, metrics)


def _segments_of(
    warehouse: duckdb.DuckDBPyConnection, shop: Shop, rule: SegmentRule, maker: Maker
) -> _ShopSegments:
    digests = _digests(warehouse, shop, rule)
    if shop.today not in digests:
        return _ShopSegments(shop, rule, None, False, {})
    chain = SegmentChain(
        warehouse, shop, digests, lambda day: customers_of(warehouse, shop, rule, day), rule, maker
    )
    found, is_new = chain.latest()
    history, remark, versions = segments_in_force(warehouse, shop, rule, maker, found, digests)
    said = remark.removesuffix(": ") or found.looks[-1].said
    wanted = {
        day: " ".join(
            [made_by(maker, rule), history.on(day.isoformat()).version, digest]
            + [digests.get(first, "") for first in _first_of_month(shop, day)]
        )
        for day, digest in digests.items()
    }
    return _ShopSegments(shop, rule, history, is_new, wanted, said, versions)


def _first_of_month(shop: Shop, day: date) -> list[date]:
    """The day on which segments were looked at last, if that is an earlier one."""
    return [one for one in shop.fitting_dates if one < day][-1:] * (day not in shop.fitting_dates)


def _customers_on(
    warehouse: duckdb.DuckDBPyConnection, one: _ShopSegments, day: date
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """The customers of a day, and those of the first of its month if it is another day."""
    then = [
        customers_of(warehouse, one.shop, one.rule, first)
        for first in _first_of_month(one.shop, day)
    ]
    return customers_of(warehouse, one.shop, one.rule, day), then[0] if then else None


def _profiles(warehouse: duckdb.DuckDBPyConnection, one: _ShopSegments) -> pd.DataFrame:
    if one.history is None:
        profiles = segmentation.nothing_to_segment(one.shop.today).profiles
    else:
        profiles = one.history.latest.profiles(*_customers_on(warehouse, one, one.shop.today))
    return ml_io.of_shop(one.shop, profiles)


def _map(warehouse: duckdb.DuckDBPyConnection, one: _ShopSegments) -> pd.DataFrame:
    if one.history is None:
        return ml_io.of_shop(one.shop, schemas.empty_table(layouts.SEGMENT_MAP))
    customers, before = _customers_on(warehouse, one, one.shop.today)
    segments = one.history.latest
    labels = segments.labels(customers, before)
    return ml_io.of_shop(one.shop, segment_map(segments, customers, labels))


def _metrics(one: _ShopSegments) -> pd.DataFrame:
    today = one.shop.today
    if one.history is None:
        nothing = segmentation.nothing_to_segment(today, one.rule.method)
        return ml_io.of_shop(one.shop, nothing.metrics)
    return ml_io.of_shop(one.shop, one.history.latest.metrics(today, one.said))


def _put_in(
    warehouse: duckdb.DuckDBPyConnection,
    table: Table,
    one: _ShopSegments,
    kept: Collection[tuple[str, date]],
) -> int:
    """Puts the customers of each day of a shop that is not kept into its segments."""
    if one.history is None:
        return 0
    stale = [day for day in one.wanted if (one.shop.name, day) not in kept]
    for day in stale:
        # A day at a time: all days of a million customers would not fit into memory.
        segments = one.history.on(day.isoformat())
        assignments = segments.assignments(*_customers_on(warehouse, one, day))
        ml_io.insert(warehouse, table, ml_io.of_shop(one.shop, assignments))
        warehouse.execute(
            f"insert into {_NOTES} values (?, ?, ?, ?)",
            [one.shop.name, day, one.wanted[day], len(assignments)],
        )
    return len(stale)


def _noted(
    warehouse: duckdb.DuckDBPyConnection, table: Table, of_shops: Sequence[_ShopSegments]
) -> dict[tuple[str, date], str]:
    """What the rows of each day in customer_segments were made from, where they are all there."""
    if not all("shop" in columns_of(warehouse, name) for name in (table.relation, _NOTES)):
        return {}
    query = f"""
        select shop, as_of_date, made_from
        from {_NOTES} as notes
        where shop = $shop and row_count = (
            select count(*) from {table.relation} as held
            where
                held.shop = notes.shop
                and held.as_of_date = notes.as_of_date
                and contains(notes.made_from, held.model_version)
        )
    """
    return {
        (shop, day): made_from
        for one in of_shops
        for shop, day, made_from in warehouse.execute(query, {"shop": one.shop.name}).fetchall()
    }


def _keep(
    warehouse: duckdb.DuckDBPyConnection, table: Table, kept: Collection[tuple[str, date]]
) -> None:
    """Leaves the rows and notes of these days of shops only."""
    create_increments(warehouse)
    if not kept:  # Other code may declare other columns.
        ml_io.create(warehouse, table)
        warehouse.execute(
            f"create or replace table {_NOTES}"
            " (shop varchar, as_of_date date, made_from varchar, row_count bigint)"
        )
        return
    shops, days = zip(*sorted(kept), strict=True)
    for relation in (table.relation, _NOTES):
        warehouse.execute(
            f"delete from {relation} where (shop, as_of_date) not in"
            " (select (unnest($shops), unnest($days)))",
            {"shops": list(shops), "days": list(days)},
        )


def _feature_names(
    warehouse: duckdb.DuckDBPyConnection, rule: SegmentRule
) -> tuple[tuple[str, str, str], ...]:
    """What features that each name does not tell in any case are called, in two languages."""
    others = [feature for feature in rule.features if feature not in CLUSTER_FEATURES]
    if not others:
        return ()
    named = warehouse.execute("select feature, label, label_zh from seeds.feature_themes")
    names = {feature: (label, label_zh) for feature, label, label_zh in named.fetchall()}
    plain = {feature: (feature.replace("_", " "),) * 2 for feature in others}
    return tuple((feature, *(plain | names)[feature]) for feature in others)


def _features(rule: SegmentRule) -> str:
    """Customers with orders of $shop, and what segments are made from and described by.

    Where nobody knows what orders came to, a customer's basket is taken for the usual one of the
    day.
    """
    columns = dict.fromkeys([*KEY, *segmentation.PROFILE_FEATURES, *rule.features])
    return f"""
        select * replace (
            coalesce(
                average_order_value, median(average_order_value) over (partition by as_of_date), 0
            ) as average_order_value
        )
        from (
            select {", ".join(map(identifier, columns))}
            from features.customer_features
            where order_count > 0 and shop = $shop
        )
    """


def _digests(
    warehouse: duckdb.DuckDBPyConnection, shop: Shop, rule: SegmentRule
) -> dict[date, str]:
    """What customers who have ordered are told by, as one text an as_of_date."""
    days = warehouse.execute(
        f"select as_of_date, {ml_io.DIGEST} from ({_features(rule)}) as digested"
        " group by as_of_date order by as_of_date",
        {"shop": shop.name},
    ).fetchall()
    return dict(days)


def customers_of(
    warehouse: duckdb.DuckDBPyConnection, shop: Shop, rule: SegmentRule, day: date
) -> pd.DataFrame:
    """The customers with orders of a day, as segments take them."""
    query = f"from ({_features(rule)}) where as_of_date = $day order by customer_id"
    found = warehouse.execute(query, {"shop": shop.name, "day": day}).df()
    return segmentation.customers_with_orders(found, rule.features)
