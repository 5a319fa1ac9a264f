"""Which rows of the quarantine are meant."""

import difflib
from dataclasses import dataclass

import duckdb

from orchestration.errors import PortraitError


@dataclass(frozen=True)
class Selection:
    """Filters that all hold; None holds for everything."""

    source: str | None = None
    entity: str | None = None
    reason: str | None = None

    @property
    def condition(self) -> str:
        """The filters as SQL on the columns of int_quarantine; values are bound."""
        return " and ".join([f"{column} = ?" for column, _ in self._filters] or ["true"])

    @property
    def values(self) -> list[str]:
        """The values to bind."""
        return [value for _, value in self._filters]

    @property
    def _filters(self) -> list[tuple[str, str]]:
        named = [
            ("source_system", self.source),
            ("entity", self.entity),
            ("reason_code", self.reason),
        ]
        return [(column, value) for column, value in named if value is not None]


def check_selection(connection: duckdb.DuckDBPyConnection, selection: Selection) -> None:
    """Refuses names that nobody has, because a typo would look like good news.

    Raises:
        PortraitError: With the names that there are.
    """
    sources = "select distinct source_system from intermediate.int_data_quality"
    entities = "select distinct entity from intermediate.int_data_quality"
    reasons = "select reason_code from seeds.reason_codes"
    for kind, value, query in (
        ("source", selection.source, sources),
        ("entity", selection.entity, entities),
        ("reason", selection.reason, reasons),
    ):
        known = [str(name) for (name,) in connection.execute(f"{query} order by all").fetchall()]
        if value is not None and value not in known:
            near = difflib.get_close_matches(value, known, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise PortraitError(
                f"There is no {kind} {value!r}.{meant}", f"Known: {', '.join(known)}."
            )
