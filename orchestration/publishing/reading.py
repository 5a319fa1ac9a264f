"""Reading the published snapshot, as everybody but a run does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import PortraitError

Row = Mapping[str, Any]

_SHOWN_IDS = 5


class Snapshot:
    """An open snapshot; rows come as mappings from column to value."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        """Wraps a read-only connection to the version in `folder`."""
        self._connection = connection
        self.folder = folder

    def rows(self, query: str, *parameters: object) -> list[Row]:
        """All rows of a query."""
        cursor = self._connection.execute(query, parameters)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def profile(self, customer_id: str) -> Row:
        """The row of one customer in customer_profiles.

        Args:
            customer_id: As in customer_profiles, or without the name of its source where no other
                source has it too.

        Raises:
            PortraitError: Nobody has this id, or several have it; the hint names ids.
        """
        rows = self.rows(
            "select * from customer_profiles where customer_id = $1 "
            "or suffix(customer_id, ':' || $1) order by customer_id <> $1, customer_id",
            customer_id,
        )
        if rows and (len(rows) == 1 or rows[0]["customer_id"] == customer_id):
            return rows[0]
        if rows:
            ids = ", ".join(str(row["customer_id"]) for row in rows[:_SHOWN_IDS])
            raise PortraitError(
                f"Several sources have a customer {customer_id}.", f"Name one of {ids}."
            )
        near = self.rows(
            "select customer_id from customer_profiles "
            f"order by levenshtein(customer_id, ?), customer_id limit {_SHOWN_IDS}",
            customer_id,
        )
        ids = ", ".join(str(row["customer_id"]) for row in near)
        raise PortraitError(
            f"There is no customer {customer_id}.", f"Ids that look like it: {ids or 'none'}."
        )

    def most_complete_customer(self) -> str | None:
        """The customer of whom most is known; of several, the one whose id sorts first."""
        columns = self.rows(
            "select column_name from duckdb_columns() where table_name = 'customer_profiles'"
        )
        known = " + ".join(f'("{row["column_name"]}" is not null)::integer' for row in columns)
        found = self.rows(
            f"select customer_id from customer_profiles order by {known} desc, customer_id limit 1"
        )
        return str(found[0]["customer_id"]) if found else None


@contextmanager
def open_snapshot(current: Path, day: str = "") -> Iterator[Snapshot]:
    """Opens the version that `current` points to now.

    Args:
        current: The link.
        day: The past day whose snapshot it is, for the message.

    Raises:
        PortraitError: Nothing has been published there yet.
    """
    folder = current.resolve()
    file = folder / "marts.duckdb"
    if not file.exists():
        if day:
            raise PortraitError(
                f"The portraits as of {day} have not been published yet.",
                f"Make them: portrait run --as-of {day}",
            )
        raise PortraitError("Nothing has been published yet.", "Make the portraits: make run")
    with duckdb.connect(file, read_only=True) as connection:
        yield Snapshot(connection, folder)
