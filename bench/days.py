"""`python -m bench.days`: what a day costs beside a full build, of days of each kind.

A shop is simulated and delivered day by day: one day, five days at once, an order that comes a year
late, a corrected line, four days with the first of a month among them, nothing. Each run is
measured as a user starts it. A shop of a few hundred customers goes the same way: what its runs
cost is what any run costs, and the rest goes by the customers. Models of the full build are held
against plain queries (bench/plain_queries.py). It ends with 0 whether or not the targets are met,
since it is no test and machines differ.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from bench.deliveries import Delivery, correct, cut, hold_back
from bench.machine import machine
from bench.measure import Cost
from bench.report import Figure
from bench.rows import ROOT
from bench.runs import portrait, run_delivered

_DAYS = 490
_FEW = 300
_WIDTH = 100
_LATE_DAY = "2024-04-26"

FULL, FORCED = "full build", "again, forced"
ONE_DAY, FIVE_DAYS = "one day", "five days at once"
LATE, CORRECTED = "order a year late", "line corrected"
FIRST, NOTHING = "first of a month", "nothing new"
# No first of a month is among the one day and the five, which is one more evaluated day.
_COMES = {ONE_DAY: ("2025-04-22", "2025-04-23"), FIVE_DAYS: ("2025-04-23", "2025-04-28")}
_COMES_LAST = {FIRST: ("2025-04-28", "2025-05-02")}

# Most percent of the full build's CPU, and of what each thousand customers cost in it.
_MOST = {ONE_DAY: 5.0, FIVE_DAYS: 10.0}


@click.command()
@click.option("--customers", type=click.IntRange(min=1_000), default=10_000, show_default=True)
@click.option(
    "--simulated",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=f"Folder of a shop that `portrait simulate --days {_DAYS}` wrote; else one is made.",
)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path))
def main(customers: int, simulated: Path | None, json_file: Path | None) -> None:
    """What a run costs that brings little, or nothing, beside the first one."""
    console = Console(width=_WIDTH)
    for name, value in machine().items():
        console.print(f"{name}: {value}", highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="portrait-bench-") as name:
        few, many = Path(name) / "few", Path(name) / "many"
        fixed, _ = _measured(few, _simulate(few, _FEW))
        costs, rows = _measured(many, simulated or _simulate(many, customers))
        plain_queries = _plain_queries(many / "home")
    console.print(_table(costs, fixed, rows, customers))
    for figure in _figures(costs, fixed, customers):
        console.print(str(figure), highlight=False, soft_wrap=True)
    console.print(plain_queries, highlight=False, soft_wrap=True)
    if json_file:
        measured = {"costs": costs, f"costs of {_FEW} customers": fixed}
        json_file.write_text(
            json.dumps(
                {
                    "machine": machine(),
                    "customers": customers,
                    "rows": rows,
                    **{
                        key: {run: asdict(cost) for run, cost in of.items()}
                        for key, of in measured.items()
                    },
                },
                indent=2,
            )
        )


def _simulate(folder: Path, customers: int) -> Path:
    out = folder / "simulated"
    folder.mkdir()
    portrait(folder, "simulate", f"--customers={customers}", f"--days={_DAYS}", f"--out={out}")
    return out


def _measured(folder: Path, simulated: Path) -> tuple[dict[str, Cost], dict[str, int]]:
    """What each run costs, and how many rows it brings."""
    folder.mkdir(exist_ok=True)
    delivered, late = folder / "delivered", folder / "late"
    comes = {**_COMES, **_COMES_LAST}
    deliveries = {
        name: Delivery(folder / f"delivery{number}", *days)
        for number, (name, days) in enumerate(comes.items())
    }
    start = Delivery(delivered, None, _COMES[ONE_DAY][0])
    counts = cut(simulated / "raw", [start, *deliveries.values()])
    rows = dict(zip([FULL, *deliveries], counts, strict=True))
    rows[LATE] = hold_back(delivered, late, _LATE_DAY)
    rows[CORRECTED] = 1
    costs = {
        FULL: portrait(folder, "run", "--source", f"simulated={delivered}"),
        FORCED: portrait(folder, "run", "--force"),
    }
    for name in _COMES:
        costs[name] = run_delivered(folder, deliveries[name].folder)
    costs[LATE] = run_delivered(folder, late)
    correct(delivered)
    costs[CORRECTED] = portrait(folder, "run")
    costs[FIRST] = run_delivered(folder, deliveries[FIRST].folder)
    costs[NOTHING] = portrait(folder, "run")
    return costs, rows


def _plain_queries(home: Path) -> str:
    """What `python -m bench.plain_queries` prints; its memory is not counted as this process's."""
    command = [sys.executable, "-m", "bench.plain_queries", str(home)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def _table(
    costs: Mapping[str, Cost],
    fixed: Mapping[str, Cost],
    rows: Mapping[str, int],
    customers: int,
) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(f"{customers:,} customers", no_wrap=True)
    names = ("rows", "wall s", "CPU s", "of full", f"with {_FEW}", "per 1,000", "peak MB")
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for name, cost in costs.items():
        table.add_row(
            name,
            f"{rows[name]:,}" if name in rows else "",
            f"{cost.wall:,.1f}",
            f"{cost.cpu:,.1f}",
            f"{cost.cpu / costs[FULL].cpu:.0%}",
            f"{fixed[name].cpu:,.1f}",
            f"{_per_thousand(cost, fixed[name], customers):.2f}",
            f"{cost.peak_memory / 1e6:,.0f}",
        )
    return table


def _per_thousand(cost: Cost, fixed: Cost, customers: int) -> float:
    """Seconds of CPU that each thousand customers cost above what any run costs."""
    return (cost.cpu - fixed.cpu) / (customers - _FEW) * 1_000


def _figures(costs: Mapping[str, Cost], fixed: Mapping[str, Cost], customers: int) -> list[Figure]:
    """Days beside the full build, as they are and without what any run costs."""
    each = {name: _per_thousand(costs[name], fixed[name], customers) for name in costs}
    figures = []
    for name, most in _MOST.items():
        share = costs[name].cpu / costs[FULL].cpu * 100
        figures.append(Figure(f"CPU of {name} / of the full build", share, "%", most))
        figures.append(
            Figure(
                f"the same by the customers alone, whatever their number: {name}",
                each[name] / each[FULL] * 100,
                "%",
                most,
            )
        )
    return figures


if __name__ == "__main__":
    main(prog_name="python -m bench.days")
