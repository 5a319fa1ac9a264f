"""What a prediction learns from, and of whom it is asked: read from the warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

import duckdb
import pandas as pd

from orchestration.errors import PortraitError
from orchestration.modelling import tables as ml_io
from orchestration.modelling.drawing import drawn_customers
from orchestration.modelling.tables import Shop
from orchestration.modelling.targets import Declared
from orchestration.quoting import quoted
from orchestration.warehouse.opening import scalar

# A model of thirty coefficients learns nothing from more rows, and a million customers on twelve
# days would not fit into memory.
TRAINING_ROWS = 200_000
# Unknown of those whom a file without dates names: who is in it became known nobody knows when, and
# a model would learn it of days before.
_UNKNOWN_IF_UNDATED = "days_known"
# A division by nothing is no number, and tells as little as NULL.
_KNOWN = "outcome is not null and isfinite(cast(outcome as double))"
_TYPES = {"event": ("BOOLEAN",), "amount": ("DECIMAL", "DOUBLE", "BIGINT", "INTEGER", "HUGEINT")}


class LessonCounts(NamedTuple):
    """What rows were learned from: the first and last day, how many, of how many customers."""

    trained_from: date | None
    trained_to: date | None
    row_count: int
    customer_count: int


class Lessons:
    """Past days of a shop's customers whose future is known.

    Where there are more than enough, a sample of customers stands for all, each with all of their
    days (`drawn_customers`). Who is not asked of is not there, nor whose outcome is not known, such
    as a spend of orders without value.
    """

    def __init__(
        self,
        warehouse: duckdb.DuckDBPyConnection,
        declared: Declared,
        shop: Shop,
        most_rows: int = TRAINING_ROWS,
    ) -> None:
        """Draws for the portraits of the shop's day; about `most_rows` rows.

        Raises:
            PortraitError: A condition of the declaration cannot be asked.
        """
        self._warehouse = warehouse
        self._declared = declared
        horizon_days = declared.target.horizon_days
        own = (
            f"{asked_of(declared, shop.name)} inner join (select shop, customer_id, as_of_date,"
            " training_labels as labels from features.training_labels"
            f" where horizon_days = {horizon_days}"
            f" and as_of_date + {horizon_days} <= date '{shop.today}') as labelled"
            " using (shop, customer_id, as_of_date)"
        )
        known = f"select * exclude (shop, labels), ({declared.outcome}) as outcome from {own}"
        with saying_where(declared):
            rows = scalar(warehouse, f"select count(*) from ({known}) where {_KNOWN}")
        self._check_type(known)
        self._rows = (
            f"select * replace (cast(outcome as double) as outcome) from ({known})"
            f" where {_KNOWN} and {drawn_customers(rows, most_rows)}"
        )

    def history(self) -> pd.DataFrame:
        """Key, features that have a date, and outcome, in a fixed order."""
        told = self._warehouse.execute(f"{self._rows} order by as_of_date, customer_id").df()
        if _UNKNOWN_IF_UNDATED in told and told[_UNKNOWN_IF_UNDATED].isna().any():
            told = told.drop(columns=_UNKNOWN_IF_UNDATED)
        return told

    def digest(self) -> str:
        """A text that differs where the rows do."""
        return self._text(f"select {ml_io.DIGEST} from ({self._rows}) as digested")

    def counted(self) -> LessonCounts:
        """The days, rows and customers of `history`."""
        ((first, last, rows, customers),) = self._warehouse.execute(
            "select min(as_of_date), max(as_of_date), count(*), count(distinct customer_id)"
            f" from ({self._rows})"
        ).fetchall()
        return LessonCounts(first, last, rows, customers)

    def _check_type(self, known: str) -> None:
        kind = self._declared.target.kind
        found = self._text(f"select coalesce(any_value(typeof(outcome)), '') from ({known})")
        if found and found.split("(")[0] not in _TYPES[kind]:
            raise PortraitError(
                f"The prediction {self._declared.target.prediction} ({self._declared.file}): its "
                f"outcome is of type {found}, and it is an {kind}.",
                "An event is a condition, an amount a number.",
            )

    def _text(self, query: str) -> str:
        ((text,),) = self._warehouse.execute(query).fetchall()
        return str(text)


def customers_asked_of(
    warehouse: duckdb.DuckDBPyConnection, declared: Declared, shop: str, day: date
) -> pd.DataFrame:
    """customer_features of those of whom the prediction is asked on a day, by customer_id.

    Raises:
        PortraitError: The condition of the declaration cannot be asked.
    """
    with saying_where(declared):
        return warehouse.execute(
            f"select * exclude (shop) from {asked_of(declared, shop)} where as_of_date = ?"
            " order by customer_id",
            [day],
        ).df()


def asked_of(declared: Declared, shop: str) -> str:
    """The customers of a shop of whom a prediction is asked, of all days: a subquery."""
    return (
        "(select * from features.customer_features"
        f" where shop = {quoted(shop)} and ({declared.eligible})) as asked_of"
    )


@contextmanager
def saying_where(declared: Declared) -> Iterator[None]:
    """Says of SQL that DuckDB does not take where it was declared."""
    try:
        yield
    except duckdb.Error as error:
        raise PortraitError(
            f"The prediction {declared.target.prediction} ({declared.file}) cannot be asked: "
            f"{str(error).splitlines()[0]}",
            "`eligible` is a condition on columns of customer_features; `outcome` may name those "
            "of training_labels too, as labels.order_count.",
        ) from error
