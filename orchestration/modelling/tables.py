"""Between the warehouse and the functions of `ml`: pandas tables, written as declared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from ml import layouts, schemas
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import columns_of, transaction

# What rows are, as a text that differs where they do; in any order.
DIGEST = "concat_ws(' ', count(*), sum(hash(digested)))"


@dataclass(frozen=True)
class Shop:
    """A shop: its models know its own customers and nobody else.

    Attributes:
        name: As the var `sources` says.
        today: The day of its portraits.
        fitting_dates: The days on which segments are looked at, ascending: the firsts of months
            that are evaluated, else the current day. They follow from the data, not from when runs
            took place. So segments hold still for a month, and a warehouse that is built anew has
            the same ones.
    """

    name: str
    today: date
    fitting_dates: Sequence[date]


def shops(warehouse: duckdb.DuckDBPyConnection) -> list[Shop]:
    """The shops with orders, by name."""
    rows = warehouse.execute("""
        select
            shop,
            max(as_of_date) filter (is_current),
            coalesce(
                list(as_of_date order by as_of_date) filter (
                    not is_current or extract(day from as_of_date) = 1
                ),
                [max(as_of_date)]
            )
        from features.as_of_dates
        group by shop
        order by shop
    """).fetchall()
    return [Shop(*row) for row in rows]


def of_shop(shop: Shop, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of a shop as the ml tables hold them: `ml` knows nothing of shops."""
    return frame.assign(shop=shop.name)


def of_all_shops(schema: layouts.Schema, frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """What `of_shop` returned for each, in one table; empty where there is no shop."""
    empty = schemas.empty_table({**schema, "shop": "str"})
    return pd.concat([empty, *frames], ignore_index=True)


def write(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    frames: Mapping[str, pd.DataFrame],
    metrics: pd.DataFrame,
    versions: pd.DataFrame | None = None,
    predictions: Sequence[str] = (),
) -> None:
    """Replaces ml tables, and what `model_metrics` and `model_versions` have of the same models.

    All in one transaction: a model's output and its metrics are never of two different runs.

    Args:
        warehouse: A connection that writes.
        tables: The declared ml tables by name; they say the columns and types.
        frames: New content by table name, of all shops.
        metrics: The models' metrics, laid out as `model_metrics`, of all shops.
        versions: Their versions, laid out as `model_versions`, of all shops; None where they have
            none.
        predictions: What the versions may be of.
    """
    with transaction(warehouse):
        for name, frame in frames.items():
            replace(warehouse, tables[name], frame)
        replace_metrics(warehouse, tables, metrics)
        if versions is not None:
            replace_versions(warehouse, tables, versions, predictions)


def replace(warehouse: duckdb.DuckDBPyConnection, table: Table, frame: pd.DataFrame) -> None:
    """Replaces one ml table."""
    create(warehouse, table)
    insert(warehouse, table, frame)


def replace_metrics(
    warehouse: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], metrics: pd.DataFrame
) -> None:
    """Replaces the rows of `model_metrics` that belong to the same models or targets."""
    table = tables["model_metrics"]
    _prepare(warehouse, table)
    warehouse.execute(
        f"delete from {table.relation} where list_contains($models, model_name)"
        " or list_contains($targets, target)",
        {
            "models": sorted(metrics["model_name"].unique()),
            "targets": sorted(metrics["target"].dropna().unique()),
        },
    )
    insert(warehouse, table, metrics)


def replace_versions(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    versions: pd.DataFrame,
    predictions: Sequence[str],
) -> None:
    """Replaces the rows of `model_versions` that are of these predictions, of all shops."""
    _prepare(warehouse, tables["model_versions"])
    warehouse.execute(
        f"delete from {tables['model_versions'].relation} where list_contains(?, prediction)",
        [list(predictions)],
    )
    insert(warehouse, tables["model_versions"], versions)


def keep_versions_told_of(
    warehouse: duckdb.DuckDBPyConnection, table: Table, predictions: Sequence[str]
) -> None:
    """Removes versions of what is declared no more, and of shops that are gone.

    Args:
        warehouse: A connection that writes.
        table: model_versions.
        predictions: What there is.
    """
    _prepare(warehouse, table)
    warehouse.execute(
        f"delete from {table.relation} where not list_contains(?, prediction)"
        " or not list_contains(?, shop)",
        [list(predictions), [shop.name for shop in shops(warehouse)]],
    )


def _prepare(warehouse: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Makes a table that several steps write to, where it is not there or of other code."""
    warehouse.execute(f'create schema if not exists "{table.schema}"')
    warehouse.execute(f"create table if not exists {_declaration(table)}")
    if set(columns_of(warehouse, table.relation)) != {column.name for column in table.columns}:
        create(warehouse, table)


def create(warehouse: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Makes an ml table, empty, in place of one that may be there."""
    warehouse.execute(f'create schema if not exists "{table.schema}"')
    warehouse.execute(f"create or replace table {_declaration(table)}")


def insert(warehouse: duckdb.DuckDBPyConnection, table: Table, frame: pd.DataFrame) -> None:
    """Adds rows to an ml table."""
    # A relation lets go of the frame; what is registered is held until the transaction ends. Its
    # columns are inserted in the order in which the table has them.
    columns = ", ".join(f'"{name}"' for name in columns_of(warehouse, table.relation))
    rows = warehouse.from_df(frame).project(columns)
    rows.insert_into(table.relation)


def keep_metrics_of(
    warehouse: duckdb.DuckDBPyConnection,
    table: Table,
    model_names: Sequence[str],
    targets: Sequence[str],
) -> None:
    """Removes metrics of models that the code no longer has, and of shops that are gone.

    Args:
        warehouse: A connection that writes.
        table: model_metrics.
        model_names: Models of no target.
        targets: What is predicted, whichever model predicts it.
    """
    warehouse.execute(
        f"delete from {table.relation}"
        " where not (list_contains($models, model_name)"
        " or coalesce(list_contains($targets, target), false))"
        " or not list_contains($shops, shop)",
        {
            "models": model_names,
            "targets": targets,
            "shops": [shop.name for shop in shops(warehouse)],
        },
    )


def _declaration(table: Table) -> str:
    columns = ", ".join(f'"{column.name}" {column.data_type}' for column in table.columns)
    return f"{table.relation} ({columns})"
