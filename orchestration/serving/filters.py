"""Conditions on customers as the query of an address has them, by the columns of the marts.

`lifecycle_stage=active`, several times for any of them; `total_spend.min=100`, `.max` for the ends
of numbers and days, both included. Every value is bound; a name is one of a column or refused.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from orchestration.publishing.reading import PublishedColumn
from orchestration.quoting import identifier
from orchestration.serving.described import python_type
from orchestration.serving.problems import ProblemError

_LONGEST_INTEGER = 2**63
_ENDS = {"min": ">=", "max": "<="}
_SCHEMAS: Mapping[type, Mapping[str, object]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer", "format": "int64"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date"},
}


@dataclass(frozen=True)
class Conditions:
    """SQL with marks, and the values for them."""

    sql: str
    values: Sequence[object]


def conditions(
    given: Iterable[tuple[str, str]], columns: Sequence[PublishedColumn], *, sees_personal: bool
) -> Conditions:
    """The conditions of a query.

    Args:
        given: Names and texts of the query.
        columns: What may be asked about.
        sees_personal: Whether personal columns may: what comes out tells of them.

    Raises:
        ProblemError: A name is no column's, a value none of its type, or nothing for the caller.
    """
    known = {name: column for column in columns for name in _names(column)}
    faults, hidden = [], set()
    values: dict[str, list[object]] = {}
    for name, text in given:
        column = known.get(name)
        if column is None:
            faults.append({"where": f"query.{name[:60]}", "message": "There is no such parameter."})
            continue
        if column.is_personal and not sees_personal:
            hidden.add(column.name)
        try:
            values.setdefault(name, []).append(_READ[python_type(column)](text))
        except (ValueError, OverflowError):
            said = f"This is no {_SCHEMAS[python_type(column)]['type']} that can be compared."
            faults.append({"where": f"query.{name}", "message": said})
    if faults:
        raise wrong_query(faults)
    check_seen(hidden)
    sql = [_condition(known[name], name) for name in values]
    return Conditions(" and ".join(["true", *sql]), list(values.values()))


def check_seen(hidden: Iterable[str]) -> None:
    """Refuses columns that the caller may not see.

    Raises:
        ProblemError: There are some.
    """
    names = ", ".join(sorted(hidden))
    if names:
        raise ProblemError(
            403,
            "personal_column",
            f"Only a key of scope personal may ask for {names}.",
            "Leave it out, or ask with such a key: portrait keys add NAME --scope personal",
        )


def wrong_query(faults: list[dict[str, str]]) -> ProblemError:
    """What is answered to a query that is wrong."""
    places = ", ".join(fault["where"] for fault in faults)
    return ProblemError(
        422,
        "wrong_request",
        f"The request is wrong in {places}.",
        "See /openapi.json for the parameters of this path.",
        errors=faults,
    )


def parameters(columns: Sequence[PublishedColumn]) -> list[dict[str, object]]:
    """What OpenAPI says of the conditions."""
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": _said(column, name),
            "schema": _schema(column, name),
            "style": "form",
            "explode": True,
        }
        for column in columns
        for name in _names(column)
    ]


def _names(column: PublishedColumn) -> list[str]:
    """The parameters of a column: one value, or its ends, or either."""
    kind = python_type(column)
    ends = [f"{column.name}.{end}" for end in _ENDS] if kind in (int, float, date) else []
    return ends if kind is float else [column.name, *ends]


def _condition(column: PublishedColumn, name: str) -> str:
    """The condition for the next list of values."""
    said = identifier(column.name)
    end = _ENDS.get(name.removeprefix(column.name).lstrip("."))
    if end is None:
        return f"list_contains(?, {said})"
    # Of several, all hold.
    extreme = "list_max" if end == ">=" else "list_min"
    return f"{said} {end} {extreme}(?)"


def _said(column: PublishedColumn, name: str) -> str:
    asked = "At least" if name.endswith(".min") else "At most" if name.endswith(".max") else "Is"
    personal = " Needs the scope personal." if column.is_personal else ""
    return f"{asked}: {column.description}{personal}"


def _schema(column: PublishedColumn, name: str) -> dict[str, object]:
    one = dict(_SCHEMAS[python_type(column)])
    return one if "." in name else {"type": "array", "items": one}


def _boolean(text: str) -> bool:
    try:
        return {"true": True, "false": False}[text]
    except KeyError as error:
        raise ValueError from error


def _integer(text: str) -> int:
    number = int(text)
    if not -_LONGEST_INTEGER <= number < _LONGEST_INTEGER:
        raise ValueError
    return number


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


_READ: Mapping[Any, Callable[[str], object]] = {
    str: str,
    bool: _boolean,
    int: _integer,
    float: _number,
    date: date.fromisoformat,
}
