"""Between the warehouse and the functions of `ml`: pandas tables, written as declared."""

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
import pandas as pd

from orchestration.manifest import Table
from orchestration.sql_text import identifier
from orchestration.warehouse_file import scalar, transaction

# A model of thirty coefficients learns nothing from more rows, and a million customers on twelve
# days would not fit into memory.
TRAINING_ROWS = 200_000
_BUCKETS = 10_000


def read_features(
    warehouse: duckdb.DuckDBPyConnection, columns: Sequence[str] = ()
) -> pd.DataFrame:
    """customer_features at all as_of_dates, in a fixed order: all columns, or those named."""
    listed = ", ".join(map(identifier, columns)) or "*"
    return warehouse.execute(
        f"select {listed} from features.customer_features order by as_of_date, customer_id"
    ).df()


def read_for_prediction(
    warehouse: duckdb.DuckDBPyConnection, most_rows: int = TRAINING_ROWS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a prediction learns from and is made for, in a fixed order.

    Args:
        warehouse: The warehouse.
        most_rows: About so many rows to learn from. Where there are more, a sample of customers
            stands for all, each with all of their days. A hash of the customer decides, so that
            the same customers are drawn from the same data.

    Returns:
        customer_features on the current day of everybody, and on past days of the sample;
        training_labels of the sample.
    """
    rows = scalar(warehouse, "select count(*) from features.training_labels")
    share = min(_BUCKETS, _BUCKETS * most_rows // max(rows, 1))
    drawn = f"md5_number_lower(customer_id) % {_BUCKETS} < {share}"
    features = warehouse.execute(f"""
        select * from features.customer_features
        where {drawn} or as_of_date = (
            select as_of_date from features.as_of_dates where is_current
        )
        order by as_of_date, customer_id
    """).df()
    labels = warehouse.execute(f"""
        select * from features.training_labels where {drawn} order by as_of_date, customer_id
    """).df()
    return features, labels


def current_as_of_date(warehouse: duckdb.DuckDBPyConnection) -> date:
    """The day of the portraits."""
    as_of_date: date
    ((as_of_date,),) = warehouse.execute(
        "select as_of_date from features.as_of_dates where is_current"
    ).fetchall()
    return as_of_date


def fitting_date(warehouse: duckdb.DuckDBPyConnection) -> date:
    """The day whose customers make the segments: the last first of a month, else the current day.

    It follows from the data, not from when runs took place. So segments hold still for a month,
    and a warehouse that is built anew has the same ones.
    """
    as_of_date: date
    ((as_of_date,),) = warehouse.execute("""
        select coalesce(
            max(as_of_date) filter (not is_current or extract(day from as_of_date) = 1),
            max(as_of_date)
        )
        from features.as_of_dates
    """).fetchall()
    return as_of_date


def write(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    frames: Mapping[str, pd.DataFrame],
    metrics: pd.DataFrame,
) -> None:
    """Replaces ml tables, and the rows of `model_metrics` that belong to the same model.

    All in one transaction: a model's output and its metrics are never of two different runs.

    Args:
        warehouse: A connection that writes.
        tables: The declared ml tables by name; they say the columns and types.
        frames: New content by table name.
        metrics: The model's metrics, laid out as `model_metrics`.
    """
    model_metrics = tables["model_metrics"]
    with transaction(warehouse):
        warehouse.execute(f'create schema if not exists "{model_metrics.schema}"')
        for name, frame in frames.items():
            warehouse.execute(f"create or replace table {_declaration(tables[name])}")
            _insert(warehouse, tables[name], frame)
        warehouse.execute(f"create table if not exists {_declaration(model_metrics)}")
        warehouse.execute(
            f"delete from {model_metrics.relation} where list_contains(?, model_name)",
            [sorted(metrics["model_name"].unique())],
        )
        _insert(warehouse, model_metrics, metrics)


def keep_metrics_of(
    warehouse: duckdb.DuckDBPyConnection, table: Table, model_names: list[str]
) -> None:
    """Removes metrics of models that the code no longer has."""
    warehouse.execute(
        f"delete from {table.relation} where not list_contains(?, model_name)", [model_names]
    )


def _declaration(table: Table) -> str:
    columns = ", ".join(f'"{column.name}" {column.data_type}' for column in table.columns)
    return f"{table.relation} ({columns})"


def _insert(warehouse: duckdb.DuckDBPyConnection, table: Table, frame: pd.DataFrame) -> None:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    warehouse.register("frame", frame)
    try:
        warehouse.execute(f"insert into {table.relation} ({columns}) select {columns} from frame")
    finally:
        warehouse.unregister("frame")
