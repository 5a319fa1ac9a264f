"""Making the portraits, and asking what there is."""

from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import click

from orchestration.cli.errors import telling_errors
from orchestration.cli.output import as_json, print_json
from orchestration.console import make_console, showing_progress
from orchestration.entering import enter
from orchestration.project import Project
from orchestration.state.lock import run_lock


@click.command(epilog="Example: portrait run --source shop=/data/shop --source till=/data/till")
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
@click.option(
    "--rebuild",
    is_flag=True,
    help="Remove the warehouse first, and make it anew from the sources: after it was damaged.",
)
@as_json
def run(
    sources: tuple[str, ...], as_of: datetime | None, force: bool, rebuild: bool, is_json: bool
) -> None:
    """Make the portraits and publish them, if anything has changed."""
    console = make_console(stderr=is_json)
    with telling_errors():
        project = enter()
        with run_lock(project.lock_file), showing_progress(console):
            from orchestration.runs.portraits import discard_warehouse, make_portraits

            if rebuild:
                discard_warehouse(project)
            make_portraits(project, sources, force=rebuild or (force and not as_of))
            if as_of:
                from orchestration.runs.job import run_past_day

                run_past_day(project, as_of.date().isoformat(), force=force)
        _tell(_project(as_of), is_json=is_json)


@click.command(epilog="Example: portrait summary --json")
@as_json
def summary(is_json: bool) -> None:
    """Say again what the last run has made."""
    with telling_errors():
        _tell(Project.find(), is_json=is_json)


@click.command(epilog="Example: portrait status --json")
@as_json
def status(is_json: bool) -> None:
    """Say how fresh everything is, and how the last runs ended."""
    with telling_errors():
        project = enter()
        from orchestration.runs.status import look, print_status

        found = look(project)
        if is_json:
            print_json(asdict(found))
        else:
            print_status(make_console(), found)


@click.command(epilog="Example: portrait show completejourney:1 --as-of 2017-10-01")
@click.argument("customer_id")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The portrait as of this day, which `portrait run --as-of` has made.",
)
@click.option(
    "--page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the whole portrait as a page into this file in place of the text.",
)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="Of the page.")
@as_json
def show(
    customer_id: str, as_of: datetime | None, page: Path | None, language: str, is_json: bool
) -> None:
    """Show the portrait of one customer.

    CUSTOMER_ID is that of customer_profiles, or any key that a source has of the customer; the
    source's name before it may be left out where one customer alone has it.
    """
    from orchestration.publishing.reading import open_snapshot
    from orchestration.publishing.recommended import (
        chosen_methods,
        doubts_text,
        next_categories,
        recommended,
        recommended_text,
    )
    from orchestration.publishing.summary import print_portrait

    project = _project(as_of)
    with telling_errors(), open_snapshot(project.current, project.past_day) as snapshot:
        if page:
            from orchestration.pages.customer import customer_page
            from orchestration.pages.opening import write_page

            write_page(page, customer_page(snapshot, customer_id, language))
            click.echo(str(page))
            return
        profile = snapshot.profile(customer_id)
        predictions = snapshot.predictions(profile["customer_id"])
        products, categories = (
            told(snapshot, profile["customer_id"]) for told in (recommended, next_categories)
        )
        if is_json:
            offers = {"recommendations": products, "next_categories": categories}
            print_json({**profile, "predictions": predictions, **offers})
        else:
            chosen = chosen_methods(snapshot, profile.get("shop"))
            offers_told = f"{recommended_text(products, categories)} {doubts_text(chosen)}"
            print_portrait(make_console(), profile, predictions, offers_told.strip())


def _project(as_of: datetime | None) -> Project:
    """The project; as of a past day, if one was named."""
    return replace(Project.find(), past_day=as_of.date().isoformat() if as_of else "")


def _tell(project: Project, *, is_json: bool) -> None:
    from orchestration.publishing.open_points import read_open_points
    from orchestration.publishing.summary import print_summary, summarise
    from orchestration.warehouse.held_questions import read_statuses

    statuses = read_statuses(project.unknown_statuses)
    told = summarise(project.current, read_open_points(project.open_points), statuses)
    if is_json:
        print_json(asdict(told))
    else:
        print_summary(make_console(), told)
