"""Why some keys are one person, told on a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.tree import Tree

from orchestration.console import as_typed, make_table
from orchestration.publishing.person import Edge, Person

_KINDS = {
    "email": "the e-mail address",
    "phone": "the phone number",
    "card_number": "the card",
    "device_id": "the device",
    "address": "the address",
    "household_id": "the household's number",
    "rule": "your",
}
# What not_linked_because says, to follow "Does not count: ".
REASONS = {
    "value_of_nobody": "it stands for nobody",
    "kind_does_not_link": "it is shown only, and links nobody",
    "makes_a_household": "who has it lives together, and is not one person for it",
    "passed_on": "for long nobody was there with it, then it was another's",
    "shared_by_too_many": "too many have it",
    "blocked_by_rule": "a rule blocks it",
    "split_by_rule": "a rule splits the two",
    "contradicting_traits": "it would make a person who cannot be",
}


def shared(edge: Edge) -> str:
    """What the two keys of an edge share, in words."""
    if edge.kind == "found":
        likely = f"{100 * (edge.match_probability or 0):.4g} %"
        return f"what they say of themselves: {edge.identifier}; {likely}, found on {edge.seen_on}"
    kind = _KINDS.get(edge.kind, edge.kind.replace("_", " "))
    since = f" since {edge.seen_on}" if edge.seen_on else ""
    is_later = edge.last_seen_on is not None and edge.last_seen_on != edge.seen_on
    last = f", last told on {edge.last_seen_on}" if is_later else ""
    return f"{kind} {edge.identifier}{since}{last}"


def print_person(console: Console, person: Person) -> None:
    """Prints the keys, the tree of links from the oldest on, and what does not link."""
    count = len(person.keys)
    by = f"one person by {count:,} keys" if count > 1 else "one person by one key"
    console.print(f"{person.customer_id} is {by}, as of {person.as_of_date}.\n", soft_wrap=True)
    table = make_table("Key", "Known since", "Joined on", "Was before", numbers_from=4)
    for key in person.keys:
        since, joined = str(key.known_since or "always"), str(key.joined_on or "")
        table.add_row(key.key, since, joined, key.was or "")
    console.print(table)
    if person.links:
        console.print("\nWhy they are one")
        console.print(_tree(person))
    _print_refused(console, person)
    if person.links:
        told = f"\nNot one person? portrait identity split {person.customer_id} --edge NUMBER"
        console.print(as_typed(told), soft_wrap=True)


def tree_edges(root: str, links: Sequence[Edge]) -> list[tuple[str, str, Edge]]:
    """Links from a key to each that can be reached, as (from, to, edge), nearest first."""
    found: list[tuple[str, str, Edge]] = []
    reached = [root]
    for key in reached:
        for edge in links:
            if key in (edge.key, edge.other):
                to = edge.other if key == edge.key else edge.key
                if to not in reached:
                    reached.append(to)
                    found.append((key, to, edge))
    return found


def _tree(person: Person) -> Tree:
    """From the oldest key on, each key with all that it shares with those above it."""
    tree = Tree(person.customer_id)
    nodes = {person.customer_id: tree}
    for key, to, _ in tree_edges(person.customer_id, person.links):
        above = list(nodes)
        nodes[to] = nodes[key].add(to)
        for edge in person.links:
            if to in (edge.key, edge.other):
                with_ = edge.key if to == edge.other else edge.other
                if with_ in above:
                    whose = "" if with_ == key else f" (with {with_})"
                    nodes[to].add(f"edge {edge.number}: {shared(edge)}{whose}")
    return tree


def _print_refused(console: Console, person: Person) -> None:
    refused = [edge for edge in person.edges if edge.refused_because]
    if not refused:
        return
    console.print("\nWhat is shared and does not count")
    for edge in refused:
        why = REASONS.get(str(edge.refused_because), edge.refused_because)
        of = f" ({edge.key_count:,} keys have it)" if edge.key_count > 2 else ""
        console.print(
            f"{edge.key} and {edge.other} share {shared(edge)}: {why}{of}", soft_wrap=True
        )
    if person.refused_count > len(refused):
        console.print(f"and {person.refused_count - len(refused):,} more, in identity_edges")
