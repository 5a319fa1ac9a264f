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
    help="A source system that is on, with the folder or file that holds its data. "
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


@main.group()
def source() -> None:
    """Add a source system of your own, and check what a run would make of it."""


@source.command("add")
@click.argument("name")
@click.option(
    "--files",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder or file that holds its data: CSV or Parquet.",
)
@click.option(
    "--time-zone",
    default="UTC",
    show_default=True,
    help="Clock that times without a zone were read off, for example Asia/Shanghai.",
)
def add(name: str, files: Path, time_zone: str) -> None:
    """Draft the models of a new source from a sample of its files. Overwrites nothing."""
    with _telling_errors():
        project = enter()
        from orchestration.onboarding.add import add_source

        add_source(make_console(), project, name, files, time_zone)


@source.command("check")
@click.argument("name")
@click.option(
    "--files",
    type=click.Path(path_type=Path),
    help="The folder or file that holds its data. Default: the remembered one.",
)
def check(name: str, files: Path | None) -> None:
    """Tell what of a source is mapped, missing, accepted and refused. Exit code 1: no portraits."""
    with _telling_errors():
        project = enter()
        from orchestration.onboarding.check import check_source
        from orchestration.onboarding.check_report import print_check

        checked = check_source(project, name, files.expanduser().absolute() if files else None)
        print_check(make_console(), checked)
        sys.exit(0 if checked.makes_portraits else 1)


@source.command("list")
def list_sources() -> None:
    """List the source systems, with those that are on and where their data is."""
    with _telling_errors():
        project = enter()
        from orchestration.manifest import source_systems
        from orchestration.manifest_file import current_manifest
        from orchestration.sources import read_choice

        systems = source_systems(current_manifest(project))
        choice = read_choice(project.sources_file, systems)
        for name, system in systems.items():
            where = choice.get(name) or system.package or ""
            click.echo(f"{'on ' if name in choice else 'off'}  {name}  {where}".rstrip())


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


def _print_summary(console: Console, project: Project) -> None:
    from orchestration.summary import print_summary

    print_summary(console, project.current)
