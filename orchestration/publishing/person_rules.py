"""Rules that are made from what is published of a person."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from orchestration.errors import PortraitError
from orchestration.identity.rules import Rule, next_number
from orchestration.publishing.person import Edge, Person
from orchestration.publishing.person_text import shared, tree_edges


def split_keys(rules: Sequence[Rule], person: Person, named: Sequence[str], on: date) -> Rule:
    """The rule that some of a person's keys are not the others'.

    Raises:
        PortraitError: A key is not the person's, or all are named.
    """
    keys = [key.key for key in person.keys]
    for key in named:
        if key not in keys:
            raise PortraitError(
                f"{key} is no key of {person.customer_id}.", f"Its keys are {', '.join(keys)}."
            )
    others = tuple(key for key in keys if key not in named)
    if not others:
        raise PortraitError(
            f"These are all keys of {person.customer_id}: nothing would be split.",
            "Name those that are another's.",
        )
    return Rule(next_number(rules), "split", on, tuple(dict.fromkeys(named)), others)


def split_edges(
    rules: Sequence[Rule], person: Person, numbers: Sequence[int], on: date
) -> tuple[list[Rule], list[Edge]]:
    """The rules that some shared identifiers do not make two keys one person.

    Returns:
        A rule an edge; and the links by which the first two keys are one person all the same.

    Raises:
        PortraitError: There is no such edge, or it is one of a rule.
    """
    links = {edge.number: edge for edge in person.links}
    made: list[Rule] = []
    cut = []
    for number in dict.fromkeys(numbers):
        edge = links.get(number)
        if edge is None:
            known = ", ".join(map(str, links)) or "none"
            raise PortraitError(
                f"{person.customer_id} has no edge {number} that links.",
                f"Those that do are {known}: portrait identity show {person.customer_id}",
            )
        if edge.kind == "rule":
            raise PortraitError(
                f"Edge {number} is there because {edge.identifier} says so.",
                f"Take it back: portrait identity rules --take-back {edge.identifier.split()[-1]}",
            )
        cut.append(edge)
        rule = Rule(
            next_number([*rules, *made]), "split", on, (edge.other,), (edge.key,), edge.kind
        )
        made.append(rule)
    return made, _way_round(person, cut)


def _way_round(person: Person, cut: Sequence[Edge]) -> list[Edge]:
    """The links that still lead from one key of the first edge that is cut to the other.

    Who is split off an identifier shares it with nobody of the person; what was found is of two.
    """
    gone = {(edge.other, edge.kind, edge.identifier) for edge in cut if edge.kind != "found"}
    left = [
        edge
        for edge in person.links
        if edge not in cut
        and not {(key, edge.kind, edge.identifier) for key in (edge.key, edge.other)} & gone
    ]
    way: list[Edge] = []
    came_from = {to: (key, edge) for key, to, edge in tree_edges(cut[0].key, left)}
    at = cut[0].other
    while at in came_from:
        at, edge = came_from[at]
        way.insert(0, edge)
    return way


def told_way(way: Sequence[Edge]) -> str:
    """Why two keys stay one person, as a sentence; empty where nothing leads to the other."""
    if not way:
        return ""
    by = "; ".join(
        f"{edge.key} and {edge.other} share {shared(edge)} (edge {edge.number})" for edge in way
    )
    return f"They stay one person all the same: {by}. Name these edges too, or split a key: --key"


def merge(rules: Sequence[Rule], one: Person, other: Person, on: date) -> Rule:
    """The rule that two are one person.

    Raises:
        PortraitError: They are one already, or of two shops.
    """
    if one.customer_id == other.customer_id:
        raise PortraitError(
            f"{one.customer_id} has both already.",
            f"See why: portrait identity show {one.customer_id}",
        )
    if one.shop != other.shop:
        raise PortraitError(
            f"{one.customer_id} is a customer of {one.shop}, {other.customer_id} of {other.shop}.",
            "Sources that share customers are one shop: docs/own-data.md#shops",
        )
    return Rule(next_number(rules), "merge", on, (one.customer_id, other.customer_id))


def take_back(rules: Sequence[Rule], number: int, on: date) -> list[Rule]:
    """The rules with one taken back.

    Raises:
        PortraitError: There is no such rule in force.
    """
    in_force = [rule.number for rule in rules if rule.counts]
    if number not in in_force:
        raise PortraitError(
            f"There is no rule {number} in force.",
            f"Those in force are {', '.join(map(str, in_force)) or 'none'}.",
        )
    return [replace(rule, taken_back_on=on) if rule.number == number else rule for rule in rules]
