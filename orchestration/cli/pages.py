"""Pages: Dagster's UI, and what the models say of themselves."""

import sys

import click

from orchestration.cli.errors import telling_errors
from orchestration.console import make_console
from orchestration.entering import enter
from orchestration.state.lock import is_locked, run_lock


@click.command(epilog="Example: portrait docs")
def docs() -> None:
    """Write one page with every model, column and test."""
    with telling_errors():
        project = enter()
        with run_lock(project.lock_file):
            from orchestration.warehouse.docs_page import write_docs_page

            page = write_docs_page(project)
    make_console().print(str(page), soft_wrap=True)


@click.command(epilog="Example: portrait glossary")
def glossary() -> None:
    """Write the measures and tags of the glossary anew."""
    with telling_errors():
        project = enter()
        from orchestration.warehouse.current_manifest import current_manifest
        from orchestration.warehouse.glossary import with_terms

        page = project.glossary_page
        page.write_text(with_terms(page.read_text(), current_manifest(project)))
    make_console().print(str(page), soft_wrap=True)


_OPEN = "Stop it with Ctrl-C. Dagster's UI:"


@click.command(epilog="Example: portrait ui --port 3001")
@click.option("--port", default=3000, show_default=True, help="Port of the web page.")
def ui(port: int) -> None:
    """Open Dagster's UI: tables, tests, lineage and history."""
    with telling_errors():
        project = enter()
        from orchestration.warehouse.current_manifest import current_manifest

        current_manifest(project)
        if not is_locked(project.lock_file):
            from orchestration.runs.job import close_killed_runs

            close_killed_runs()
        from orchestration.runs.ui import serve_ui

        click.echo("Dagster's UI is starting …")
        code = serve_ui(project, port, lambda address: click.echo(f"{_OPEN} {address}"))
    click.echo("Dagster's UI is closed.")
    sys.exit(code)
