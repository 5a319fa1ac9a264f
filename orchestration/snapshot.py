"""The published snapshot in Python, for notebooks and scripts.

    from orchestration.snapshot import read

    with read() as published:
        customers = published.table("customer_profiles").df()
        champions = published.sql(
            "select customer_id, total_spend from customer_rfm where rfm_segment = $segment",
            segment="Champions",
        ).df()

What is asked of one opening is of one version, whatever is published meanwhile.
"""

import difflib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.publishing.reading import PublishedColumn, Snapshot, open_snapshot


class Published:
    """A version that is open until `close`, or the end of a `with` block."""

    def __init__(self, current: Path) -> None:
        """Opens what the link `current` points to now.

        Raises:
            PortraitError: Nothing has been published there.
        """
        self._open = ExitStack()
        self._snapshot: Snapshot = self._open.enter_context(open_snapshot(current))

    @property
    def version(self) -> str:
        """The name of the version's folder."""
        return self._snapshot.folder.name

    @property
    def as_of_dates(self) -> Mapping[str, date]:
        """The day of the portraits, by shop."""
        rows = self._snapshot.rows("select distinct shop, as_of_date from customer_profiles")
        return {str(row["shop"]): row["as_of_date"] for row in rows}

    @property
    def tables(self) -> Mapping[str, str]:
        """What each table has, in words, by name."""
        rows = self._snapshot.rows("select table_name, comment from duckdb_tables() order by all")
        return {str(row["table_name"]): str(row["comment"] or "") for row in rows}

    def columns(self, table: str) -> Sequence[PublishedColumn]:
        """The columns of a table with their types, in words, and whether they are personal.

        Raises:
            PortraitError: There is no such table.
        """
        return self._snapshot.columns(self._checked(table))

    def table(self, table: str) -> duckdb.DuckDBPyRelation:
        """A table as a relation of DuckDB: `.df()` is pandas, `.pl()` polars, `.filter(…)` SQL.

        Raises:
            PortraitError: There is no such table.
        """
        return self._snapshot.relation(f'from "{self._checked(table)}"')

    def sql(self, query: str, **parameters: object) -> duckdb.DuckDBPyRelation:
        """What a query answers, as a relation of DuckDB.

        Args:
            query: SQL, with `$name` for parameters.
            parameters: By name.
        """
        return self._snapshot.relation(query, **parameters)

    def close(self) -> None:
        """Lets go of the version; relations of it can be asked no more."""
        self._open.close()

    def __enter__(self) -> Self:
        """The version itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes it."""
        self.close()

    def _checked(self, table: str) -> str:
        known = self.tables
        if table not in known:
            near = difflib.get_close_matches(table, known, n=3)
            raise PortraitError(
                f"There is no published table {table}.",
                f"Tables that look like it: {', '.join(near)}." if near else "See `tables`.",
            )
        return table


def read(published: Path | None = None) -> Published:
    """Opens the newest published version.

    Args:
        published: The folder with the versions; that of this project, or of PORTRAIT_HOME, if
            None.

    Raises:
        PortraitError: Nothing has been published there.
    """
    folder = Project.find().published if published is None else Path(published)
    return Published(folder / "current")
