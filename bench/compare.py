"""Whether the tables made by hand are those of the warehouse, row by row.

A benchmark that compared different work would say nothing, so a difference ends it:
`python -m bench.compare WAREHOUSE BY_HAND COUNTS` exits with 1, else it writes how many rows it
compared to the file COUNTS.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.quoting import quoted

_SHOWN_ROWS = 3
# Half a cent; shares and scores are compared more closely than any of them is read.
_MONEY, _SHARE, _EXACT = 0.005, 1e-6, 0.0

_SOURCE_SYSTEM = "completejourney"
_CUSTOMER = f"'{_SOURCE_SYSTEM}:' || household_id"


class DifferenceError(Exception):
    """The two sides made different tables; the message says which rows."""


@dataclass(frozen=True)
class Comparison:
    """Two queries that should give the same rows.

    Attributes:
        name: What is compared.
        ours: Query on the warehouse, attached as `warehouse`.
        theirs: Query on `by_hand`, the Parquet file of the same table.
        file: That file's name.
        keys: Columns that tell the rows.
        tolerances: Columns to compare, with the largest difference allowed; 0: equal.
    """

    name: str
    ours: str
    theirs: str
    file: str
    keys: tuple[str, ...]
    tolerances: Mapping[str, float] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The rows that differ, with both sides' values."""
        keys = ", ".join(self.keys)
        is_same = " and ".join(map(_is_same, self.tolerances, self.tolerances.values()))
        return (
            f"from (select {keys}, ours, theirs from (select {keys}, ours from ({self.ours}) ours) "
            f"full join (select {keys}, theirs from ({self.theirs}) theirs) using ({keys})) "
            f"where ours is null or theirs is null or not ({is_same})"
        )


def _is_same(column: str, tolerance: float) -> str:
    ours, theirs = f"ours.{column}", f"theirs.{column}"
    if not tolerance:
        return f"{ours} is not distinct from {theirs}"
    close = f"abs({ours}::double - {theirs}::double) <= {tolerance}"
    return f"coalesce({close}, {ours} is null and {theirs} is null)"


_COUNTS = ("order_count", "line_count", "discounted_order_count", "coupon_order_count")
_PARTS = ("weekend", "morning", "afternoon", "evening")
_WINDOWS = ("last_30_days", "last_90_days", "previous_90_days")
_WHOLE = ("days_since_first_order", "days_since_last_order", "order_day_count", "line_count")
_SHARES = ("mean_days_between_orders", "stddev_days_between_orders", "lines_per_order")
_SCORES = ("recency_score", "frequency_score", "monetary_score", "rfm_segment")

COMPARISONS = (
    Comparison(
        "customer days",
        "select * from warehouse.intermediate.int_customer_days "
        "where order_count > 0 or net_amount <> 0",
        "select *, household_id::varchar as source_customer_id, day::date as activity_date "
        "from by_hand",
        "customer_days",
        ("source_customer_id", "activity_date"),
        {
            **dict.fromkeys((*_COUNTS, *(f"{part}_order_count" for part in _PARTS)), _EXACT),
            **dict.fromkeys(("net_amount", "discount_amount", "coupon_amount"), _MONEY),
        },
    ),
    Comparison(
        "purchases",
        # By hand there is nobody who has not ordered.
        "select * from warehouse.features.feature_purchases where order_day_count > 0",
        f"select * replace (as_of_date::date as as_of_date), {_CUSTOMER} as customer_id "
        "from by_hand",
        "purchases",
        ("customer_id", "as_of_date"),
        {
            **dict.fromkeys((*_WHOLE, *(f"order_count_{name}" for name in _WINDOWS)), _EXACT),
            "order_count": _EXACT,
            **dict.fromkeys((f"total_spend_{name}" for name in _WINDOWS), _MONEY),
            **dict.fromkeys(
                ("total_spend", "average_order_value", "max_order_day_spend", "discount_amount"),
                _MONEY,
            ),
            "coupon_amount": _MONEY,
            **dict.fromkeys(_SHARES, _SHARE),
            **dict.fromkeys((f"{part}_order_share" for part in (*_PARTS, "night")), _SHARE),
            **dict.fromkeys(("discount_share", "discounted_order_share"), _SHARE),
            "coupon_order_share": _SHARE,
        },
    ),
    Comparison(
        "affinities",
        "select * from warehouse.features.feature_affinities",
        f"select * replace (as_of_date::date as as_of_date), {_CUSTOMER} as customer_id "
        "from by_hand",
        "affinities",
        ("customer_id", "as_of_date", "dimension", "dimension_value"),
        {
            "decayed_spend": _MONEY,
            "total_spend": _MONEY,
            "day_count": _EXACT,
            "tf_idf": _SHARE,
        },
    ),
    Comparison(
        "favourite category",
        "select * from warehouse.features.feature_affinities "
        "inner join warehouse.features.as_of_dates using (as_of_date) "
        "where is_current and affinity_rank = 1 and dimension = 'category'",
        f"select *, {_CUSTOMER} as customer_id from by_hand where affinity_rank = 1 "
        "and dimension = 'category' and as_of_date = (select max(as_of_date) from by_hand)",
        "affinities",
        ("customer_id",),
        {"dimension_value": _EXACT},
    ),
    Comparison(
        "RFM",
        "select * from warehouse.features.feature_rfm",
        f"select * replace (as_of_date::date as as_of_date), {_CUSTOMER} as customer_id "
        "from by_hand",
        "rfm",
        ("customer_id", "as_of_date"),
        dict.fromkeys(_SCORES, _EXACT),
    ),
)


def compare(warehouse: Path, by_hand: Path) -> dict[str, int]:
    """Compares all of COMPARISONS.

    Args:
        warehouse: DuckDB file that has the tables of the dbt project.
        by_hand: Folder of the Parquet files that pandas_by_hand.py wrote.

    Returns:
        How many rows were compared, by name of the comparison.

    Raises:
        DifferenceError: A row is on one side only, or has other values.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(warehouse)} as warehouse (read_only)")
        differences = list(_differences(connection, by_hand))
        if differences:
            raise DifferenceError("\n".join(differences))
        return {one.name: _count(connection, f"from ({one.ours})") for one in COMPARISONS}


def _differences(connection: duckdb.DuckDBPyConnection, by_hand: Path) -> Iterator[str]:
    for comparison in COMPARISONS:
        file = by_hand / f"{comparison.file}.parquet"
        connection.execute(f"create or replace view by_hand as from {quoted(file)}")
        if not _count(connection, f"from ({comparison.ours})"):
            yield f"{comparison.name}: the warehouse has no row to compare."
        differing = _count(connection, comparison.query)
        if differing:
            rows = connection.execute(f"{comparison.query} limit {_SHOWN_ROWS}").fetchall()
            yield f"{comparison.name}: {differing:,} rows differ, such as {rows}"


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    ((count,),) = connection.execute(f"select count(*) {relation}").fetchall()
    return int(count)


if __name__ == "__main__":
    try:
        counts = compare(Path(sys.argv[1]), Path(sys.argv[2]))
    except DifferenceError as error:
        sys.exit(f"pandas and SQL made different tables.\n{error}")
    Path(sys.argv[3]).write_text(json.dumps(counts))
