"""`python -m bench.plain_queries HOME`: models beside plain queries for the same work.

HOME is the folder of a run that ended well. Each query under queries/ is what one would write by
hand for one day of portraits; beside it stand the models that answer the same question, and late
rows, returns and any past day as well. Both read the same tables and write theirs into a file. The
queries spell out what dbt_project.yml has as defaults: half an hour, 60 days, five bins.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from bench.report import Figure
from bench.rows import ROOT
from orchestration.quoting import quoted
from orchestration.warehouse.partition_plan import only_touched_rows

QUERIES = ROOT / "bench" / "queries"
_MOST_TIMES_PLAIN = 2.0


@dataclass(frozen=True)
class Work:
    """Models that do the work of a plain query.

    Attributes:
        name: Of the query's file.
        whole: Models that are made whole.
        of_one_day: Models with a row a customer and evaluated day, of which one day is made.
    """

    name: str
    whole: Sequence[str] = ()
    of_one_day: Sequence[str] = ()


WORKS = (
    Work("sessions", whole=["int_sessions"]),
    Work(
        "purchases",
        whole=[
            "int_stock_movements",
            "int_return_matches",
            "int_order_totals",
            "int_customer_days",
        ],
        of_one_day=["feature_rhythm", "feature_purchases"],
    ),
    Work("affinities", whole=["int_customer_day_affinities"], of_one_day=["feature_affinities"]),
    Work("rfm", of_one_day=["feature_rfm"]),
)


@contextmanager
def opened(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the warehouse of a run; its variable `day` is the current one."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(home / 'warehouse.duckdb')} as warehouse (read_only)")
        connection.execute("use warehouse")
        connection.execute(
            "set variable day = (select as_of_date from features.as_of_dates where is_current)"
        )
        yield connection


def measure_work(home: Path, out: Path) -> dict[str, tuple[float, float]]:
    """CPU seconds of the plain query and of the models, by name of the work.

    Args:
        home: The folder of a run: its warehouse, and the SQL that dbt compiled.
        out: Folder for what is made.
    """
    # What dbt compiles for `portrait why` lies in a folder that ends so too.
    compiled = {
        file.stem: file.read_text()
        for file in (home / "dbt/compiled").rglob("*.sql")
        if file.is_file()
    }
    with opened(home) as connection:
        connection.execute(f"attach {quoted(out / 'made.duckdb')} as out")
        return {
            work.name: (
                _seconds(connection, [(QUERIES / f"{work.name}.sql").read_text()]),
                _seconds(connection, _models(connection, work, compiled)),
            )
            for work in WORKS
        }


def _models(
    connection: duckdb.DuckDBPyConnection, work: Work, compiled: Mapping[str, str]
) -> Sequence[str]:
    for model in work.of_one_day:
        connection.execute(
            f"create temp table touched_{model} as "
            "select shop, as_of_date from features.as_of_dates where is_current"
        )
    return [
        *(compiled[model] for model in work.whole),
        *(only_touched_rows(compiled[model]) for model in work.of_one_day),
    ]


def _seconds(connection: duckdb.DuckDBPyConnection, queries: Sequence[str]) -> float:
    start = time.process_time()
    for query in queries:
        connection.execute(f"create or replace table out.made as ({query}\n)")
    return time.process_time() - start


@click.command()
@click.argument("home", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(home: Path) -> None:
    """What models take beside plain queries for the same work."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="portrait-bench-") as folder:
        seconds = measure_work(home, Path(folder))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("work", "plain query, CPU s", "models, CPU s", "ratio"):
        table.add_column(name, justify="left" if name == "work" else "right", no_wrap=True)
    for name, (plain, models) in seconds.items():
        table.add_row(name, f"{plain:,.1f}", f"{models:,.1f}", f"{models / plain:.1f}")
    console.print(table)
    plain, models = (sum(column) for column in zip(*seconds.values(), strict=True))
    figure = Figure(
        "CPU of the models / of the plain queries", models / plain, " times", _MOST_TIMES_PLAIN
    )
    console.print(str(figure), highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main(prog_name="python -m bench.plain_queries")
