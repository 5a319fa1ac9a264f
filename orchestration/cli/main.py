"""The `portrait` command: a thin face over functions that Dagster's UI uses too.

Dagster, dbt and scikit-learn take seconds to import, so they are imported where they are needed.
"""

import click

from orchestration.cli.pages import docs, ui
from orchestration.cli.portraits import run, show, status, summary
from orchestration.cli.quarantine import quarantine
from orchestration.cli.simulate import simulate
from orchestration.cli.source import source


@click.group()
def main() -> None:
    """Customer portraits from raw orders, published as a database that anybody can open."""


for command in (source, run, summary, status, show, quarantine, ui, docs, simulate):
    main.add_command(command)
