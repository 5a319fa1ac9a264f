"""One measured ingest: `python -m bench.ingest_once plain|land FILE OUT`.

It brings a file of events into `OUT/warehouse.duckdb`, by DuckDB's own `create table as` or by
landing, and leaves the wall and CPU seconds of that, closing included, in `OUT/seconds.json`.
"""

import json
import sys
import time
from pathlib import Path

from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import land
from orchestration.warehouse.manifest import Column, RawTable, SourceSystem
from orchestration.warehouse.opening import open_warehouse

COLUMNS = {
    "event_id": "bigint",
    "customer_id": "bigint",
    "occurred_at": "timestamp",
    "kind": "varchar",
    "product_id": "varchar",
    "session_id": "varchar",
    "dwell_seconds": "double",
}


def plain(file: Path, out: Path) -> None:
    """DuckDB alone; text stays text, as in landing."""
    is_csv = file.suffix == ".csv"
    reader = "read_csv(?, all_varchar = true, " if is_csv else "read_parquet(?, "
    source = f"{reader}hive_partitioning = false)"
    with open_warehouse(out / "warehouse.duckdb") as warehouse:
        warehouse.execute(f"create table events as select * from {source}", [str(file)])


def land_file(file: Path, out: Path) -> None:
    """The project's own code, from finding the file to the record of the load."""
    is_csv = file.suffix == ".csv"
    columns = tuple(
        Column(name, "varchar" if is_csv else data_type, "") for name, data_type in COLUMNS.items()
    )
    table = RawTable("raw_bench", "events", "", columns, (file.name,), "auto", None)
    system = SourceSystem("bench", "raw_bench", "", (table,), None, "", is_default=False)
    with open_warehouse(out / "warehouse.duckdb") as warehouse:
        land(warehouse, system, find_source_files(system, file), HashCache(out / "hashes.json"))


def main(how: str, file: Path, out: Path) -> None:
    """Does it and writes the seconds."""
    start, cpu = time.perf_counter(), time.process_time()
    {"plain": plain, "land": land_file}[how](file, out)
    seconds = {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu}
    (out / "seconds.json").write_text(json.dumps(seconds))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
