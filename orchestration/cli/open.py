"""Opening the pages in a browser."""

import webbrowser
from dataclasses import replace
from datetime import datetime

import click

from orchestration.cli.errors import telling_errors
from orchestration.console import make_console
from orchestration.project import Project


@click.command("open", epilog="Example: portrait open")
@click.argument("customer_id", required=False)
@click.option(
    "--language", type=click.Choice(["en", "zh"]), default="en", help="Of a customer's page."
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="What `portrait run --as-of` has made of this day.",
)
@click.option("--no-browser", is_flag=True, help="Only say where the page is.")
def open_pages(
    customer_id: str | None, language: str, as_of: datetime | None, no_browser: bool
) -> None:
    """Open the pages in the browser, or one customer's.

    CUSTOMER_ID is that of customer_profiles, or any key that a source has of the customer.
    """
    from orchestration.pages.opening import first_page, write_customer_pages
    from orchestration.publishing.reading import open_snapshot

    with telling_errors():
        day = as_of.date().isoformat() if as_of else ""
        project = replace(Project.find(), past_day=day)
        if customer_id is None:
            page = first_page(project.current, day)
        else:
            with open_snapshot(project.current, day) as snapshot:
                written = write_customer_pages(snapshot, customer_id, project.customer_pages / day)
            page = written[language]
        make_console().print(str(page), soft_wrap=True)
        if not no_browser:
            webbrowser.open(page.as_uri())
