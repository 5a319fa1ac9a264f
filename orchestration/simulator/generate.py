"""Simulated source systems of one shop as Parquet files, with the truth in a folder apart.

All rows are made by the SQL files beside this module: `world` once (calendar, catalogue,
campaigns), then, for one chunk of persons after the other, `models` (what happens), `raw` (what the
systems write down) and `truth`. Parameters are the CSV files in `data`. Every random number is a
hash of seed, purpose and key, so neither threads nor chunks change a row.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError
from orchestration.progress import step
from orchestration.quoting import quoted
from orchestration.simulator.plan import Plan, is_simulated, write_stamp

_HERE = Path(__file__).parent
_DATA = _HERE / "data"
_SQL = _HERE / "sql"

# In the order in which one builds on the other.
_WORLD = ("slots", "calendar", "products", "shelves", "waves", "dirt_bands")
_MODELS = (
    *("people", "accounts", "account_dirt", "purchase_gaps", "lifetimes", "consents"),
    *("campaign_members", "orders", "order_dirt", "order_lines", "line_dirt", "return_lines"),
    *("visits", "events", "event_dirt", "reviews", "review_dirt", "contacts", "survey_answers"),
)
# Raw tables that are the shop's, not its customers': written once.
_SHARED = ("campaign_tool/campaigns", "web_shop/products")

# Persons a chunk: half a gigabyte of events, so that a million fits in the memory of a laptop.
_CHUNK = 50_000


def simulate(
    plan: Plan, folder: Path, *, threads: int | None = None, chunk: int = _CHUNK
) -> dict[str, int]:
    """Writes `raw/<system>/<table>….parquet` and `truth/….parquet` into a folder.

    Args:
        plan: What to simulate.
        folder: Replaced when it is an earlier simulation; must else be empty or not there.
        threads: Threads of DuckDB; None: one a core. The bytes do not depend on it.
        chunk: Persons a file; the rows do not depend on it, their distribution over files does.

    Returns:
        Rows by raw table, named `system/table`.

    Raises:
        PortraitError: The folder holds something else, or cannot be written.
    """
    _check_folder(folder)
    partial = folder.with_name(folder.name + ".partial")
    rows: dict[str, int] = {}
    try:
        with _database(plan, partial, threads) as connection:
            with step("calendar, catalogue, campaigns"):
                for name in _WORLD:
                    _run(connection, _SQL / "world" / f"{name}.sql")
                for table in _SHARED:
                    rows[table] = _write(connection, _SQL / "raw" / f"{table}.sql", partial)
            for number, first in enumerate(range(1, plan.customers + 1, chunk)):
                last = min(first + chunk - 1, plan.customers)
                with step(f"persons {first:,} to {last:,}") as progress:
                    written = _write_chunk(connection, first, last, number, partial)
                    progress.rows = sum(written.values())
                for table, count in written.items():
                    rows[table] = rows.get(table, 0) + count
        write_stamp(partial, plan)
        if folder.exists():
            shutil.rmtree(folder)
        partial.rename(folder)
    except (OSError, duckdb.IOException) as error:
        raise PortraitError(
            f"{folder} cannot be written: {str(error).splitlines()[0]}",
            "Name a folder that you may write to, on a disk with room.",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return rows


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise PortraitError(f"{folder} is no folder.", "Name a new folder: --out DIR")
    if folder.exists() and any(folder.iterdir()) and not is_simulated(folder):
        raise PortraitError(
            f"{folder} holds files that are no simulation; they would be lost.",
            "Name a new or empty folder: --out DIR",
        )


@contextmanager
def _database(
    plan: Plan, partial: Path, threads: int | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that knows the parameters; what it spills lies in the folder."""
    if partial.exists():
        shutil.rmtree(partial)
    spill = partial / "spill"
    spill.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"set temp_directory = {quoted(spill)}")
        connection.execute("set TimeZone = 'UTC'")
        if threads:
            connection.execute(f"set threads = {int(threads)}")
        _set(connection, seed=plan.seed, days=plan.days)
        connection.execute(f"set variable start_date = date {quoted(plan.start.isoformat())}")
        _load_data(connection)
        _run(connection, _SQL / "macros.sql")
        yield connection
    shutil.rmtree(spill, ignore_errors=True)


def _load_data(connection: duckdb.DuckDBPyConnection) -> None:
    """Each CSV file becomes a table of its name; settings become variables too."""
    for path in sorted(_DATA.glob("*.csv")):
        connection.execute(
            f"create table {path.stem} as "
            f"select * from read_csv({quoted(path)}, header = true, sample_size = -1, "
            "hive_partitioning = false)"
        )
    settings = connection.execute("select name, value from settings").fetchall()
    _set(connection, **dict(settings))


def _write_chunk(
    connection: duckdb.DuckDBPyConnection, first: int, last: int, number: int, folder: Path
) -> dict[str, int]:
    """Simulates the persons from first to last and writes their files."""
    _set(connection, first_person=first, last_person=last)
    for name in _MODELS:
        _run(connection, _SQL / "models" / f"{name}.sql")
    written: dict[str, int] = {}
    for path in sorted((_SQL / "raw").glob("*/*.sql")):
        table = f"{path.parent.name}/{path.stem}"
        if table not in _SHARED:
            written[table] = _write(connection, path, folder, f"-{number:03d}")
    for path in sorted((_SQL / "truth").glob("*.sql")):
        _write(connection, path, folder, f"-{number:03d}")
    return written


def _write(
    connection: duckdb.DuckDBPyConnection, query: Path, folder: Path, suffix: str = ""
) -> int:
    """Writes what a query gives to the Parquet file that has its place in the folder."""
    path = folder / query.relative_to(_SQL).with_name(f"{query.stem}{suffix}.parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    ((count,),) = connection.execute(
        f"copy ({query.read_text()}) to {quoted(path)} (format parquet)"
    ).fetchall()
    return int(count)


def _run(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(path.read_text())


def _set(connection: duckdb.DuckDBPyConnection, **variables: float) -> None:
    for name, value in variables.items():
        connection.execute(f"set variable {name} = {value!r}")
