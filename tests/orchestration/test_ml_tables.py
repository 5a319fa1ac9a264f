"""What the Python steps write: declared types, one transaction, each model its own metrics."""

import gc
import weakref
from datetime import date

import duckdb
import pandas as pd
import pytest

from orchestration.modelling.profiles import metric_values, segment_sizes
from orchestration.modelling.tables import DIGEST, create, insert, keep_metrics_of, write
from orchestration.warehouse.manifest import Column, Table
from orchestration.warehouse.opening import transaction


def table(name: str, **columns: str) -> Table:
    return Table("ml", name, "", tuple(Column(key, kind, "") for key, kind in columns.items()))


TABLES = {
    "scores": table("scores", customer_id="varchar", as_of_date="date", segment_id="integer"),
    "model_metrics": table(
        "model_metrics", shop="varchar", model_name="varchar", target="varchar", value="double"
    ),
}
SCORES = pd.DataFrame(
    {"segment_id": [1], "customer_id": ["a"], "as_of_date": [pd.Timestamp("2024-01-01")]}
)


def metrics(name: str, value: float, target: str | None = None) -> pd.DataFrame:
    told = {"shop": ["s"], "model_name": [name], "target": [target], "value": [value]}
    return pd.DataFrame(told)


def all_metrics(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return warehouse.execute(
        "select model_name, value from ml.model_metrics order by all"
    ).fetchall()


def test_tables_have_the_declared_columns(warehouse: duckdb.DuckDBPyConnection) -> None:
    write(warehouse, TABLES, {"scores": SCORES}, metrics("a", 1))
    assert warehouse.execute("from ml.scores").fetchall() == [("a", date(2024, 1, 1), 1)]
    types = [row[1] for row in warehouse.execute("describe ml.scores").fetchall()]
    assert types == ["VARCHAR", "DATE", "INTEGER"]


def test_an_empty_result_is_an_empty_table(warehouse: duckdb.DuckDBPyConnection) -> None:
    write(warehouse, TABLES, {"scores": SCORES}, metrics("a", 1))
    write(warehouse, TABLES, {"scores": SCORES.head(0)}, metrics("a", 1))
    assert warehouse.execute("from ml.scores").fetchall() == []


def test_what_is_written_is_not_held_until_the_rest_is(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    with transaction(warehouse):
        create(warehouse, TABLES["scores"])
        some = SCORES.copy()
        held = weakref.ref(some)
        insert(warehouse, TABLES["scores"], some)
        del some
        gc.collect()
        assert held() is None
        insert(warehouse, TABLES["scores"], SCORES)
    assert len(warehouse.execute("from ml.scores").fetchall()) == 2


def test_a_model_replaces_only_its_own_metrics(warehouse: duckdb.DuckDBPyConnection) -> None:
    write(warehouse, TABLES, {}, metrics("a", 1))
    write(warehouse, TABLES, {}, metrics("b", 2))
    write(warehouse, TABLES, {}, metrics("a", 3))
    assert all_metrics(warehouse) == [("a", 3.0), ("b", 2.0)]
    warehouse.execute("create schema features")
    warehouse.execute(
        "create table features.as_of_dates as select 's' as shop, date '2024-01-01' as as_of_date, "
        "true as is_current"
    )
    keep_metrics_of(warehouse, TABLES["model_metrics"], ["b"], [])
    assert all_metrics(warehouse) == [("b", 2.0)]
    warehouse.execute("update features.as_of_dates set shop = 't'")
    keep_metrics_of(warehouse, TABLES["model_metrics"], ["b"], [])
    assert all_metrics(warehouse) == []


def test_metrics_of_a_target_are_those_of_its_latest_model(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    write(warehouse, TABLES, {}, metrics("old", 1, "churn"))
    write(warehouse, TABLES, {}, metrics("other", 2, "spend"))
    write(warehouse, TABLES, {}, metrics("new", 3, "churn"))
    assert all_metrics(warehouse) == [("new", 3.0), ("other", 2.0)]
    warehouse.execute("create schema features")
    warehouse.execute(
        "create table features.as_of_dates as select 's' as shop, date '2024-01-01' as as_of_date, "
        "true as is_current"
    )
    keep_metrics_of(warehouse, TABLES["model_metrics"], ["none"], ["churn"])
    assert all_metrics(warehouse) == [("new", 3.0)]


def test_output_and_metrics_change_together_or_not_at_all(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    write(warehouse, TABLES, {"scores": SCORES}, metrics("a", 1))
    with pytest.raises(duckdb.Error):
        write(warehouse, TABLES, {"scores": SCORES.head(0)}, metrics("a", 2).drop(columns="value"))
    assert warehouse.execute("select count(*) from ml.scores").fetchall() == [(1,)]
    assert all_metrics(warehouse) == [("a", 1.0)]


def test_segments_are_read_from_their_profiles() -> None:
    profiles = pd.DataFrame(
        {
            "segment_id": [1, 0, 0],
            "segment_name": ["few", "many", "many"],
            "feature_name": ["total_spend", "total_spend", "order_count"],
            "customer_count": [10, 90, 90],
            "segment_median": [1.0, 2.0, 3.0],
        }
    )
    many, few = segment_sizes(profiles)
    assert (many.name, many.customers, many.median_spend, many.median_orders) == ("many", 90, 2, 3)
    assert (few.name, few.median_orders) == ("few", None)


def test_the_latest_known_metric_counts() -> None:
    frame = pd.DataFrame(
        {
            "metric": ["roc_auc", "roc_auc", "brier"],
            "value": [0.8, 0.9, 0.1],
            "baseline_value": [0.7, float("nan"), 0.2],
            "evaluated_on": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-02-01"]),
        }
    )
    assert metric_values(frame, ["roc_auc"]) == {"roc_auc": 0.9}


def test_a_digest_tells_rows_apart_and_not_their_order(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    seen = set()
    for rows in ("(1, 'a'), (2, null)", "(2, null), (1, 'a')", "(1, 'a'), (2, 'b')", "(1, 'a')"):
        query = f"select {DIGEST} from (from (values {rows}) as v (n, t)) as digested"
        seen |= set(warehouse.execute(query).fetchall())
    assert len(seen) == 3
    (none,) = warehouse.execute(f"select {DIGEST} from (select 1 limit 0) as digested").fetchall()
    assert none == ("0",)
