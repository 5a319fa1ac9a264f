"""Tables whose files have no header: their columns are named by what they hold, or by the user."""

from collections.abc import Sequence
from dataclasses import replace

from orchestration.errors import PortraitError
from orchestration.onboarding.columns_told import AMOUNT, CUSTOMER, DATE, ORDER, ColumnsTold
from orchestration.onboarding.profile import profile_table
from orchestration.onboarding.sample import Sample, SampledColumn, SampledTable
from orchestration.quoting import code_span, identifier, shortened
from orchestration.warehouse.questions import Question

# What stands in a list of names for a column that is not used.
UNUSED = "-"
# What each doubt is about, as it is called in the list of names that answers it.
_CALLED = {
    "the day of the order": DATE,
    "the number of the order": ORDER,
    "the customer": CUSTOMER,
    "the amount of a line": AMOUNT,
    "the total": "total",
}
_SHOWN = 3


def with_names(sample: Sample) -> Sample:
    """The sample, with names for the columns of tables without a header.

    Raises:
        PortraitError: The user names columns that are not there, or none is without a name.
    """
    lists = _lists(sample)
    named = [
        _named(sample, table, lists.get(table.name, ())) if table.is_unnamed else table
        for table in sample.tables
    ]
    return replace(sample, tables=tuple(named))


def _lists(sample: Sample) -> dict[str, tuple[str, ...]]:
    """Table → the names that the user gives its columns.

    Raises:
        PortraitError: There is no such table.
    """
    unnamed = [table for table in sample.tables if table.is_unnamed]
    lists: dict[str, tuple[str, ...]] = {}
    for said in (said for said in sample.answers.columns if "=" not in said):
        place, _, names = said.rpartition(":")
        meant = [one for one in unnamed if place in ("", one.name, one.origin)]
        if len(meant) != 1:
            there = ", ".join(one.origin for one in unnamed) or "none"
            raise PortraitError(
                f"--columns {said} names no table, or several.",
                f"Write TABLE:NAMES for one of the files without a header: {there}.",
            )
        (table,) = meant
        lists[table.name] = tuple(name.strip() for name in names.split(","))
        if len(lists[table.name]) != len(table.columns):
            raise PortraitError(
                f"--columns names {len(lists[table.name])} columns, and {table.origin} has "
                f"{len(table.columns)}.",
                f"Name each, in their order, with {UNUSED} for one that is not used.",
            )
    return lists


def _named(sample: Sample, table: SampledTable, given: Sequence[str]) -> SampledTable:
    places = [column.name for column in table.columns]
    if given:
        names = {
            place: name
            for place, name in zip(places, given, strict=True)
            if name not in ("", UNUSED)
        }
        return _renamed(sample, table, names)
    told = ColumnsTold(sample, table, profile_table(sample, table))
    if told.doubts:
        return replace(table, questions=(_question(sample, table, told),))
    listed = ",".join(told.names.get(place, UNUSED) for place in places)
    note = (
        f"{table.origin} has no header; by what they hold its columns are read as {listed} "
        "(--columns says it otherwise)"
    )
    return _renamed(sample, replace(table, notes=(*table.notes, note)), told.names)


def _renamed(sample: Sample, table: SampledTable, names: dict[str, str]) -> SampledTable:
    """The table, and what is sampled of it, with other names of columns."""
    taken = {name.lower() for name in names.values()}
    if len(taken) < len(names):
        raise PortraitError(
            f"--columns gives two columns of {table.origin} one name.", "Name each otherwise."
        )
    columns = []
    for column in table.columns:
        name = names.get(column.name, column.name)
        if name != column.name:
            sample.connection.execute(
                f"alter table {table.relation} rename {identifier(column.name)} "
                f"to {identifier(name)}"
            )
        columns.append(SampledColumn(name, column.data_type))
    return replace(table, columns=tuple(columns))


def _question(sample: Sample, table: SampledTable, told: ColumnsTold) -> Question:
    """What the columns are, with what the data tells of them and what it does not."""
    places = [column.name for column in table.columns]
    origin = code_span(table.origin)
    (doubt, candidates), *_ = told.doubts.items()
    which = " or ".join(code_span(place) for place in candidates[:_SHOWN])
    which = f"whether {which} is {doubt}" if candidates else f"which one is {doubt}"
    row = sample.connection.execute(
        f"select {', '.join(map(identifier, places))} from {table.relation} order by rowid limit 1"
    ).fetchall()[0]
    shown = ", ".join(
        f"{place} {code_span(shortened(value))}" for place, value in zip(places, row, strict=True)
    )
    others = {place: name for place, name in told.names.items() if name != _CALLED[doubt]}
    answers = [
        ",".join(
            _CALLED[doubt] if place == candidate else others.get(place, UNUSED) for place in places
        )
        for candidate in (candidates or ("",))[:2]
    ]
    prefix = f"{table.name}:"
    flag = " (or --columns ".join(prefix + answer for answer in answers)
    return Question(
        origin,
        f"{origin} has no header, and what it holds does not tell {which}: what are the names of "
        "its columns?",
        (f"its first row: {shown}", f"name them in their order, {UNUSED} for one of no use"),
        f"--columns {flag}{')' * (len(answers) - 1)}",
    )
