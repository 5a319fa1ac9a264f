"""`portrait send`: what has changed, to whoever wants to be told."""

import os

import click

from orchestration.cli.errors import telling_errors
from orchestration.entering import enter


@click.command(epilog="Example: portrait send --to https://crm.example/portrait")
@click.option("--to", "url", required=True, metavar="URL", help="The webhook of the receiver.")
@click.option(
    "--personal", "with_personal", is_flag=True, help="Attributes that are personal, too."
)
def send(url: str, with_personal: bool) -> None:
    """Send changes of portraits that a receiver has not taken yet.

    They are those of profile_changes, signed with PORTRAIT_WEBHOOK_SECRET and posted, a version
    after the other, until they are taken. Run it after each run.
    """
    with telling_errors():
        project = enter()
        from orchestration.delivery.deliver import deliver
        from orchestration.delivery.webhook import SECRET_NAME, Webhook
        from orchestration.publishing.reading import open_snapshot
        from orchestration.state.lock import run_lock

        webhook = Webhook(url, os.environ.get(SECRET_NAME, ""))
        with run_lock(project.delivery_lock), open_snapshot(project.current) as snapshot:
            sent = deliver(
                snapshot,
                webhook,
                project.deliveries,
                with_personal=with_personal,
                told=lambda version: click.echo(
                    f"Sending what changed at {version.published_at:%Y-%m-%d %H:%M} UTC …", err=True
                ),
            )
        if sent.missed:
            click.echo(
                f"warning: The receiver had come to {sent.missed}, and the feed begins later. "
                "What may have changed between stands in the marts: let the receiver read them.",
                err=True,
            )
        click.echo(f"Messages taken: {sent.messages:,}; changes in them: {sent.changes:,}.")
