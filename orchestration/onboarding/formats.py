"""Exports whose header says what they are: one yml file a format in `formats/`.

    name: Shop orders export            # as its makers call it
    marks: [Financial Status, …]        # a table that has all of these columns is one
    orders:                             # entity → contract column → name in the header
      source_order_id: Name
    rows: {orders: "…SQL…"}             # only rows for which this holds are rows of the entity
    sql: {orders: {column: "…SQL…"}}    # a column that no single source column tells
    is_returns: true                    # its lines were given back: they are taken off the orders
    says: "…"                           # what a person must know before using it

A column that a format does not name is not used, so each format is a closed reading of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.onboarding.vocabulary import entity_words, squeezed

_FOLDER = Path(__file__).parent / "formats"


@dataclass(frozen=True)
class Format:
    """How an export of a known kind is read.

    Attributes:
        key: Name of its file.
        name: What it is, in words.
        marks: Names of columns, squeezed, that all have to be there.
        columns: Entity → contract column → names in the header, the first that is there counts.
        rows: Entity → condition for its rows, in SQL.
        sql: Entity → contract column → expression in SQL.
        says: What a person must know; a question where something has to be decided.
        is_returns: What it names was given back: it is read beside the orders that it names.
    """

    key: str
    name: str
    marks: frozenset[str]
    columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    rows: Mapping[str, str]
    sql: Mapping[str, Mapping[str, str]]
    says: str = ""
    is_returns: bool = False

    def fits(self, names: Iterable[str]) -> bool:
        """Whether a table with these columns is one; not where nothing numbers its orders."""
        there = {squeezed(name) for name in names}
        sold = self.columns.get("orders") or self.columns.get("order_lines", {})
        numbers = {squeezed(name) for name in sold.get("source_order_id", ())}
        return self.marks <= there and (not numbers or bool(numbers & there))


@cache
def known_formats() -> tuple[Format, ...]:
    """All formats, those with the most marks first."""
    read = [_format(path) for path in sorted(_FOLDER.glob("*.yml"))]
    return tuple(sorted(read, key=lambda one: -len(one.marks)))


def format_of(names: Iterable[str]) -> Format | None:
    """The format of a table with these columns; None where it is none that is known."""
    listed = list(names)
    return next((one for one in known_formats() if one.fits(listed)), None)


def _format(path: Path) -> Format:
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    columns = {
        entity: {column: _names(told) for column, told in read[entity].items()}
        for entity in entity_words()
        if entity in read
    }
    return Format(
        key=path.stem,
        name=read["name"],
        marks=frozenset(squeezed(mark) for mark in read["marks"]),
        columns=columns,
        rows=read.get("rows", {}),
        sql=read.get("sql", {}),
        says=read.get("says", ""),
        is_returns=read.get("is_returns", False),
    )


def _names(told: str | list[str]) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(told)
