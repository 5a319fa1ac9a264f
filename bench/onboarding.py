"""`python -m bench.onboarding`: what `source add` and `source check` cost for a small folder.

It ends with 0 whether or not the target is met, since it is no test and machines differ.
"""

import csv
import shutil
import sys
import tempfile
from pathlib import Path

import click

from bench.machine import machine
from bench.measure import Cost, measure
from bench.report import Figure
from bench.rows import ROOT

_MOST_CPU = 6.0
_PORTRAIT = [sys.executable, "-c", "from orchestration.cli.main import main; main()"]
_HEADER = ("order id", "customer id", "order date", "status", "sku", "quantity", "price", "total")
# What is measured, in this order: in a home that has nothing yet, and again.
COMMANDS = {
    "source add": ("add", "measured", "--files", "data"),
    "source check": ("check", "measured"),
    "source check, again": ("check", "measured"),
}


def write_orders(folder: Path, orders: int) -> None:
    """A month's export, a row a line, two lines an order."""
    folder.mkdir()
    with (folder / "orders_2024-03.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEADER)
        for number in range(orders):
            day = f"2024-03-{number % 28 + 1:02} 10:00:00"
            for line in (1, 2):
                price = 2 + number % 7 + line
                total = 2 * (2 + number % 7) + 3
                row = (number, f"c{number % 40}", day, "paid", f"s{line}", 1, price, total)
                writer.writerow(row)


def measure_commands(folder: Path, orders: int) -> dict[str, Cost]:
    """What each command costs, in a copy of the checkout, since a draft is written into one."""
    copy = folder / "checkout"
    ignored = shutil.ignore_patterns(".*", "target", "__pycache__", "docs", "tests", "own")
    shutil.copytree(ROOT, copy, ignore=ignored)
    write_orders(copy / "data", orders)
    environment = {
        "PORTRAIT_HOME": str(folder / "home"),
        "PORTRAIT_CACHE": str(folder / "cache"),
        "PYTHONPATH": str(copy),
    }
    return {
        name: measure(
            [*_PORTRAIT, "source", *arguments],
            environment=environment,
            folder=copy,
            log=folder / "log",
        )
        for name, arguments in COMMANDS.items()
    }


@click.command()
@click.option("--orders", type=click.IntRange(min=1), default=200, show_default=True)
def main(orders: int) -> None:
    """What it costs to draft a source and to check it."""
    for name, value in machine().items():
        click.echo(f"{name}: {value}")
    with tempfile.TemporaryDirectory(prefix="portrait-bench-") as folder:
        costs = measure_commands(Path(folder), orders)
    for name, cost in costs.items():
        click.echo(str(Figure(f"CPU of {name}", cost.cpu, target=_MOST_CPU)))


if __name__ == "__main__":
    main(prog_name="python -m bench.onboarding")
