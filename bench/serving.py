"""`python -m bench.serving`: what an answer of the API costs beside an empty endpoint of FastAPI.

The customers of the last run are copied until they are as many as asked for. Their answers are
written once, in a process of its own; then the API and an empty endpoint, each under uvicorn in a
process, are asked by the same client, by turns, and the kernel says what each took.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import duckdb
from rich.console import Console
from rich.table import Table

from bench.machine import machine
from bench.measure import CommandError, Cost, measure
from orchestration.project import Project
from orchestration.publishing.snapshot import MARTS_FILE
from orchestration.serving.customer_answers import PARTS, PROFILES, REASONS
from orchestration.serving.customer_file import CUSTOMERS_FILE
from orchestration.warehouse.opening import scalar

_COPIED = (PROFILES, REASONS, *PARTS, "customer_identifiers")
_WHOLE = (
    *("tag_catalog", "run_manifest", "segment_portraits", "similar_products"),
    "customer_profile_history",
)
_PARAMETERS = "import sys; from pathlib import Path; import uvicorn; folder, port = sys.argv[1:]\n"
_SERVED = "uvicorn.run(app, port=int(port), access_log=False, log_level='warning')"
_WRITE = """
import sys; from pathlib import Path
from orchestration.serving.customer_file import write_customers
write_customers(Path(sys.argv[1]), Path(sys.argv[1]))
"""
# In a process of its own too: what this one holds would count as the peak of those it starts.
_COPY = """
import sys; from pathlib import Path
from bench.serving import write_marts
print(write_marts(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
"""
_EMPTY = f"""{_PARAMETERS}
from fastapi import FastAPI
app = FastAPI()
@app.get("/empty")
async def empty(): return {{}}
{_SERVED}
"""
# With its log, as `portrait serve` has it.
_API = f"""{_PARAMETERS}
from orchestration.serving.server import open_app
with open_app(Path(folder, "current"), Path(folder, "no_keys.json"), "127.0.0.1", 1e9) as app:
    {_SERVED}
"""


def write_marts(source: Path, folder: Path, customers: int) -> int:
    """Copies what the API reads of the marts, each customer about so often; says how many."""
    with duckdb.connect(folder / MARTS_FILE) as made:
        made.execute(f"attach '{source / MARTS_FILE}' as source (read_only)")
        known = scalar(made, f"select count(*) from source.{PROFILES}")
        copies = max(1, round(customers / max(known, 1)))
        for table in _COPIED:
            name = "source_customer_id" if table == "customer_identifiers" else "copy"
            more = f", {name} || '-' || copy as {name}" if name != "copy" else ""
            made.execute(
                f"create table {table} as select * exclude (copy) replace "
                f"(customer_id || '-' || copy as customer_id{more}) from source.{table} "
                f"cross join range({copies}) as copies (copy) order by customer_id"
            )
            _describe(made, table)
        for table in _WHOLE:
            made.execute(f"create table {table} as from source.{table}")
            _describe(made, table)
        return known * copies


def _describe(made: duckdb.DuckDBPyConnection, table: str) -> None:
    """The comments, which say what is personal."""
    for column, comment in made.execute(
        "select column_name, comment from duckdb_columns() "
        "where database_name = 'source' and table_name = ?",
        [table],
    ).fetchall():
        said = str(comment).replace("'", "''")
        made.execute(f"comment on column {table}.\"{column}\" is '{said}'")


@contextmanager
def _server(code: str, folder: Path) -> Iterator[tuple[int, socket.socket]]:
    """A server in a process, and a connection to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "access.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-c", code, str(folder), str(port)], stdout=log)
        try:
            for _ in range(400):
                try:
                    client = socket.create_connection(("127.0.0.1", port))
                    break
                except OSError:
                    time.sleep(0.05)
            else:
                raise CommandError("the server does not answer")
            with client:
                yield process.pid, client
        finally:
            process.terminate()
            process.wait()


def _cpu(process: int) -> float:
    """Seconds of CPU that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ask(client: socket.socket, path: str, headers: str, count: int) -> None:
    """Asks so often on one connection; the client is small, not to be measured with it."""
    request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\r\n".encode()
    for _ in range(count):
        client.sendall(request)
        answer = client.recv(65_536)
        head, _, body = answer.partition(b"\r\n\r\n")
        if b" 200 " not in head[:20]:
            raise CommandError(head.decode())
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        got = len(body)
        while got < length:
            got += len(client.recv(65_536))


def _measured(folder: Path, count: int, rounds: int) -> dict[str, float]:
    """Microseconds of CPU an answer, by what is asked; of some rounds the one with the least."""
    customer = f"/v1/customers/{_some_customer(folder)}"
    list_ = "/v1/customers?columns=shop,order_count,total_spend&is_coupon_user=true"
    asked = {
        _EMPTY: {"an empty endpoint of FastAPI": ("/empty", "", count)},
        _API: {
            "a profile by id, gzip": (customer, "accept-encoding: gzip\r\n", count),
            "a profile by id, plain": (customer, "", count),
            "its recommendations": (f"{customer}/recommendations", "", count),
            "a page of 100 customers, 3 columns": (list_, "", count // 20),
        },
    }
    least: dict[str, float] = {}
    for _ in range(rounds):
        for code, paths in asked.items():
            with _server(code, folder) as (process, client):
                for name, (path, headers, some) in paths.items():
                    _ask(client, path, headers, some // 10)
                    before = _cpu(process)
                    _ask(client, path, headers, some)
                    took = (_cpu(process) - before) / some * 1e6
                    least[name] = min(least.get(name, took), took)
    return least


def _some_customer(folder: Path) -> str:
    with duckdb.connect(folder / "current" / MARTS_FILE, read_only=True) as marts:
        ((customer,),) = marts.execute(f"select min(customer_id) from {PROFILES}").fetchall()
    return str(customer)


def _run(folder: Path, code: str, *arguments: str) -> Cost:
    command = [sys.executable, "-c", code, *arguments]
    return measure(command, environment={}, folder=Project.find().root, log=folder / "log")


@click.command()
@click.option("--customers", type=click.IntRange(1), default=20_000, show_default=True)
@click.option("--requests", type=click.IntRange(100), default=5_000, show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
def main(customers: int, requests: int, rounds: int) -> None:
    """What it costs to write the answers about so many customers, and to give one."""
    for name, value in machine().items():
        click.echo(f"{name}: {value}")
    current = Project.find().current
    if not (current / MARTS_FILE).exists():
        raise click.ClickException("There is no snapshot. Make one first: make run")
    with tempfile.TemporaryDirectory(prefix="portrait-serving-") as made:
        folder = Path(made)
        version = folder / "v000001-20260101T000000Z"
        version.mkdir()
        _run(folder, _COPY, str(current.resolve()), str(version), str(customers))
        # DuckDB shows its progress where there is no script.
        count = int((folder / "log").read_text().split()[-1])
        written = _run(folder, _WRITE, str(version))
        (folder / "current").symlink_to(version.name)
        size = (version / CUSTOMERS_FILE).stat().st_size
        click.echo(
            f"{count:,} customers written: {written.wall:.1f} s, {written.cpu:.1f} s of CPU, "
            f"{written.cpu / count * 1e6:.0f} µs each; peak {written.peak_memory / 1e6:.0f} MB; "
            f"{size / 1e6:.0f} MB, {size / count:.0f} bytes each"
        )
        _print(_measured(folder, requests, rounds))


def _print(measured: dict[str, float]) -> None:
    table = Table("Answer", "CPU, µs", "Times the empty one")
    empty = next(iter(measured.values()))
    for name, microseconds in measured.items():
        table.add_row(name, f"{microseconds:.0f}", f"{microseconds / empty:.2f}")
    Console().print(table)
    click.echo(json.dumps({name: round(value, 1) for name, value in measured.items()}))


if __name__ == "__main__":
    main()
