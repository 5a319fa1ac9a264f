"""What the tables mean that the pages come from: their comments, as published."""

from typing import Any

from orchestration.publishing.reading import Snapshot


def read_tables(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Every published table by name: its comment, and its columns with theirs."""
    return [
        {
            **table,
            "columns": snapshot.rows(_COLUMNS, table["name"]),
        }
        for table in snapshot.rows(_TABLES)
    ]


_TABLES = """
    select table_name as name, coalesce(comment, '') as comment
    from duckdb_tables() order by table_name
"""
_COLUMNS = """
    select column_name as name, lower(data_type) as type, coalesce(comment, '') as comment
    from duckdb_columns() where table_name = ? order by column_index
"""
