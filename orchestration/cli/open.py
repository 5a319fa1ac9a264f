"""Opening the pages in a browser."""

import webbrowser

import click

from orchestration.cli.errors import telling_errors
from orchestration.console import make_console
from orchestration.project import Project


@click.command("open", epilog="Example: portrait open")
@click.option("--no-browser", is_flag=True, help="Only say where the page is.")
def open_pages(no_browser: bool) -> None:
    """Open the pages of what is published in the browser."""
    from orchestration.pages.opening import first_page

    with telling_errors():
        page = first_page(Project.find().current)
        make_console().print(str(page), soft_wrap=True)
        if not no_browser:
            webbrowser.open(page.as_uri())
