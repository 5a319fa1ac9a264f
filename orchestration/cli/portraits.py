"""Making the portraits, and asking what there is."""

from dataclasses import replace
from datetime import datetime

import click
from rich.console import Console

from orchestration.cli.errors import telling_errors
from orchestration.console import make_console, showing_progress
from orchestration.project import Project, enter
from orchestration.state.lock import run_lock


@click.command()
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
            from orchestration.runs.portraits import make_portraits

            as_of_date = as_of.date().isoformat() if as_of else ""
            make_portraits(project, sources, force=force and not as_of)
            if as_of:
                from orchestration.runs.job import run_past_day

                run_past_day(project, as_of_date, force=force)
        _print_summary(console, replace(project, past_day=as_of_date))


@click.command()
def summary() -> None:
    """Say again what the last run has made."""
    with telling_errors():
        _print_summary(make_console(), Project.find())


@click.command()
def status() -> None:
    """Say how fresh the marts and each source are, and what the last runs did."""
    with telling_errors():
        project = enter()
        from orchestration.runs.status import print_status

        print_status(make_console(), project)


@click.command()
@click.argument("customer_id")
def show(customer_id: str) -> None:
    """Show the portrait of one customer."""
    from orchestration.publishing.reading import open_snapshot
    from orchestration.publishing.summary import print_portrait

    with telling_errors(), open_snapshot(Project.find().current) as snapshot:
        print_portrait(make_console(), snapshot.profile(customer_id))


def _print_summary(console: Console, project: Project) -> None:
    from orchestration.publishing.summary import print_summary

    print_summary(console, project.current)
