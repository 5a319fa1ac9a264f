"""Why a table was, or was not, made anew."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from orchestration.cli.errors import telling_errors
from orchestration.cli.output import as_json, print_json
from orchestration.console import make_console, make_table
from orchestration.entering import enter
from orchestration.quoting import shortened

if TYPE_CHECKING:
    from orchestration.warehouse.why import LastBuild, Touch


@click.command(epilog="Example: portrait why int_customer_days activity_date=2017-12-31")
@click.argument("table")
@click.argument("partition", nargs=-1, metavar="[COLUMN=VALUE]...")
@as_json
def why(table: str, partition: tuple[str, ...], is_json: bool) -> None:
    """Say why partitions of a TABLE were made anew.

    It is about the last run, and tells why they were not, too. With COLUMN=VALUE for some columns
    that its partitions go by, only of those partitions.
    """
    for given in partition:
        if "=" not in given:
            raise click.UsageError(f"{given} is no COLUMN=VALUE.")
    asked = dict(given.split("=", 1) for given in partition)
    with telling_errors():
        project = enter()
        from orchestration.state.lock import run_lock
        from orchestration.warehouse.current_manifest import current_manifest
        from orchestration.warehouse.opening import open_warehouse
        from orchestration.warehouse.why import explain_last_build

        manifest = current_manifest(project)
        with run_lock(project.lock_file), open_warehouse(project.warehouse) as warehouse:
            build = explain_last_build(warehouse, project, manifest, table, asked)
        if is_json:
            print_json(asdict(build))
        else:
            _print(make_console(), build, asked)


def _print(console: Console, build: "LastBuild", asked: Mapping[str, str]) -> None:
    from orchestration.warehouse.why import RAW_FILES

    by = ", ".join(build.partition_columns)
    console.print(f"{build.table}: {f'a partition for each {by}' if by else 'one partition'}")
    partitions = "Such partitions were" if asked else "Partitions were"
    # Of files only the rows are known that differ: one that came again as it was leaves no trace.
    untouched = (
        "No row of a file differs from the run before."
        if any(touch.because == RAW_FILES for touch in build.touches)
        else f"{partitions} not made anew in the last run: nothing that had changed touches any."
    )
    console.print(
        {
            "whole": f"The last run made the whole table anew: {build.whole_because}.",
            "partial": f"{partitions} made anew in the last run.",
            "nothing": untouched,
        }[build.extent],
        soft_wrap=True,
    )
    if build.touches:
        table = make_table(
            "Read", "Touches, for example", "Changed rows", "Touched partitions", numbers_from=2
        )
        for touch in build.touches:
            table.add_row(
                touch.because,
                _example(touch),
                f"{touch.changed_rows:,}",
                f"{touch.touched_partitions:,}",
            )
        console.print(table)


def _example(touch: "Touch") -> str:
    if not touch.examples:
        return ""
    example: Mapping[str, Any] = touch.examples[0]
    return shortened(", ".join(f"{column}={value}" for column, value in example.items()))
