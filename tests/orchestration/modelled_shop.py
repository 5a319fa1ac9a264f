"""Features of a small shop, and the tables that segments and predictions of it go to."""

from dataclasses import replace

import duckdb

from ml import layouts
from ml.segmentation import PROFILE_FEATURES
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.targets import Declared
from orchestration.warehouse.manifest import Column, Table
from tests.ml.in_one_call import REPURCHASE

Warehouse = duckdb.DuckDBPyConnection

NORMAL, FORCED = Maker("code"), Maker("code", is_forced=True)
TYPES = {
    **{"str": "varchar", "datetime64[us]": "date", "float64": "double"},
    **{"int64": "bigint", "Int64": "bigint"},
}


def table_of(name: str, schema: layouts.Schema) -> Table:
    columns = (Column(column, TYPES.get(kind, kind), "") for column, kind in schema.items())
    return Table("ml", name, "", (Column("shop", "varchar", ""), *columns))


TABLES = {
    name: table_of(name, schema)
    for name, schema in {
        "customer_segments": layouts.CUSTOMER_SEGMENTS,
        "segment_profiles": layouts.SEGMENT_PROFILES,
        "segment_map": layouts.SEGMENT_MAP,
        "customer_predictions": layouts.CUSTOMER_PREDICTIONS,
        "prediction_outcomes": layouts.PREDICTION_OUTCOMES,
        "prediction_reasons": layouts.PREDICTION_REASONS,
        "model_curves": layouts.MODEL_CURVES,
        "feature_importance": layouts.FEATURE_IMPORTANCE,
        "model_versions": layouts.MODEL_VERSIONS,
        "model_metrics": layouts.MODEL_METRICS,
    }.items()
}


# 29 days, because so many lie between the first two firsts of months: one trains and one tests.
def declared(horizon_days: int = 29, **changed: object) -> Declared:
    """Repurchase of customers with orders, or with what is changed something else."""
    target = replace(REPURCHASE, horizon_days=horizon_days, **changed)  # type: ignore[arg-type]
    return Declared(target, "repurchase.yml", "order_count > 0", "labels.order_day_count > 0")


DECLARED = declared()


def contents(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    return {
        name: warehouse.execute(f"from {table.relation} order by all").fetchall()
        for name, table in TABLES.items()
    }


def make_features(warehouse: Warehouse) -> None:
    """Features of 80 customers on three firsts of months and on a current day, 17 April."""
    measures = ", ".join(
        f"(1 + hash(number, as_of_date, '{name}') % 40)::double as {name}"
        for name in PROFILE_FEATURES
    )
    warehouse.execute(f"""
        create schema features;
        create table features.as_of_dates as
        select 's' as shop, as_of_date, as_of_date = date '2024-04-17' as is_current
        from (values (date '2024-02-01'), (date '2024-03-01'), (date '2024-04-01'),
            (date '2024-04-17')) as days (as_of_date);
        create table features.customer_features as
        select shop, 'c' || number as customer_id, as_of_date, {measures}
        from range(80) as customers (number) cross join features.as_of_dates;
        create schema seeds;
        create table seeds.feature_themes as
        from (values ('days_since_last_order', 'recency', 'days'), ('order_count', 'orders', 'n'),
            ('total_spend', 'spend', 'money')) as themes (feature, theme, label);
        create table features.training_labels as
        select shop, customer_id, as_of_date, 29 as horizon_days,
            (days_since_last_order + hash(customer_id, as_of_date) % 20 < 30)::bigint
                as order_day_count
        from features.customer_features where as_of_date < date '2024-03-18';
    """)
