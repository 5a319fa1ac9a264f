"""Files that a command is given, as one table."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError
from orchestration.quoting import identifier, quoted, shortened


def read_files(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], into: str) -> None:
    """Makes a table of CSV and Parquet files, one under the other; of CSV all columns are text.

    Raises:
        PortraitError: A file is not there, or cannot be read.
    """
    parts = []
    for file in files:
        if not file.is_file():
            raise PortraitError(f"There is no file {file}.", "Name a CSV or Parquet file.")
        is_parquet = file.suffix.lower() in (".parquet", ".pq")
        read = (
            "read_parquet({}, hive_partitioning = false)"
            if is_parquet
            else "read_csv({}, all_varchar = true, header = true, hive_partitioning = false)"
        )
        parts.append(f"select * from {read.format(quoted(file))}")
        try:
            connection.execute(f"select count(*) from ({parts[-1]})").fetchall()
        except duckdb.Error as error:
            raise PortraitError(
                f"{file} cannot be read: {shortened(error)}.", "Name a CSV or Parquet file."
            ) from error
    table = identifier(into)
    connection.execute(f"create table {table} as {' union all by name '.join(parts)}").fetchall()
