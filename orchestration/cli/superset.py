"""`portrait superset`: a dashboard for Superset."""

from pathlib import Path

import click

from orchestration.cli.errors import telling_errors
from orchestration.entering import enter


@click.command(epilog="Example: portrait superset portraits.zip")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option(
    "--snapshot",
    "current",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The link published/current as Superset finds it, if it runs elsewhere.",
)
def superset(file: Path, current: Path | None) -> None:
    """Write a dashboard for Superset, to be imported.

    It holds the connection to the published snapshot, read-only, its tables with what their
    columns mean, and charts. No data are in it.
    """
    with telling_errors():
        project = enter()
        from orchestration.delivery.superset_dashboard import write_dashboard
        from orchestration.publishing.reading import open_snapshot
        from orchestration.state.permissions import users_umask

        with open_snapshot(project.current) as snapshot, users_umask():
            write_dashboard(snapshot, current or project.current, file)
    click.echo(f"{file}: import it in Superset under Dashboards (docs/bi.md).")
