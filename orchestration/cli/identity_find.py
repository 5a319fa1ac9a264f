"""`portrait identity find`: who is one person without a shared identifier."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from orchestration.cli.errors import telling_errors
from orchestration.cli.output import as_json, print_json
from orchestration.console import as_typed, make_console, showing_progress
from orchestration.project import Project

if TYPE_CHECKING:
    from orchestration.identity.found_links import FoundLink

_LEAST = 0.95


@click.command("find", epilog="Example: portrait identity find --least 0.99")
@click.option(
    "--least",
    type=click.FloatRange(0.5, 1),
    metavar="PROBABILITY",
    help=f"From which probability on two accounts are one person's, 0.5 to 1; {_LEAST} without it.",
)
@click.option("--forget", is_flag=True, help="Take all that was found back.")
@as_json
def find(least: float | None, forget: bool, is_json: bool) -> None:
    """Find accounts of one person that share no identifier, by what they say.

    Names must be alike; birth date, address and all else weigh. What is found is kept as text in
    found_links.jsonl, and counts from the next run on until it is forgotten.
    """
    if forget and least is not None:
        raise click.UsageError("--forget takes all back, whatever --least says.")
    with telling_errors(), showing_progress(make_console(stderr=True)):
        from orchestration.identity.found_links import read_found_links

        project = Project.find()
        before = read_found_links(project.found_links) if not forget else []
        told = _forget(project) if forget else _find(project, before, least or _LEAST)
        if is_json:
            print_json(told)
        else:
            _print(project, told)


def _find(project: Project, before: Sequence["FoundLink"], least: float) -> dict[str, Any]:
    from orchestration.identity.found_links import write_found_links
    from orchestration.identity.linkage.find import find_links, no_accounts
    from orchestration.warehouse.opening import open_warehouse

    if not project.warehouse.exists():
        raise no_accounts()
    with open_warehouse(project.warehouse) as warehouse:
        found = find_links(warehouse, before, least)
    if found or project.found_links.exists():
        write_found_links(project.found_links, found, least)
    known = {link.keys for link in before}
    keys = {key for link in found for key in link.keys}
    return {
        "pairs": len(found),
        # No pair is one too many, so each has one key more than pairs.
        "groups": len(keys) - len(found),
        "least_probability": min((link.match_probability for link in found), default=None),
        "new_pairs": sum(link.keys not in known for link in found),
        "gone_pairs": len(known - {link.keys for link in found}),
        "file": str(project.found_links),
    }


def _forget(project: Project) -> dict[str, Any]:
    was_there = project.found_links.exists()
    project.found_links.unlink(missing_ok=True)
    return {"forgotten": was_there, "file": str(project.found_links)}


def _print(project: Project, told: dict[str, Any]) -> None:
    console = make_console()
    for line in _told_forgotten(told) if "forgotten" in told else _told_found(project, told):
        console.print(as_typed(line), soft_wrap=True)


def _told_forgotten(told: dict[str, Any]) -> list[str]:
    if not told["forgotten"]:
        return ["Nothing was found that could be forgotten."]
    return ["What was found is forgotten from the next run on: portrait run"]


def _told_found(project: Project, told: dict[str, Any]) -> list[str]:
    gone = told["gone_pairs"]
    lines = ["No two accounts without a shared identifier are one person's, as far as can be told."]
    if told["pairs"]:
        lines = [
            f"{_counted(told['pairs'], 'pair')} of accounts in {_counted(told['groups'], 'group')} "
            f"found to be one person's, {told['new_pairs']:,} of them new. "
            f"The least probability is {told['least_probability']:.2%}.",
            f"They stand in {project.found_links}",
        ]
    if gone:
        lines.append(f"{_counted(gone, 'pair')} found before {_is(gone)} likely no more.")
    if gone or told["pairs"]:
        lines.append("It counts from the next run on: portrait run")
    return lines


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
