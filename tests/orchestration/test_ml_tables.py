"""What the Python steps write: declared types, one transaction, each model its own metrics."""

from datetime import date

import duckdb
import pandas as pd
import pytest

from orchestration.modelling.predictions import Lessons
from orchestration.modelling.profiles import metric_values, segment_sizes
from orchestration.modelling.tables import DIGEST, Shop, keep_metrics_of, write
from orchestration.modelling.targets import Labels
from orchestration.warehouse.manifest import Column, Table
from tests.ml.in_one_call import REPURCHASE


def table(name: str, **columns: str) -> Table:
    return Table("ml", name, "", tuple(Column(key, kind, "") for key, kind in columns.items()))


TABLES = {
    "scores": table("scores", customer_id="varchar", as_of_date="date", segment_id="integer"),
    "model_metrics": table("model_metrics", shop="varchar", model_name="varchar", value="double"),
}
LABELS = Labels(Table("features", "training_labels", "", ()), REPURCHASE)
SCORES = pd.DataFrame(
    {"segment_id": [1], "customer_id": ["a"], "as_of_date": [pd.Timestamp("2024-01-01")]}
)


def metrics(name: str, value: float) -> pd.DataFrame:
    return pd.DataFrame({"shop": ["s"], "model_name": [name], "value": [value]})


def on(day: date) -> Shop:
    return Shop("s", day, day)


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
    keep_metrics_of(warehouse, TABLES["model_metrics"], ["b"])
    assert all_metrics(warehouse) == [("b", 2.0)]
    warehouse.execute("update features.as_of_dates set shop = 't'")
    keep_metrics_of(warehouse, TABLES["model_metrics"], ["b"])
    assert all_metrics(warehouse) == []


def test_output_and_metrics_change_together_or_not_at_all(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    write(warehouse, TABLES, {"scores": SCORES}, metrics("a", 1))
    with pytest.raises(duckdb.Error):
        write(warehouse, TABLES, {"scores": SCORES.head(0)}, pd.DataFrame({"model_name": ["a"]}))
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


def test_a_sample_of_customers_teaches(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("""
        create schema features;
        create table features.as_of_dates as
        select 's' as shop, date '2024-01-01' + (day * 31)::int as as_of_date, day = 3 as is_current
        from range(4) as days (day);
        create table features.customer_features as
        select shop, 'c' || number as customer_id, as_of_date
        from range(500) as customers (number) cross join features.as_of_dates;
        create table features.training_labels as
        from features.customer_features where as_of_date < date '2024-03-01';
    """)
    warehouse.execute("""
        insert into features.customer_features
        select 't', 'd' || customer_id, as_of_date from features.customer_features;
        insert into features.training_labels
        from features.customer_features where shop = 't' and as_of_date < date '2024-03-01';
    """)
    drawn = Lessons(warehouse, LABELS, on(date(2024, 6, 1)), most_rows=200)
    learned = set(drawn.labels()["customer_id"])
    assert 50 < len(learned) < 150
    assert set(drawn.labels().groupby("customer_id").size()) == {2}
    key = ["customer_id", "as_of_date"]
    pd.testing.assert_frame_equal(drawn.labels()[key], drawn.features()[key])
    everybody = Lessons(warehouse, LABELS, on(date(2024, 6, 1)), most_rows=1000)
    assert (len(everybody.features()), len(everybody.labels())) == (1000, 1000)
    # The window of the second day is still open.
    assert len(Lessons(warehouse, LABELS, on(date(2024, 2, 20))).labels()) == 500
    # That of the first day closes on the 31st.
    assert len(Lessons(warehouse, LABELS, on(date(2024, 1, 31))).labels()) == 500
    assert len(Lessons(warehouse, LABELS, on(date(2024, 1, 30))).labels()) == 0
    # The window of the second day is open until its thirtieth day is over.
    assert len(Lessons(warehouse, LABELS, on(date(2024, 3, 1))).labels()) == 500
    assert len(Lessons(warehouse, LABELS, on(date(2024, 3, 2))).labels()) == 1000


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
