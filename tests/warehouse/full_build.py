"""What tables that were brought up to date are held against: the same tables, built whole."""

from collections.abc import Collection

import duckdb

from orchestration.warehouse.plain_project import PlainProject

COMPARED = ("inputs", "intermediate", "features", "tags", "marts")
LAYERS = {"staging", *COMPARED, "semantic"}


def check_full_build(
    connection: duckdb.DuckDBPyConnection,
    plain: PlainProject,
    layers: Collection[str] = COMPARED,
) -> None:
    """A full build of each partitioned table, in the order of the graph, gives the rows it has.

    The others need no second build: a view has the rows of what it reads, and a table that is no
    partitioned one was built whole just now, of tables that prove to be the same here.
    """
    for statement in plain.built:
        if statement.plan and statement.layer in layers:
            rows = f"from {statement.relation} order by all"
            updated = connection.execute(rows).fetchall()
            connection.execute(statement.sql)
            assert updated == connection.execute(rows).fetchall(), statement.relation
