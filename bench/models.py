"""`python -m bench.models`: segments and predictions of a large shop, beside scikit-learn alone.

The customers of the last run's warehouse are copied until they are as many as asked for, each copy
with amounts and shares of its own. Each row is a process: all fitted, a day more that fits nothing
new, and scikit-learn called on the same matrices as a script would.
"""

import json
import sys
import tempfile
from pathlib import Path

import click
import duckdb
from rich.console import Console
from rich.table import Table

from bench.machine import machine
from bench.measure import ONE_THREAD, CommandError, Cost, measure
from orchestration.project import Project
from orchestration.warehouse.opening import scalar

_KEPT = ("as_of_dates", "customer_features", "training_labels")


def write_shop(source: Path, file: Path, customers: int) -> int:
    """Copies features, labels and seeds into a new warehouse; says how many customers it has.

    Args:
        source: A warehouse that a run has made, of one shop.
        file: Where the new one is written.
        customers: About so many; whole copies, one at least.
    """
    with duckdb.connect(file) as made:
        made.execute(f"attach '{source}' as source (read_only)")
        made.execute("create schema features; create schema seeds")
        made.execute("create table seeds.feature_themes as from source.seeds.feature_themes")
        made.execute("create table features.as_of_dates as from source.features.as_of_dates")
        known = scalar(
            made,
            "select count(*) from source.features.customer_features"
            " where as_of_date = (select max(as_of_date) from source.features.customer_features)",
        )
        copies = max(1, round(customers / max(known, 1)))
        for table in _KEPT[1:]:
            made.execute(f"create table features.{table} as {_copied(made, table, copies)}")
        return known * copies


def _copied(made: duckdb.DuckDBPyConnection, table: str, copies: int) -> str:
    """The rows so many times; what is no count differs from copy to copy by a tenth at most."""
    columns = made.execute(f"describe source.features.{table}").fetchall()
    differing = [
        f"cast({name} * (0.95 + (hash(customer_id, copy) % 1000) / 10000) as {kind}) as {name}"
        for name, kind, *_ in columns
        if kind.startswith(("DOUBLE", "DECIMAL"))
    ]
    replaced = ", ".join(["customer_id || '-' || copy as customer_id", *differing])
    return (
        f"select * exclude (copy) replace ({replaced}) from source.features.{table}"
        f" cross join range({copies}) as copies (copy)"
    )


@click.command()
@click.option(
    "--warehouse",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Default: the one of the last run, of one shop.",
)
@click.option("--customers", type=click.IntRange(1000), default=1_000_000, show_default=True)
@click.option("--prediction", default="repurchase", show_default=True)
def main(warehouse: Path | None, customers: int, prediction: str) -> None:
    """What the models of so many customers cost."""
    console, project = Console(width=110), Project.find()
    with tempfile.TemporaryDirectory(prefix="portrait-models-") as folder:
        shop, out = Path(folder, "shop.duckdb"), Path(folder, "told.json")
        count = write_shop(warehouse or project.warehouse, shop, customers)
        table = Table(title=f"{count:,} customers")
        for column in ("", "CPU, s", "peak memory, GB", "what"):
            table.add_column(column)
        for part in ("segments", "predictions"):
            for how in ("fitted", "again", "scikit-learn"):
                command = [sys.executable, "-m", "bench.models_once", part, how, prediction]
                try:
                    cost = measure(
                        [*command, str(shop), str(out)],
                        environment=ONE_THREAD,
                        folder=project.root,
                        log=Path(folder, "log"),
                    )
                except CommandError as error:
                    click.echo(f"error: {error}", err=True)
                    sys.exit(1)
                _add(table, f"{part}, {how}", cost, json.loads(out.read_bytes()))
        for name, value in machine().items():
            console.print(f"{name}: {value}")
        console.print(table)


def _add(table: Table, name: str, cost: Cost, told: dict[str, str]) -> None:
    words = ", ".join(f"{what} {figure}" for what, figure in told.items())
    table.add_row(name, f"{cost.cpu:.1f}", f"{cost.peak_memory / 1e9:.2f}", words)


if __name__ == "__main__":
    main(prog_name="python -m bench.models")
