"""What of the sources was accepted: a stop where no order was, a warning where nobody is left."""

import duckdb

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.warehouse.refused_accounts import PATTERNS_FILE, refused_accounts

_TOP_REASONS = 3


def check_any_order_accepted(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Passes when at least one order is valid, or when validation has not run.

    Raises:
        PortraitError: All orders and lines are in quarantine, with the commonest reasons.
    """
    try:
        row = warehouse.execute("select count(*) from intermediate.int_orders").fetchone()
        if row is None or row[0]:
            return
        reasons = warehouse.execute(
            """
            select source_system, entity, reason_code, count(*) as row_count
            from intermediate.int_quarantine group by all
            order by row_count desc, source_system, entity, reason_code limit ?
            """,
            [_TOP_REASONS],
        ).fetchall()
    except duckdb.CatalogException:
        return
    if reasons:
        counted = (
            f"{count:,} {entity} of {source}: {reason}" for source, entity, reason, count in reasons
        )
        tests = refused_accounts(warehouse)
        told = ". ".join(["; ".join(counted), *map(str, tests)])
        narrow = f"If these are no tests, narrow the patterns in {PATTERNS_FILE}. " if tests else ""
        raise PortraitError(
            f"No order was accepted. What lies in quarantine: {told}.",
            f"{narrow}See why (portrait quarantine list, explain), then correct the source files, "
            "or the rows themselves (portrait quarantine export, replay).",
        )


def warn_of_sources_without_customers(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Warns of each source of which every customer was taken for a test account."""
    for refused in refused_accounts(warehouse):
        if refused.is_all:
            progress.warning(
                f"{refused}. They and their orders lie in quarantine. If they are no tests, narrow "
                f"the patterns in {PATTERNS_FILE}, then run again."
            )
