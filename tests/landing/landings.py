"""Landing a folder, and looking at what came of it."""

from pathlib import Path

import duckdb
import pytest

from orchestration.connections.sources import Location
from orchestration.errors import PortraitError
from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import Landed, land
from orchestration.warehouse.manifest import Column, RawTable, SourceSystem
from orchestration.warehouse.options import ReadOptions

Connection = duckdb.DuckDBPyConnection

ALL_FILES = ("*.parquet", "*.csv*", "*.tsv*", "*.jsonl*", "*.ndjson*", "*.xls*", "*.ods", "*.txt*")


def shop(
    *columns: str, reader: str = "auto", files: tuple[str, ...] = ALL_FILES, **options: str
) -> SourceSystem:
    """A source system with one raw table `sales`; a column is `name` or `name type`."""
    declared = tuple(
        Column(name, data_type or "varchar", "")
        for name, _, data_type in (column.partition(" ") for column in columns)
    )
    header = options.pop("header_starts_with", None)
    table = RawTable(
        "raw_shop", "sales", "", declared, files, reader, header, ReadOptions(**options)
    )
    return SourceSystem("shop", "raw_shop", "", (table,), None, "", is_default=False)


def land_location(
    warehouse: Connection, hashes: HashCache, system: SourceSystem, location: Location
) -> Landed:
    (landed,) = land(warehouse, system, find_source_files(system, location), hashes)
    return landed


def refused(
    warehouse: Connection, hashes: HashCache, system: SourceSystem, location: Location
) -> str:
    """The error's message and hint."""
    with pytest.raises(PortraitError) as error:
        land_location(warehouse, hashes, system, location)
    return f"{error.value.message} {error.value.hint}"


def sales(warehouse: Connection, columns: str = "*") -> list[tuple[object, ...]]:
    return warehouse.execute(f"select {columns} from raw_shop.sales order by all").fetchall()


def write_parquet(path: Path, query: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")
