"""Simulated files of a shop that never was."""

from datetime import datetime
from pathlib import Path

import click

from orchestration.cli.errors import telling_errors
from orchestration.console import make_console, showing_progress
from orchestration.quoting import shell_word


@click.command(epilog="Example: portrait simulate --customers 1000 --out /data/simulated")
@click.option("--customers", type=click.IntRange(100), required=True, help="Number of persons.")
@click.option("--days", type=click.IntRange(60, 3660), default=365, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder to write: raw/ for the systems' files, truth/ for what is behind them.",
)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2024-01-01",
    show_default=True,
    help="First day.",
)
def simulate(customers: int, days: int, seed: int, out: Path, start: datetime) -> None:
    """Write the files of a simulated shop.

    Several source systems have them, each in its own way.
    """
    console = make_console()
    with telling_errors(), showing_progress(console):
        from orchestration.simulator.generate import simulate as write_files
        from orchestration.simulator.plan import Plan

        rows = write_files(Plan(customers, days, seed, start.date()), out.expanduser().absolute())
    for table, count in sorted(rows.items()):
        console.print(f"{table:<28} {count:>12,} rows", soft_wrap=True)
    told = f"Run on it: make run SOURCE=simulated DATA={shell_word(out)}"
    console.print(told, soft_wrap=True)
