"""A stop before anything is made of nothing: rows were landed, but no order was accepted."""

import duckdb

from orchestration.errors import PortraitError

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
        told = "; ".join(
            f"{count:,} {entity} of {source}: {reason}" for source, entity, reason, count in reasons
        )
        raise PortraitError(
            f"No order was accepted. What lies in quarantine: {told}.",
            "See why (portrait quarantine list, explain), then correct the source files, or the "
            "rows themselves (portrait quarantine export, replay).",
        )
