"""`python -m bench`: measures, checks that both sides made the same tables, prints.

It ends with 0 whether or not a target is met, since it is no test and machines differ. It ends with
1 when something that it measures fails, or when pandas and SQL disagree.
"""

import json
import sys
import tempfile
from collections.abc import Mapping
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
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write the figures to.",
)
def main(sources: tuple[str, ...], json_file: Path | None) -> None:
    """What the job costs, beside the same SQL without dbt and Dagster, and beside pandas."""
    progress = Console(stderr=True)
    header = machine()
    with tempfile.TemporaryDirectory(prefix="portrait-bench-") as folder:
        bench = Bench(Path(folder), sources, lambda row: progress.print(f"… {row}"))
        try:
            compared = _measure(bench)
        except CommandError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(1)
    print_report(Console(soft_wrap=not sys.stdout.isatty()), header, bench, compared)
    if json_file:
        figures = as_json(header, bench, compared)
        json_file.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


def _measure(bench: Bench) -> Mapping[str, int] | None:
    """Measures all rows; then compares, where there is something to compare.

    Returns:
        Rows compared, by table.
    """
    bench.prepare()
    bench.measure_job()
    bench.measure_plain()
    data = bench.data_by_hand
    if data is None:
        return None
    warehouse, by_hand = bench.measure_by_hand(data)
    bench.tell("comparing the tables (not measured)")
    # DuckDB would make this process large, and the kernel counts that into its children's peaks.
    from bench.compare import DifferenceError, compare

    try:
        return compare(warehouse, by_hand)
    except DifferenceError as error:
        click.echo(f"error: pandas and SQL made different tables.\n{error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main(prog_name="python -m bench")
