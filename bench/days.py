"""`python -m bench.days`: what a day costs that brings one row in a hundred, beside a full build.

A shop is simulated and delivered in two parts. Three runs are measured, each as a user starts it:
on the first part, with the second part beside it, and with nothing new. Models of the full build
are held against plain queries (bench/plain_queries.py). It ends with 0 whether or not the targets
are met, since it is no test and machines differ.
"""

import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from bench.later_rows import cut
from bench.machine import machine
from bench.measure import ONE_THREAD, Cost, measure
from bench.report import Figure
from bench.rows import ROOT

_DAYS = 490
# A hundredth of the days; no first of a month is among them, which would be one more evaluated day.
_FIRST_NEW_DAY, _END = "2025-04-23", "2025-04-28"
_MOST_OF_FULL = 10.0
_MOST_MEMORY = 12.0


@click.command()
@click.option("--customers", type=click.IntRange(min=100), default=20_000, show_default=True)
@click.option(
    "--simulated",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=f"Folder of a shop that `portrait simulate --days {_DAYS}` wrote; else one is made.",
)
def main(customers: int, simulated: Path | None) -> None:
    """What a run costs that brings little, or nothing, beside the first one."""
    console = Console()
    for name, value in machine().items():
        console.print(f"{name}: {value}", highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="portrait-bench-") as name:
        folder = Path(name)
        if simulated is None:
            simulated = folder / "simulated"
            _portrait(
                folder, "simulate", f"--customers={customers}", f"--days={_DAYS}",
                f"--out={simulated}",
            )  # fmt: skip
        before, since = folder / "before", folder / "since"
        counts = cut(simulated / "raw", before, since, _FIRST_NEW_DAY, _END)
        console.print(f"rows: {counts[0]:,}, then {counts[1]:,} more", highlight=False)
        costs = {"full build": _portrait(folder, "run", "--source", f"simulated={before}")}
        plain_queries = _plain_queries(folder / "home")
        for file in since.rglob("*.parquet"):
            file.rename(before / file.relative_to(since))
        costs[f"{counts[1] / counts[0]:.1%} new rows"] = _portrait(folder, "run")
        costs["nothing new"] = _portrait(folder, "run")
    console.print(_table(costs))
    for figure in _figures(costs):
        console.print(str(figure), highlight=False, soft_wrap=True)
    console.print(plain_queries, highlight=False, soft_wrap=True)


def _portrait(folder: Path, *arguments: str) -> Cost:
    command = [str(Path(sys.executable).parent / "portrait"), *arguments]
    folders = {"PORTRAIT_HOME": str(folder / "home"), "PORTRAIT_CACHE": str(folder / "cache")}
    environment = {**ONE_THREAD, **folders}
    return measure(command, environment=environment, folder=ROOT, log=folder / "log")


def _plain_queries(home: Path) -> str:
    """What `python -m bench.plain_queries` prints; its memory is not counted as this process's."""
    command = [sys.executable, "-m", "bench.plain_queries", str(home)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def _table(costs: dict[str, Cost]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("run", no_wrap=True)
    for name in ("wall s", "CPU s", "peak MB"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, cost in costs.items():
        table.add_row(
            name, f"{cost.wall:,.1f}", f"{cost.cpu:,.1f}", f"{cost.peak_memory / 1e6:,.0f}"
        )
    return table


def _figures(costs: dict[str, Cost]) -> list[Figure]:
    full, few, nothing = costs.values()
    few_share = Figure("CPU of few new rows / of the full build", few.cpu / full.cpu * 100, "%")
    memory = Figure("peak memory of the full build", full.peak_memory / 1e9, " GB")
    return [
        replace(few_share, target=_MOST_OF_FULL),
        Figure("CPU of nothing new / of the full build", nothing.cpu / full.cpu * 100, "%"),
        replace(memory, target=_MOST_MEMORY),
    ]


if __name__ == "__main__":
    main(prog_name="python -m bench.days")
