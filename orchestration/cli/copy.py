"""`portrait copy`: the published snapshot in a PostgreSQL."""

import click

from orchestration.cli.errors import telling_errors
from orchestration.entering import enter


@click.command(epilog="Example: portrait copy --to 'postgresql://portrait:${DB_PASSWORD}@db/shop'")
@click.option(
    "--to", "url", required=True, metavar="URL", help="The database; ${NAME} stands for a secret."
)
@click.option("--schema", default="portrait", show_default=True, help="Where its tables go.")
def copy(url: str, schema: str) -> None:
    """Copy the published tables into PostgreSQL.

    For tools that speak only that. The schema is replaced as a whole, in one transaction; grants
    on it, and views on its tables, are kept. A version that is there already is not copied again.
    Run it after each run.
    """
    with telling_errors():
        project = enter()
        from orchestration.delivery.postgres import copy_snapshot
        from orchestration.publishing.reading import open_snapshot

        with open_snapshot(project.current) as snapshot:
            click.echo(f"Copying {snapshot.folder.name} …", err=True)
            copied = copy_snapshot(snapshot, url, schema)
        if copied.still_read:
            click.echo(
                f"warning: Somebody still reads {', '.join(copied.still_read)}; the next copy "
                "drops what nobody reads then.",
                err=True,
            )
        if copied.tables:
            click.echo(
                f"{schema} has {copied.version}: {copied.tables} tables, {copied.rows:,} rows."
            )
        else:
            click.echo(f"{schema} has {copied.version} already.")
