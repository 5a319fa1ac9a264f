"""How much memory DuckDB may hold before it goes to disk."""

import os
from pathlib import Path

import duckdb

LIMIT = "PORTRAIT_MEMORY_LIMIT"
MORE_MEMORY = (
    f"Give DuckDB more, such as {LIMIT}=8GB before the command (docs/cost.md, Memory); "
    "what was made is kept, and the next run goes on with the rest."
)
"""What to do where DuckDB lacked memory."""

# Of a large machine more would be a cache of rows that can be read again: docs/cost.md.
_SHARE = "40%"
_MOST = 4_000_000_000


def memory_limit() -> str:
    """What PORTRAIT_MEMORY_LIMIT says; else a share of what DuckDB finds there is, up to 4 GB."""
    if said := os.environ.get(LIMIT):
        return said
    with duckdb.connect(config={"memory_limit": _SHARE}) as connection:
        ((share,),) = connection.execute(
            "select parse_formatted_bytes(current_setting('memory_limit'))"
        ).fetchall()
    return f"{min(int(share), _MOST)}B"


def limited_connection(folder: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory that holds no more than `memory_limit`, and puts the rest in a folder.

    Args:
        folder: Where what does not fit lies while the connection is open.
    """
    spilled = str(folder / ".spilled")
    return duckdb.connect(config={"memory_limit": memory_limit(), "temp_directory": spilled})
