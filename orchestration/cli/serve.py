"""`portrait serve` and `portrait keys`: the API, and who may ask it."""

import click

from orchestration.cli.errors import telling_errors
from orchestration.cli.groups import InOrder
from orchestration.cli.output import as_json, print_json
from orchestration.console import make_console, make_table
from orchestration.entering import enter

_OPEN = "The API answers at {0}/v1, the pages are at {0}/pages/; stop it with Ctrl-C."
_SCOPES = ("read", "personal")


@click.command(epilog="Example: portrait serve --port 8001")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Its port; 0: a free one.",
)
@click.option(
    "--rate",
    default=100.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Requests a second that a key may make; four times as many in a burst.",
)
def serve(host: str, port: int, rate: float) -> None:
    """Answer services from the published snapshot over HTTP.

    Without a key it answers this machine alone, and without personal columns. Another address than
    this machine's own needs a key: portrait keys add NAME
    """
    with telling_errors():
        project = enter()
        from orchestration.serving.server import serve as serve_api

        serve_api(
            project, host, port, rate, lambda address: click.echo(_OPEN.format(address), err=True)
        )
    click.echo("The API is closed.", err=True)


@click.group(cls=InOrder)
def keys() -> None:
    """Say who may ask the API.

    Keys are kept as hashes in api_keys.json of the state folder. A change counts at once.
    """


@keys.command("add", epilog="Example: portrait keys add web_shop --scope personal")
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(_SCOPES),
    default="read",
    show_default=True,
    help="personal: it sees columns that say who somebody is, too.",
)
def add(name: str, scope: str) -> None:
    """Make a key and print it. It is shown this once."""
    with telling_errors():
        project = enter()
        from orchestration.serving.keys import Scope, add_key

        made = add_key(project.api_keys, name, Scope(scope))
        click.echo(f"The key of {name}, shown this once:", err=True)
        click.echo(made)


@keys.command("list", epilog="Example: portrait keys list --json")
@as_json
def list_keys(is_json: bool) -> None:
    """List the keys, without what opens anything."""
    with telling_errors():
        project = enter()
        from orchestration.serving.keys import read_keys

        found = read_keys(project.api_keys) or []
        if is_json:
            names = ("name", "scope", "added_at")
            print_json([{name: getattr(key, name) for name in names} for key in found])
            return
        table = make_table("Key", "Scope", "Added")
        for key in found:
            table.add_row(key.name, key.scope, key.added_at)
        make_console().print(table if found else "There is no key.")


@keys.command("remove", epilog="Example: portrait keys remove web_shop")
@click.argument("name")
def remove(name: str) -> None:
    """Remove a key; from the next request on it opens nothing."""
    with telling_errors():
        project = enter()
        from orchestration.serving.keys import remove_key

        remove_key(project.api_keys, name)
        click.echo(f"The key of {name} is removed.")
