"""The `portrait` command: a thin face over functions that Dagster's UI uses too.

Dagster, dbt and scikit-learn take seconds to import, so they are imported where they are needed.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from orchestration.console import make_console, print_error, showing_progress
from orchestration.errors import PortraitError
from orchestration.lock import is_locked, run_lock
from orchestration.project import Project, enter


@contextmanager
def _telling_errors() -> Iterator[None]:
    """A user's error is two lines on stderr and exit code 2, never a traceback."""
    try:
        yield
    except PortraitError as error:
        print_error(make_console(stderr=True), error)
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo("stopped; the last published snapshot stays as it is", err=True)
        # No clean-up: a query may still be at work in dbt's thread. DuckDB recovers by itself.
        os._exit(130)


@click.group()
def main() -> None:
    """Customer portraits from raw orders, published as a database that anybody can open."""


@main.command()
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="NAME[=PATH]",
    help="A source system that is on, with the folder, file or URL that holds its data. "
    "May be repeated; the choice is remembered.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of the portraits. Default: the day after the last order.",
)
@click.option("--force", is_flag=True, help="Build everything though nothing has changed.")
def run(sources: tuple[str, ...], as_of: datetime | None, force: bool) -> None:
    """Make the portraits and publish them, if anything has changed."""
    console = make_console()
    with _telling_errors():
        project = enter()
        with run_lock(project.lock_file), showing_progress(console):
            from orchestration.update import make_portraits

            as_of_date = as_of.date().isoformat() if as_of else ""
            make_portraits(project, sources, as_of_date, force=force)
        _print_summary(console, project)


@main.command()
def summary() -> None:
    """Say again what the last run has made."""
    with _telling_errors():
        _print_summary(make_console(), Project.find())


@main.command()
@click.argument("customer_id")
def show(customer_id: str) -> None:
    """Show the portrait of one customer."""
    from orchestration.snapshot_reader import open_snapshot
    from orchestration.summary import print_portrait

    with _telling_errors(), open_snapshot(Project.find().current) as snapshot:
        print_portrait(make_console(), snapshot.profile(customer_id))


@main.command()
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
    """Write a simulated shop's files, as several source systems would have them."""
    console = make_console()
    with _telling_errors(), showing_progress(console):
        from orchestration.simulator.generate import simulate as write_files
        from orchestration.simulator.plan import Plan

        rows = write_files(Plan(customers, days, seed, start.date()), out.expanduser().absolute())
    for table, count in sorted(rows.items()):
        console.print(f"{table:<28} {count:>12,} rows", soft_wrap=True)
    console.print(f"Run on it: make run SOURCE=simulated DATA={out}", soft_wrap=True)


@main.command()
@click.option("--port", default=3000, show_default=True, help="Port of the web page.")
def ui(port: int) -> None:
    """Open Dagster's UI: every table, test and step, with lineage and history."""
    with _telling_errors():
        project = enter()
        from orchestration.manifest_file import current_manifest

        current_manifest(project)
        if not is_locked(project.lock_file):
            from orchestration.housekeeping import fail_dead_runs_of_instance

            fail_dead_runs_of_instance()
        click.echo(f"Dagster's UI: http://127.0.0.1:{port} (stop it with Ctrl-C)")
        command = [sys.executable, "-m", "dagster", "dev", "-w", str(project.workspace_file)]
        # Dagster warns that `dagster dev` has a successor, which is in a package of its own.
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        # In the checkout: Python would import modules that lie in the user's folder.
        command += ["-p", str(port)]
        sys.exit(subprocess.call(command, env=environment, cwd=project.root))  # noqa: S603


@main.group()
def quarantine() -> None:
    """Look at rejected rows, hand them out for correction, judge them again."""


_source_option = click.option("--source", metavar="NAME", help="Only rows of this source system.")
_entity_option = click.option("--entity", metavar="NAME", help="Only rows of this kind: orders …")
_reason_option = click.option("--reason", metavar="CODE", help="Only rows with this reason.")


@quarantine.command("list")
@_source_option
@_entity_option
@_reason_option
def list_quarantine(source: str | None, entity: str | None, reason: str | None) -> None:
    """Count rows and money by source, entity and reason, and say what to do."""
    from orchestration.quarantine.catalogue import read_reasons
    from orchestration.quarantine.counts import FLAGGED, counts
    from orchestration.quarantine.selection import Selection, check_selection
    from orchestration.quarantine.tell import print_counts
    from orchestration.quarantine.warehouse import open_quarantine

    selection = Selection(source, entity, reason)
    with _telling_errors(), open_quarantine(Project.find()) as connection:
        check_selection(connection, selection)
        print_counts(
            make_console(),
            counts(connection, selection),
            counts(connection, selection, FLAGGED),
            read_reasons(connection),
        )


@quarantine.command("explain")
@click.argument("reason", required=False)
@click.option("--row", metavar="FILE:ROW", help="Explain what became of one row of a file.")
@click.option("--examples", default=3, show_default=True, help="At most so many example rows.")
def explain_quarantine(reason: str | None, row: str | None, examples: int) -> None:
    """Say what a REASON means, its rule in SQL, what to do, with examples."""
    from orchestration.manifest_file import current_manifest
    from orchestration.quarantine.explain import explain, rows_from
    from orchestration.quarantine.tell import print_explanation, print_rows
    from orchestration.quarantine.warehouse import open_quarantine

    file, _, number = (row or "").rpartition(":")
    if (reason is None) == (row is None) or (row and not (file and number.isdecimal())):
        raise click.UsageError("Name a REASON, or a row: --row FILE:ROW")
    with _telling_errors():
        project = enter()
        manifest = current_manifest(project)
        with open_quarantine(project) as connection:
            codes = [reason] if reason else []
            if row:
                bad_rows = rows_from(connection, file, int(number))
                print_rows(make_console(), bad_rows)
                codes = sorted({bad_row.reason for bad_row in bad_rows})
            for code in codes:
                told = explain(connection, project, manifest, code, 0 if row else examples)
                print_explanation(make_console(), told)


@quarantine.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_source_option
@_entity_option
@_reason_option
def export_quarantine(
    file: Path, source: str | None, entity: str | None, reason: str | None
) -> None:
    """Write the raw rows of rejected rows to FILE, a CSV to correct in a spreadsheet."""
    from orchestration.manifest_file import current_manifest
    from orchestration.quarantine.export import export_rows
    from orchestration.quarantine.selection import Selection
    from orchestration.quarantine.tell import print_export
    from orchestration.quarantine.warehouse import open_quarantine

    selection = Selection(source, entity, reason)
    with _telling_errors():
        project = enter()
        manifest = current_manifest(project)
        with open_quarantine(project) as connection:
            exported = export_rows(connection, manifest, selection, file)
        print_export(make_console(), exported, str(file))


@quarantine.command("replay")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def replay_quarantine(file: Path | None) -> None:
    """Take the corrections in FILE and judge everything again, without loading files.

    Without FILE: judge again after a rule or a seed has changed.
    """
    from orchestration.quarantine.replay import replay
    from orchestration.quarantine.tell import print_differences

    console = make_console()
    with _telling_errors():
        project = enter()
        with run_lock(project.lock_file), showing_progress(console):
            told = replay(project, file)
        print_differences(console, told)


def _print_summary(console: Console, project: Project) -> None:
    from orchestration.summary import print_summary

    print_summary(console, project.current)
