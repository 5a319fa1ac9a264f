"""How much lies in quarantine, and why."""

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from orchestration.quarantine.selection import Selection

QUARANTINE = "intermediate.int_quarantine"
FLAGGED = "intermediate.int_flagged_rows"

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Count:
    """Rows and money of one source system, entity and reason.

    Money is None where there is none, and where it is in several currencies; its currency is None
    where none is told.
    """

    source: str
    entity: str
    reason: str
    rows: int
    amount: Decimal | None
    currency: str | None = None

    @property
    def key(self) -> Key:
        """What the rows have in common."""
        return self.source, self.entity, self.reason


def counts(
    connection: duckdb.DuckDBPyConnection, selection: Selection, relation: str = QUARANTINE
) -> list[Count]:
    """The selected rows of the quarantine, or of the flagged rows, counted; most rows first."""
    rows = connection.execute(
        f"""
        -- A row without any key has no source system either.
        select coalesce(source_system, '(none)'), entity, reason_code, count(*) as row_count,
            case when count(distinct currency) = 1 then sum(amount) end,
            case when count(distinct currency) = 1 then any_value(nullif(currency, '')) end
        from (
            select *, case when amount is not null then coalesce(delivered_currency, '') end
                as currency
            from {relation} where {selection.condition}
        )
        group by source_system, entity, reason_code
        order by source_system, row_count desc, entity, reason_code
        """,
        selection.values,
    ).fetchall()
    return [Count(*row) for row in rows]
