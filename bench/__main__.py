"""`python -m bench`: measures, checks that both sides made the same tables, prints.

It ends with 0 whether or not a target is met, since it is no test and machines differ. It ends with
1 when something that it measures fails, or when pandas and SQL disagree.
"""

import json
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from bench.machine import machine
from bench.measure import CommandError
from bench.report import as_json, print_report
from bench.rows import Bench


@click.command()
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="NAME[=PATH]",
    help="A source system, as for `portrait run`. May be repeated. Default: the default source.",
)
@click.option(
    "--rounds",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How often to measure; of each row the round with the least CPU counts.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write the figures to.",
)
def main(sources: tuple[str, ...], rounds: int, json_file: Path | None) -> None:
    """What the job costs, beside the same SQL without dbt and Dagster, and beside pandas."""
    progress = Console(stderr=True)
    header = {**machine(), "rounds": str(rounds)}
    with tempfile.TemporaryDirectory(prefix="portrait-bench-") as folder:
        bench = Bench(Path(folder), sources, lambda row: progress.print(f"… {row}"))
        try:
            bench.measure(rounds)
        except CommandError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(1)
    print_report(Console(), header, bench)
    if json_file:
        figures = as_json(header, bench)
        json_file.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(prog_name="python -m bench")
