"""Segments in the warehouse: fitted once a month, then each day's customers are put into them.

A day's customers are put in anew where their features or the segments differ from what they were
when it was done last; increments.segmented_days notes from what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from ml import segmentation
from ml.prediction import KEY
from ml.segment_count import SegmentRule
from orchestration.modelling import tables as ml_io
from orchestration.modelling.kept_models import Maker, create_increments, fitted
from orchestration.quoting import identifier
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import columns_of, count_rows, transaction

_ASSIGNMENTS, _PROFILES = "customer_segments", "segment_profiles"
_NOTES = "increments.segmented_days"
_COLUMNS = ", ".join(map(identifier, [*KEY, *segmentation.PROFILE_FEATURES]))
# Where nobody knows what orders came to, a customer's basket is taken for the usual one of the day.
_FEATURES = f"""
    select * replace (
        coalesce(
            average_order_value, median(average_order_value) over (partition by as_of_date), 0
        ) as average_order_value
    )
    from (select {_COLUMNS} from features.customer_features where order_count > 0)
"""


@dataclass(frozen=True)
class MadeSegments:
    """What `make_segments` did.

    Attributes:
        rows: Rows of customer_segments.
        days: On how many days customers were put into segments anew.
        is_fitted: Whether the segments themselves are new.
        profiles: segment_profiles.
        metrics: What it wrote into model_metrics.
    """

    rows: int
    days: int
    is_fitted: bool
    profiles: pd.DataFrame
    metrics: pd.DataFrame


def make_segments(
    warehouse: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], maker: Maker
) -> MadeSegments:
    """Brings customer_segments, segment_profiles and their metrics up to date.

    Args:
        warehouse: A connection that writes, with the features.
        tables: The declared ml tables by name.
        maker: The code, and whether all is made anew.
    """
    today = ml_io.current_as_of_date(warehouse)
    digests = _digests(warehouse)
    if today not in digests:
        nothing = segmentation.nothing_to_segment(today)
        with transaction(warehouse):
            _keep(warehouse, tables[_ASSIGNMENTS], [])
            ml_io.replace(warehouse, tables[_PROFILES], nothing.profiles)
            ml_io.replace_metrics(warehouse, tables, nothing.metrics)
        return MadeSegments(0, 0, False, nothing.profiles, nothing.metrics)
    fitting_date = ml_io.fitting_date(warehouse)
    fitted_on = fitting_date if fitting_date in digests else today
    made_from = f"{maker.code} {digests[fitted_on]}"

    def fit() -> segmentation.Segments:
        return segmentation.Segments(_customers(warehouse, fitted_on), SegmentRule())

    segments, is_new = fitted(
        warehouse,
        segmentation.MODEL_NAME,
        made_from,
        fit,
        segmentation.Segments,
        is_forced=maker.is_forced,
    )
    wanted = {day: f"{made_from} {digest}" for day, digest in digests.items()}
    profiles = segments.profiles(_customers(warehouse, today))
    metrics = segments.metrics(today)
    noted = {} if maker.is_forced else _noted(warehouse, tables[_ASSIGNMENTS], segments.version)
    kept = [day for day in wanted if noted.get(day) == wanted[day]]
    stale = [day for day in wanted if day not in kept]
    with transaction(warehouse):
        _keep(warehouse, tables[_ASSIGNMENTS], kept)
        for day in stale:
            # A day at a time: all days of a million customers would not fit into memory.
            assignments = segments.assignments(_customers(warehouse, day))
            ml_io.insert(warehouse, tables[_ASSIGNMENTS], assignments)
            warehouse.execute(
                f"insert into {_NOTES} values (?, ?, ?)", [day, wanted[day], len(assignments)]
            )
        ml_io.replace(warehouse, tables[_PROFILES], profiles)
        ml_io.replace_metrics(warehouse, tables, metrics)
    rows = count_rows(warehouse, tables[_ASSIGNMENTS].relation)
    return MadeSegments(rows, len(stale), is_new, profiles, metrics)


def _noted(warehouse: duckdb.DuckDBPyConnection, table: Table, version: str) -> dict[date, str]:
    """What the rows of each day in customer_segments were made from, where they are all there."""
    if not (columns_of(warehouse, table.relation) and columns_of(warehouse, _NOTES)):
        return {}
    query = f"""
        select as_of_date, made_from
        from {_NOTES} as notes
        where row_count = (
            select count(*) from {table.relation} as held
            where held.as_of_date = notes.as_of_date and held.model_version = ?
        )
    """
    return dict(warehouse.execute(query, [version]).fetchall())


def _keep(warehouse: duckdb.DuckDBPyConnection, table: Table, days: list[date]) -> None:
    """Leaves the rows and notes of these days only."""
    create_increments(warehouse)
    if not days:  # Other code may declare other columns.
        ml_io.create(warehouse, table)
        warehouse.execute(
            f"create or replace table {_NOTES}"
            " (as_of_date date, made_from varchar, row_count bigint)"
        )
    for relation in (table.relation, _NOTES):
        warehouse.execute(f"delete from {relation} where not list_contains(?, as_of_date)", [days])


def _digests(warehouse: duckdb.DuckDBPyConnection) -> dict[date, str]:
    """What customers who have ordered are told by, as one text an as_of_date."""
    days = warehouse.execute(
        f"select as_of_date, {ml_io.DIGEST} from ({_FEATURES}) as digested"
        " group by as_of_date order by as_of_date"
    ).fetchall()
    return dict(days)


def _customers(warehouse: duckdb.DuckDBPyConnection, day: date) -> pd.DataFrame:
    query = f"from ({_FEATURES}) where as_of_date = ? order by customer_id"
    return segmentation.customers_with_orders(warehouse.execute(query, [day]).df())
