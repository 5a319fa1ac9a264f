"""`portrait identity`: why some keys are one person, and what people decide about it."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path

import click

from orchestration.cli.errors import telling_errors
from orchestration.cli.groups import InOrder
from orchestration.cli.identity_evaluate import evaluate
from orchestration.cli.identity_find import find
from orchestration.cli.output import as_json, print_json
from orchestration.console import as_typed, make_console, make_table
from orchestration.errors import PortraitError
from orchestration.identity.rules import Rule, read_rules, write_rules
from orchestration.project import Project


@click.group(cls=InOrder)
def identity() -> None:
    """See why keys are one person, and decide otherwise.

    What is decided is kept as text in identity_rules.yml, and can be taken back.
    """


_note_option = click.option("--note", metavar="TEXT", help="Why; kept beside the rule.")


@identity.command("show", epilog="Example: portrait identity show completejourney:1")
@click.argument("customer_id")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.svg",
    help="Draw it too.",
)
@as_json
def show(customer_id: str, picture: Path | None, is_json: bool) -> None:
    """Tell why the keys of a customer are one person.

    CUSTOMER_ID is that of customer_profiles, or any key of the customer.
    """
    from orchestration.publishing.person import read_person
    from orchestration.publishing.person_picture import person_picture
    from orchestration.publishing.person_text import print_person
    from orchestration.publishing.reading import open_snapshot
    from orchestration.state.whole_files import write_whole

    if picture and picture.suffix.lower() != ".svg":
        raise click.UsageError(f"A picture is an SVG: --picture {picture.with_suffix('.svg')}")
    with telling_errors(), open_snapshot(Project.find().current) as snapshot:
        person = read_person(snapshot, customer_id)
        if picture:
            write_whole(picture, person_picture(person))
        if is_json:
            print_json(asdict(person))
        else:
            print_person(make_console(), person)


@identity.command("split", epilog="Example: portrait identity split shop:1 --key till:7")
@click.argument("customer_id")
@click.option(
    "--edge",
    "edges",
    type=int,
    multiple=True,
    metavar="NUMBER",
    help="An identifier that two keys share does not count between them; its number is that of "
    "`portrait identity show`. May be repeated.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="A key is not this person's, whatever they share. May be repeated: keys that are split "
    "together stay one.",
)
@_note_option
def split(
    customer_id: str, edges: tuple[int, ...], keys: tuple[str, ...], note: str | None
) -> None:
    """Say that what is one person is not."""
    from orchestration.publishing.person import read_person
    from orchestration.publishing.person_rules import split_edges, split_keys, told_way
    from orchestration.publishing.reading import open_snapshot

    if bool(edges) == bool(keys):
        raise click.UsageError("Name edges (--edge NUMBER) or keys (--key KEY).")
    with telling_errors():
        project = Project.find()
        rules = read_rules(project.identity_rules)
        with open_snapshot(project.current) as snapshot:
            person = read_person(snapshot, customer_id)
        if keys:
            made, way = [split_keys(rules, person, keys, _today())], ""
        else:
            made, left = split_edges(rules, person, edges, _today())
            way = told_way(left)
        _add(project, rules, made, note)
        if way:
            make_console().print(as_typed(way), soft_wrap=True)


@identity.command("merge", epilog="Example: portrait identity merge shop:1 till:7")
@click.argument("customer_id")
@click.argument("other_id")
@_note_option
def merge(customer_id: str, other_id: str, note: str | None) -> None:
    """Say that two customers are one person."""
    from orchestration.publishing.person import read_person
    from orchestration.publishing.person_rules import merge as merging
    from orchestration.publishing.reading import open_snapshot

    with telling_errors():
        project = Project.find()
        rules = read_rules(project.identity_rules)
        with open_snapshot(project.current) as snapshot:
            one, other = read_person(snapshot, customer_id), read_person(snapshot, other_id)
        _add(project, rules, [merging(rules, one, other, _today())], note)


@identity.command("block", epilog="Example: portrait identity block info@shop.example")
@click.argument("value")
@click.option("--kind", metavar="KIND", help="Only as an identifier of this kind: email, phone …")
@_note_option
def block(value: str, kind: str | None, note: str | None) -> None:
    """Say that an identifier is nobody's: the shop's own number, a kiosk's mailbox."""
    from orchestration.identity.kinds import check_kind
    from orchestration.identity.rules import next_number

    with telling_errors():
        project = Project.find()
        if not value.strip():
            raise PortraitError("Nothing is named.", "Name the address or number to block.")
        if kind:
            check_kind(project.identifier_kinds, kind)
        rules = read_rules(project.identity_rules)
        rule = Rule(next_number(rules), "block", _today(), kind=kind, value=value.strip())
        _add(project, rules, [rule], note)


@identity.command("rules", epilog="Example: portrait identity rules --take-back 2")
@click.option("--take-back", type=int, metavar="NUMBER", help="Let a rule count no more.")
@as_json
def rules(take_back: int | None, is_json: bool) -> None:
    """List what was decided."""
    from orchestration.publishing.person_rules import take_back as taking_back

    with telling_errors():
        project = Project.find()
        found = read_rules(project.identity_rules)
        if take_back is not None:
            found = taking_back(found, take_back, _today())
            write_rules(project.identity_rules, found)
        if is_json:
            print_json([{**asdict(rule), "words": rule.words} for rule in found])
        else:
            _print_rules(project, found)


def _print_rules(project: Project, found: list[Rule]) -> None:
    console = make_console()
    if not found:
        console.print("No rule was made.")
        return
    table = make_table("Rule", "Made on", "It says", "Taken back on", "Note", numbers_from=5)
    for rule in found:
        days = str(rule.made_on or ""), str(rule.taken_back_on or "")
        table.add_row(str(rule.number), days[0], rule.words, days[1], rule.note or "")
    console.print(table)
    console.print(f"\nThey stand in {project.identity_rules}", soft_wrap=True)


def _add(project: Project, known: list[Rule], made: list[Rule], note: str | None) -> None:
    """Writes new rules, and says what they are."""
    made = [replace(rule, note=note) for rule in made]
    write_rules(project.identity_rules, [*known, *made])
    console = make_console()
    for rule in made:
        console.print(f"Rule {rule.number}: {rule.words}.", soft_wrap=True)
    console.print(as_typed("It counts from the next run on: portrait run"), soft_wrap=True)


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


identity.add_command(find)
identity.add_command(evaluate)
