"""`portrait source`: source systems of one's own, drafted and checked."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from orchestration.cli.errors import telling_errors
from orchestration.cli.groups import InOrder
from orchestration.cli.output import as_json, print_json
from orchestration.console import make_console
from orchestration.entering import enter

_ASKED = 3
strictly: Callable[[Callable[..., None]], Callable[..., None]] = click.option(
    "--strict", "is_strict", is_flag=True, help="Exit code 3 where a question is open."
)


@click.group(cls=InOrder)
def source() -> None:
    """Add a source system of your own, and check it."""


@source.command("add", epilog="Example: portrait source add shop --files /data/shop")
@click.argument("name")
@click.option(
    "--files",
    type=click.Path(path_type=Path),
    help="The folder, file or .zip that holds its data: CSV, JSON, workbooks or Parquet.",
)
@click.option("--url", help="The database that holds it, as SQLAlchemy writes it.")
@click.option("--schema", help="Schema of the database.")
@click.option(
    "--time-zone",
    help="Clock that times without a zone were read off, for example Asia/Shanghai. "
    "Default: that with which it, or another source of its shop, was added before, else UTC.",
)
@click.option(
    "--shop",
    help="The shop that it belongs to: sources of one shop share customers, products and a till. "
    "Default: it is a shop of its own.",
)
@click.option(
    "--country",
    metavar="CODE",
    help="Where phone numbers are dialled that do not tell it, for example DE. Default: where the "
    "customer lives, if a column tells it.",
)
@click.option(
    "--dates",
    type=click.Choice(["day-first", "month-first"]),
    help="How dates such as 03/04/2025 are written, where the data cannot tell.",
)
@click.option(
    "--decimal",
    type=click.Choice([".", ","]),
    help="What marks decimals in amounts such as 1.250, where the data cannot tell.",
)
@click.option(
    "--encoding",
    help="Encoding of text that is not UTF-8, such as gb18030 or cp1252. Default: what it looks "
    "like, which is said.",
)
@click.option(
    "--amounts",
    multiple=True,
    metavar="WORD",
    help="What amounts mean, where they do not add up to it by themselves; more than one may be "
    "said: price-of-one or price-of-line; prices-, lines- or goods- and before-discount or "
    "after-discount; tax-on-top or tax-included; total-with-shipping or total-without-shipping; "
    "total-of-order or total-of-row; as-they-stand: it is known that they do not add up.",
)
@click.option(
    "--columns",
    multiple=True,
    metavar="[TABLE:]NAMES",
    help="Names of the columns of a file without a header, in their order: "
    "order_id,email,order_date,-,total. A dash stands for a column that is not used. Or what one "
    "column is, whatever its name: customer_id=Shopper.",
)
@click.option(
    "--leave-out",
    multiple=True,
    metavar="NAME",
    help="A file or table that is not read; or rounded-keys or other-currencies, of which it is "
    "known that their orders wait in quarantine.",
)
@click.option(
    "--together",
    multiple=True,
    metavar="TABLE,TABLE",
    help="Tables that are read as one, whatever their files are called.",
)
@click.option(
    "--nobody", multiple=True, metavar="KEY", help="A customer's key that stands for nobody."
)
@click.option(
    "--somebody", multiple=True, metavar="KEY", help="A key that looks so, and is a customer."
)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    metavar="WORD=MEANING",
    help="What a status means: completed, cancelled or return.",
)
@strictly
@as_json
def add(
    name: str,
    files: Path | None,
    url: str | None,
    schema: str | None,
    time_zone: str | None,
    shop: str | None,
    country: str | None,
    dates: str | None,
    decimal: str | None,
    encoding: str | None,
    amounts: tuple[str, ...],
    columns: tuple[str, ...],
    leave_out: tuple[str, ...],
    together: tuple[str, ...],
    nobody: tuple[str, ...],
    somebody: tuple[str, ...],
    statuses: tuple[str, ...],
    is_strict: bool,
    is_json: bool,
) -> None:
    """Draft the models of a new source from its data.

    It ends with three orders and a portrait, as the drafts make them. Nothing that you have edited
    is overwritten. An answer (--dates, --decimal, --amounts, --columns, --leave-out, --together,
    --nobody, --somebody, --status, --country, --encoding) writes those drafts anew that are as
    they were drafted.

    Exit code 0: drafted. 2: an error, or nothing was drafted. 3: drafted, and a question is open
    (with --strict; else 0).

    Without --files and --url the entry NAME of sources.yml says where the data is.
    """
    if files is not None and url is not None:
        raise click.UsageError("Name --files or --url, not both.")
    console = None if is_json else make_console()
    with telling_errors():
        project = enter()
        from orchestration.connections.clear_text import without_secrets
        from orchestration.onboarding.add import add_source, find_origin
        from orchestration.onboarding.answers import Answers, check_statuses, meant

        origin = find_origin(project, name, files, url, schema)
        answers = Answers(
            dates,
            decimal,
            encoding,
            meant(amounts),
            columns,
            leave_out,
            together,
            nobody,
            somebody,
            check_statuses(statuses),
            country.upper() if country else None,
        )
        added = add_source(console, project, name, origin, time_zone, shop, answers)
        variables = list(without_secrets(name, url)[1] if url else {})
        if console is None:
            print_json({**added.facts, "secrets_to_set": variables})
        elif variables:
            exports = "; ".join(f"export {variable}=…" for variable in variables)
            console.print(
                f"No secret in the url is kept. Set it for every run: {exports}",
                soft_wrap=True,
            )
        if not added.draft.written:
            sys.exit(2)
        sys.exit(_ASKED if is_strict and added.guess.questions else 0)


@source.command("check", epilog="Example: portrait source check shop")
@click.argument("name")
@click.option(
    "--files",
    type=click.Path(path_type=Path),
    help="The folder or file that holds its data. Default: the remembered one.",
)
@strictly
@as_json
def check(name: str, files: Path | None, is_strict: bool, is_json: bool) -> None:
    """Tell what is mapped, missing, accepted and refused.

    Exit code 0: a run makes portraits of it. 1: it makes none. 2: an error. 3: a run makes
    portraits, and a question is open (with --strict; else 0).
    """
    with telling_errors():
        project = enter()
        from orchestration.onboarding.check import check_source
        from orchestration.onboarding.check_report import print_check

        checked = check_source(project, name, files.expanduser().absolute() if files else None)
        if is_json:
            print_json({**asdict(checked), "makes_portraits": checked.makes_portraits})
        else:
            print_check(make_console(), checked)
        asked = _ASKED if is_strict and checked.questions else 0
        sys.exit(asked if checked.makes_portraits else 1)


@source.command("list", epilog="Example: portrait source list --json")
@as_json
def list_sources(is_json: bool) -> None:
    """List all sources, and where their data is."""
    with telling_errors():
        project = enter()
        from orchestration.connections.sources import choose, is_connection
        from orchestration.warehouse.current_manifest import current_manifest
        from orchestration.warehouse.manifest import source_systems

        systems = source_systems(current_manifest(project))
        choice = choose(project, systems, ())
        listed = []
        for name, system in systems.items():
            origin = choice.get(name)
            where = getattr(origin, "kind", "") if is_connection(origin) else origin
            shown = where or system.package or ("simulated" if system.is_simulated else "")
            listed.append({"name": name, "is_on": name in choice, "data": str(shown)})
        if is_json:
            print_json(listed)
            return
        for one in listed:
            line = f"{'on ' if one['is_on'] else 'off'}  {one['name']}  {one['data']}"
            make_console().print(line.rstrip(), soft_wrap=True)
