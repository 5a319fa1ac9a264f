"""Customers that were taken for test accounts: by which patterns, and whether that was everybody.

A pattern that is too wide refuses a whole shop, with all orders of its customers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.quoting import plain_line

PATTERNS_FILE = "dbt_project/seeds/test_account_patterns.csv"
_SHOWN_PATTERNS = 3


@dataclass(frozen=True)
class RefusedAccounts:
    """The customers of a source that look like tests.

    Attributes:
        source: The source system.
        patterns: Each pattern with how many customers it refused, the most first.
        customers: How many customers the source has.
    """

    source: str
    patterns: Sequence[tuple[str, int]]
    customers: int

    @property
    def refused(self) -> int:
        """How many customers look like tests."""
        return sum(count for _, count in self.patterns)

    @property
    def is_all(self) -> bool:
        """Whether nobody is left."""
        return self.refused == self.customers

    def __str__(self) -> str:
        """One sentence, without its full stop."""
        shown = [f"{pattern} ({count:,})" for pattern, count in self.patterns[:_SHOWN_PATTERNS]]
        hidden = len(self.patterns) - len(shown)
        shown += [f"and {hidden} more patterns"] if hidden > 0 else []
        whole = "All" if self.is_all else f"{self.refused:,} of"
        return plain_line(
            f"{whole} {self.customers:,} customers of {self.source} look like test accounts: "
            f"{', '.join(shown)}"
        )


def refused_accounts(warehouse: duckdb.DuckDBPyConnection) -> list[RefusedAccounts]:
    """What was refused of each source, by name; empty before anything was validated."""
    try:
        rows = warehouse.execute("""
            select refused.source_system, known_by, refused_count, customer_count
            from (
                select source_system, known_by, count(*) as refused_count
                from intermediate.int_refused_customers
                where reason_code = 'test_account' group by all
            ) as refused
            inner join (
                select source_system, count(distinct source_customer_id) as customer_count
                from inputs.input_customers group by all
            ) as delivered on delivered.source_system = refused.source_system
            order by refused.source_system, refused_count desc, known_by
        """).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):  # Not made yet, or by older code.
        return []
    found: dict[str, RefusedAccounts] = {}
    for source, pattern, count, customers in rows:
        before = found[source].patterns if source in found else ()
        found[source] = RefusedAccounts(source, [*before, (pattern, count)], customers)
    return list(found.values())
