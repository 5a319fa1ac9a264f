"""`python -m bench.ingest`: landing a file of events beside DuckDB's own `create table as`.

It ends with 0 whether or not the target is met, since it is no test and machines differ.
"""

import json
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import click
import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from bench.ingest_once import COLUMNS
from bench.machine import machine
from bench.measure import measure
from bench.report import Figure
from bench.rows import ROOT

_MOST_TIMES_PLAIN = 2.0
_KINDS = ("parquet", "csv")
_HOW = {"plain": "create table as select", "land": "landing"}

# Wall seconds, CPU seconds, peak memory in bytes.
_Row = tuple[float, float, int]


def write_events(folder: Path, rows: int) -> dict[str, Path]:
    """Files of made-up events by kind; the CSV has a quarter of the rows.

    Args:
        folder: Where to.
        rows: How many in the Parquet file.
    """
    files = {kind: folder / f"events.{kind}" for kind in _KINDS}
    expressions = {
        "event_id": "i",
        "customer_id": "hash(i) % 1_000_000",
        "occurred_at": "timestamp '2024-01-01' + to_seconds(i // 3)",
        "kind": "['view', 'search', 'cart', 'favourite', 'login'][(hash(i + 1) % 5)::bigint + 1]",
        "product_id": "'p' || hash(i + 2) % 50_000",
        "session_id": "'s' || i // 8",
        "dwell_seconds": "hash(i + 3) % 300",
    }
    columns = ", ".join(f"({expressions[n]})::{kind} as {n}" for n, kind in COLUMNS.items())
    with duckdb.connect() as connection:
        events = f"select {columns} from range({rows}) as numbers (i)"
        connection.execute(f"copy ({events}) to '{files['parquet']}' (format parquet)")
        events = f"from '{files['parquet']}' limit {rows // 4}"
        connection.execute(f"copy ({events}) to '{files['csv']}' (format csv)")
    return files


def measure_once(how: str, file: Path, folder: Path) -> _Row:
    """What bringing the file in by one of the two ways takes, in a process of its own."""
    out = folder / how
    out.mkdir()
    command = [sys.executable, "-m", "bench.ingest_once", how, str(file), str(out)]
    environment = {"PORTRAIT_HOME": str(out)}
    cost = measure(command, environment=environment, folder=ROOT, log=folder / "log")
    seconds = json.loads((out / "seconds.json").read_bytes())
    shutil.rmtree(out)
    return seconds["wall"], seconds["cpu"], cost.peak_memory


@click.command()
@click.option(
    "--rows",
    type=click.IntRange(min=4),
    default=10_000_000,
    show_default=True,
    help="Events in the Parquet file; the CSV file has a quarter of them.",
)
@click.option("--rounds", type=click.IntRange(min=1), default=2, show_default=True)
def main(rows: int, rounds: int) -> None:
    """What landing costs beside plain DuckDB; of several rounds the fastest counts."""
    console = Console()
    for name, value in machine().items():
        console.print(f"{name}: {value}", highlight=False, soft_wrap=True)
    best: dict[tuple[str, str], _Row] = {}
    with tempfile.TemporaryDirectory(prefix="portrait-bench-") as name:
        files = write_events(Path(name), rows)
        for _ in range(rounds):
            for kind, file in files.items():
                for how in _HOW:
                    row = measure_once(how, file, Path(name))
                    best[kind, how] = min(row, best.get((kind, how), row))
    console.print(_table(best, rows))
    for kind in _KINDS:
        landing, plain = best[kind, "land"], best[kind, "plain"]
        wall = Figure(f"wall of landing / of DuckDB alone, {kind}", landing[0] / plain[0], "×")
        cpu = Figure(f"CPU of landing / of DuckDB alone, {kind}", landing[1] / plain[1], "×")
        for figure in (replace(wall, target=_MOST_TIMES_PLAIN), cpu):
            console.print(str(figure), highlight=False, soft_wrap=True)


def _table(best: dict[tuple[str, str], _Row], rows: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("ingest", no_wrap=True)
    for name in ("rows", "wall s", "CPU s", "peak MB"):
        table.add_column(name, justify="right", no_wrap=True)
    for (kind, how), (wall, cpu, memory) in best.items():
        count = rows if kind == "parquet" else rows // 4
        table.add_row(
            f"{kind}, {_HOW[how]}",
            f"{count:,}",
            f"{wall:.2f}",
            f"{cpu:.2f}",
            f"{memory / 1e6:,.0f}",
        )
    return table


if __name__ == "__main__":
    main(prog_name="python -m bench.ingest")
