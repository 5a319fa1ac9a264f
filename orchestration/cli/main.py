"""The `portrait` command: a thin face over functions that Dagster's UI uses too.

Dagster, dbt and scikit-learn take seconds to import, so they are imported where they are needed.
"""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from orchestration.cli.errors import telling_errors
from orchestration.cli.quarantine import quarantine
from orchestration.cli.source import source
from orchestration.console import make_console, showing_progress
from orchestration.project import Project, enter
from orchestration.quoting import shell_word
from orchestration.state.lock import is_locked, run_lock


@click.group()
def main() -> None:
    """Customer portraits from raw orders, published as a database that anybody can open."""


main.add_command(source)
main.add_command(quarantine)


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
    help="Portraits as of this day, with no future in them, published beside the current ones.",
)
@click.option("--force", is_flag=True, help="Build everything though nothing has changed.")
def run(sources: tuple[str, ...], as_of: datetime | None, force: bool) -> None:
    """Make the portraits and publish them, if anything has changed."""
    console = make_console()
    with telling_errors():
        project = enter()
        with run_lock(project.lock_file), showing_progress(console):
            from orchestration.publishing.news import make_portraits

            as_of_date = as_of.date().isoformat() if as_of else ""
            make_portraits(project, sources, force=force and not as_of)
            if as_of:
                from orchestration.runs.job import run_past_job

                run_past_job(project, as_of_date, force=force)
        _print_summary(console, replace(project, past_day=as_of_date))


@main.command()
def summary() -> None:
    """Say again what the last run has made."""
    with telling_errors():
        _print_summary(make_console(), Project.find())


@main.command()
def status() -> None:
    """Say how fresh the marts and each source are, and what the last runs did."""
    with telling_errors():
        project = enter()
        from orchestration.runs.status import print_status

        print_status(make_console(), project)


@main.command()
@click.argument("customer_id")
def show(customer_id: str) -> None:
    """Show the portrait of one customer."""
    from orchestration.publishing.reading import open_snapshot
    from orchestration.publishing.summary import print_portrait

    with telling_errors(), open_snapshot(Project.find().current) as snapshot:
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
    with telling_errors(), showing_progress(console):
        from orchestration.simulator.generate import simulate as write_files
        from orchestration.simulator.plan import Plan

        rows = write_files(Plan(customers, days, seed, start.date()), out.expanduser().absolute())
    for table, count in sorted(rows.items()):
        console.print(f"{table:<28} {count:>12,} rows", soft_wrap=True)
    told = f"Run on it: make run SOURCE=simulated DATA={shell_word(out)}"
    console.print(told, soft_wrap=True)


@main.command()
def docs() -> None:
    """Write one page with every model, column and test."""
    with telling_errors():
        project = enter()
        with run_lock(project.lock_file):
            from orchestration.warehouse.docs_page import write_docs_page

            page = write_docs_page(project)
    make_console().print(str(page), soft_wrap=True)


@main.command()
@click.option("--port", default=3000, show_default=True, help="Port of the web page.")
def ui(port: int) -> None:
    """Open Dagster's UI: every table, test and step, with lineage and history."""
    with telling_errors():
        project = enter()
        from orchestration.warehouse.current_manifest import current_manifest

        current_manifest(project)
        if not is_locked(project.lock_file):
            from orchestration.defs.killed_runs import fail_dead_runs_of_instance

            fail_dead_runs_of_instance()
        click.echo(f"Dagster's UI: http://127.0.0.1:{port} (stop it with Ctrl-C)")
        command = [sys.executable, "-m", "dagster", "dev", "-w", str(project.workspace_file)]
        # Dagster warns that `dagster dev` has a successor, which is in a package of its own.
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        # In the checkout: Python would import modules that lie in the user's folder.
        command += ["-p", str(port)]
        sys.exit(subprocess.call(command, env=environment, cwd=project.root))  # noqa: S603


def _print_summary(console: Console, project: Project) -> None:
    from orchestration.publishing.summary import print_summary

    print_summary(console, project.current)
