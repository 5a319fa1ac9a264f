"""Pages for the browser: Dagster's UI, and the documentation of the models."""

import os
import subprocess
import sys

import click

from orchestration.cli.errors import telling_errors
from orchestration.console import make_console
from orchestration.project import enter
from orchestration.state.lock import is_locked, run_lock


@click.command()
def docs() -> None:
    """Write one page with every model, column and test."""
    with telling_errors():
        project = enter()
        with run_lock(project.lock_file):
            from orchestration.warehouse.docs_page import write_docs_page

            page = write_docs_page(project)
    make_console().print(str(page), soft_wrap=True)


@click.command()
@click.option("--port", default=3000, show_default=True, help="Port of the web page.")
def ui(port: int) -> None:
    """Open Dagster's UI: every table, test and step, with lineage and history."""
    with telling_errors():
        project = enter()
        from orchestration.warehouse.current_manifest import current_manifest

        current_manifest(project)
        if not is_locked(project.lock_file):
            from orchestration.runs.job import close_killed_runs

            close_killed_runs()
        click.echo(f"Dagster's UI: http://127.0.0.1:{port} (stop it with Ctrl-C)")
        command = [sys.executable, "-m", "dagster", "dev", "-w", str(project.workspace_file)]
        # Dagster warns that `dagster dev` has a successor, which is in a package of its own.
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        # In the checkout: Python would import modules that lie in the user's folder.
        command += ["-p", str(port)]
        sys.exit(subprocess.call(command, env=environment, cwd=project.root))  # noqa: S603
