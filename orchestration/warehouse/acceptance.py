"""What of the sources was accepted: a stop where no order was, a warning where nobody is left."""

from collections.abc import Mapping

import duckdb

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.warehouse.held_questions import held_questions
from orchestration.warehouse.manifest import SourceSystem
from orchestration.warehouse.questions import question_lines
from orchestration.warehouse.refused_accounts import PATTERNS_FILE, refused_accounts

_TOP_REASONS = 3


def check_any_order_accepted(
    warehouse: duckdb.DuckDBPyConnection, systems: Mapping[str, SourceSystem]
) -> None:
    """Passes when at least one order is valid, or when validation has not run.

    Where none is, what the sources in quarantine ask is told first: an answer may be all it needs.

    Args:
        warehouse: The warehouse.
        systems: The declared source systems.

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
        _ask_again(warehouse, systems)
        tests = refused_accounts(warehouse)
        told = ". ".join(["; ".join(counted), *map(str, tests)])
        narrow = f"If these are no tests, narrow the patterns in {PATTERNS_FILE}. " if tests else ""
        raise PortraitError(
            f"No order was accepted. What lies in quarantine: {told}.",
            f"{narrow}See why (portrait quarantine list, explain), then correct the source files, "
            "or the rows themselves (portrait quarantine export, replay).",
        )


def _ask_again(warehouse: duckdb.DuckDBPyConnection, systems: Mapping[str, SourceSystem]) -> None:
    held = warehouse.execute(
        "select distinct source_system from intermediate.int_quarantine order by all"
    ).fetchall()
    for (name,) in held:
        for question in held_questions(warehouse, systems[name]) if name in systems else ():
            for line in question_lines(name, question):
                progress.warning(line)


def warn_of_sources_without_customers(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Warns of each source of which every customer was taken for a test account."""
    for refused in refused_accounts(warehouse):
        if refused.is_all:
            progress.warning(
                f"{refused}. They and their orders lie in quarantine. If they are no tests, narrow "
                f"the patterns in {PATTERNS_FILE}, then run again."
            )
