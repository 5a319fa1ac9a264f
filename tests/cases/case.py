"""A case: files in the order of their arrival, and what must be true at the end."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EXPECTED = "expected.json"


@dataclass(frozen=True)
class Figures:
    """What is published of a customer; None: not said."""

    orders: int | None
    spend: float | None
    currency: str | None = None

    def agrees(self, found: "Figures") -> bool:
        """Whether what was found is what is asked for here."""
        return (
            self.orders in (None, found.orders)
            and (self.spend is None or abs(self.spend - (found.spend or 0)) < 0.005)
            and (self.currency is None or self.currency == found.currency)
        )


@dataclass(frozen=True)
class Never:
    """What must not be published of a customer, or only where it was said."""

    customer: str
    figures: Figures
    unless_said: bool


@dataclass(frozen=True)
class Case:
    """One case of an `expected.json`, whose `_about` explains the fields.

    Attributes:
        name: Its name, and that of its source.
        folder: Where its files lie.
        arrivals: The files of each arrival.
        removed: Names of files that are taken away before an arrival.
        options: What `source add` is told beside the files.
        outcome: `numbers`, `numbers_or_question` or `question`.
        customers: Key → the figures of which one set must be published.
        aliases: Other keys of the same customers → their key.
        absent: Keys that must have no orders and no spend.
        never: What must not be published.
        say_any: Of these one must be in a line that asks, or tells what was left out.
        order_dates: Order → its day.
        portraits_in_all: How many customers there are; None: not said.
    """

    name: str
    folder: Path
    arrivals: Sequence[Sequence[Path]]
    removed: Mapping[int, Sequence[str]]
    options: Sequence[str]
    outcome: str
    customers: Mapping[str, Sequence[Figures]]
    aliases: Mapping[str, str] = field(default_factory=dict)
    absent: Sequence[str] = ()
    never: Sequence[Never] = ()
    say_any: Sequence[str] = ()
    order_dates: Mapping[str, str] = field(default_factory=dict)
    portraits_in_all: int | None = None


def read_cases(folder: Path) -> list[Case]:
    """The cases of a folder, in the order of its `expected.json`."""
    read = json.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    return [_case(folder / name, given) for name, given in read["cases"].items()]


def plain_key(key: str) -> str:
    """A key without what makes no other customer: case, and blanks around it."""
    return key.strip().casefold()


def _case(folder: Path, given: Mapping[str, Any]) -> Case:
    said = re.search(r"source add \S+ --files DIR(.*?) && ", given["command"])
    removed = given.get("removed_before_arrival", {})
    return Case(
        name=folder.name,
        folder=folder,
        arrivals=[[folder / name for name in names] for names in given["files"]],
        removed={int(arrival): names for arrival, names in removed.items()},
        options=said[1].split() if said else (),
        outcome=given["outcome"],
        customers={
            plain_key(key): [_figures(one) for one in (figures if _is_list(figures) else [figures])]
            for key, figures in given["customers"].items()
        },
        aliases=dict(_aliases(given.get("aliases", {}))),
        absent=[plain_key(key) for key in given["absent"]],
        never=[
            Never(plain_key(one["customer"]), _figures(one), one.get("unless") == "said")
            for one in given["never"]
        ],
        say_any=given["say_any"],
        order_dates=given.get("order_dates", {}),
        portraits_in_all=given.get("portraits_in_all"),
    )


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _figures(given: Mapping[str, Any]) -> Figures:
    return Figures(given.get("orders"), given.get("spend"), given.get("currency"))


def _aliases(given: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    for key, others in given.items():
        for other in others:
            yield plain_key(other), plain_key(key)
