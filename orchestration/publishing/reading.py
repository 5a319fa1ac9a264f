"""Reading the published snapshot, as everybody but a run does."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from orchestration.errors import PortraitError
from orchestration.publishing.snapshot import MARTS_FILE, PERSONAL

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, Any]


class PublishedColumn(NamedTuple):
    """A column of a published table.

    Attributes:
        name: Its name.
        data_type: Of DuckDB, in capitals.
        description: What its comment says.
        is_personal: It says who somebody is.
    """

    name: str
    data_type: str
    description: str
    is_personal: bool


_SHOWN_IDS = 5
_AT_ONCE = 10_000


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

    def frame(self, query: str, **parameters: object) -> "pd.DataFrame":
        """All rows of a query as a table, for numerical code.

        Args:
            query: As SQL, with `$name` for parameters.
            parameters: By name.
        """
        return self._connection.execute(query, parameters or None).df()

    def relation(self, query: str, **parameters: object) -> duckdb.DuckDBPyRelation:
        """What a query answers, for those who go on from there.

        Args:
            query: As SQL, with `$name` for parameters.
            parameters: By name.
        """
        return self._connection.sql(query, params=parameters or None)

    def stream(self, query: str, **parameters: object) -> Iterator[Row]:
        """The rows of a query some at a time; until all are read nothing else can be asked.

        Args:
            query: As SQL, with `$name` for parameters.
            parameters: By name.
        """
        cursor = self._connection.execute(query, parameters or None)
        names = [column[0] for column in cursor.description or []]
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from (dict(zip(names, row, strict=True)) for row in rows)

    def profile(self, customer_id: str) -> Row:
        """The row of one customer in customer_profiles.

        Args:
            customer_id: As in customer_profiles, or any other key of the customer, as
                `source_system:source_customer_id`; the name of the source may be left out where no
                other customer has it too.

        Raises:
            PortraitError: Nobody has this id, or several have it; the hint names ids.
        """
        named = self.rows(
            f"""
            select customer_id, bool_or(customer_key = $1) as is_exact
            from ({self._keys()}) as keys
            where customer_key = $1 or suffix(customer_key, ':' || $1)
            group by customer_id
            order by not is_exact, customer_id
            """,
            customer_id,
        )
        if named and (len(named) == 1 or named[0]["is_exact"]):
            query = "select * from customer_profiles where customer_id = ?"
            return self.rows(query, named[0]["customer_id"])[0]
        if named:
            ids = ", ".join(str(row["customer_id"]) for row in named[:_SHOWN_IDS])
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

    def predictions(self, customer_id: str) -> list[Row]:
        """What is expected of a customer, a row a target.

        Returns:
            prediction, target, probability, expected_amount and `reasons`, the strongest first; in
            a snapshot of older code nothing.
        """
        if not self.has("prediction_reasons"):
            return []
        return self.rows(
            """
            select prediction, target, probability, expected_amount,
                coalesce(list(reason order by rank) filter (reason is not null), []) as reasons
            from customer_predictions
            left join prediction_reasons using (customer_id, prediction, target)
            where customer_id = ?
            group by all
            order by target
            """,
            customer_id,
        )

    def columns(self, table: str) -> list[PublishedColumn]:
        """The columns of a table, in their order; none where there is no such table."""
        rows = self.rows(
            "select column_name, data_type, coalesce(comment, '') as said from duckdb_columns() "
            "where table_name = ? and not internal order by column_index",
            table,
        )
        return [
            PublishedColumn(
                row["column_name"],
                row["data_type"],
                row["said"].removesuffix(PERSONAL).rstrip(),
                row["said"].endswith(PERSONAL),
            )
            for row in rows
        ]

    def has(self, table: str) -> bool:
        """Whether the snapshot has a table: one of older code may not."""
        return bool(self.rows("from duckdb_tables() where table_name = ?", table))

    def customers(self, keys: Sequence[str]) -> "pd.DataFrame":
        """Whose keys they are, a row a key and customer.

        Args:
            keys: Any, as in `profile`; each once.

        Returns:
            customer_key, customer_id (NULL where nobody has it) and shop, in the order of keys.
        """
        return self.frame(
            f"""
            with
            given as (select unnest($keys) as customer_key),
            known as ({self._keys()}),
            exact as (
                select distinct customer_key, customer_id
                from given join known using (customer_key)
            ),
            without_source as (
                select distinct given.customer_key, known.customer_id
                from given
                join known on given.customer_key
                    = substr(known.customer_key, strpos(known.customer_key, ':') + 1)
                anti join exact on given.customer_key = exact.customer_key
            ),
            found as (from exact union all from without_source)
            select given.customer_key, customer_id, shop
            from given left join found using (customer_key)
            left join customer_profiles using (customer_id)
            order by all
            """,
            keys=list(keys),
        )

    def aliases(self) -> Iterator[tuple[str, str]]:
        """Every key that is not the customer's id, with that id, by key.

        Until all are read nothing else can be asked.
        """
        cursor = self._connection.execute(
            f"select customer_key, customer_id from ({self._keys()}) as keys "
            "where customer_key <> customer_id order by customer_key"
        )
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows

    def _keys(self) -> str:
        """Every key of every customer; in a snapshot of older code a customer has one."""
        if not self.has("customer_identifiers"):
            return "select customer_id, customer_id as customer_key from customer_profiles"
        return """
            select customer_id, source_system || ':' || source_customer_id as customer_key
            from customer_identifiers
        """

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
    file = folder / MARTS_FILE
    if not file.exists():
        if day:
            raise PortraitError(
                f"The portraits as of {day} have not been published yet.",
                f"Make them: portrait run --as-of {day}",
            )
        raise PortraitError("Nothing has been published yet.", "Make the portraits: make run")
    with duckdb.connect(file, read_only=True) as connection:
        yield Snapshot(connection, folder)
