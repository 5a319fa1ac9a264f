"""Columns that are called the time of an order, and whose dates no style reads: they are asked."""

import re
from collections.abc import Iterable, Mapping

from orchestration.onboarding.formats import format_of
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.names import is_name_of
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import SampledTable
from orchestration.onboarding.scores import THRESHOLD
from orchestration.onboarding.table_reader import TableReader
from orchestration.onboarding.vocabulary import entity_words, squeezed
from orchestration.quoting import code_span, plain_line
from orchestration.warehouse.questions import Question

# Two numbers with something between that is no clock alone; a month and a year; the days since 1900
# that spreadsheets count.
_LIKE_A_DATE = (
    r"\D{0,20}\d{1,4}[^\d:]{1,20}\d{1,4}(?!\d*:?\d*$).*",
    r"\D{0,20}\d{1,4}[^\d:,]{1,20}\d{1,4}",
    r"[^\W\d_]{3,12}[ .'/-]*\d{2,4}",
    r"4\d{4}([.,]\d+)?",
)
# From here on a column is called the time of an order; below, it is a time, and any may be.
_NAMED = 0.7
_AMOUNTS = ("total_amount", "goods_amount")


def ask_about_unread_times(
    chosen: Mapping[str, EntityGuess], tables: Iterable[SampledTable], reader: TableReader
) -> list[Question]:
    """A question for each table that would have orders if its dates could be read."""
    used = {found.table.name for found in chosen.values()}
    if "orders" in chosen:
        used.discard(chosen["orders"].table.name)
    asked = []
    for table in tables:
        if "orders" in chosen and table.name in used:
            continue
        found = reader.read(table, "orders").columns
        is_whole = "orders" not in chosen or "source_customer_id" in found
        if is_whole and _sells(table, reader, found):
            asked += _unread(table, reader, found)
    return asked


def _sells(table: SampledTable, reader: TableReader, found: Mapping[str, ColumnGuess]) -> bool:
    """Whether a table has something of orders beside their time."""
    if "source_order_id" in found or any(name in found for name in _AMOUNTS):
        return True
    return bool(reader.read(table, "order_lines").confidence)


def _unread(
    table: SampledTable, reader: TableReader, found: Mapping[str, ColumnGuess]
) -> list[Question]:
    taken = found.get("ordered_at")
    if taken and taken.profile.times and taken.confidence >= _NAMED:
        return []
    # Only a person can have taken what no style reads.
    named = [taken.profile] if taken and not taken.profile.times else _named(table, reader)
    like = [(one, date) for one in named if (date := _like_a_date(one))]
    return [_question(table, *like[0])] if like else []


def _named(table: SampledTable, reader: TableReader) -> list[ColumnProfile]:
    """The columns that are called the time of an order and are read as none."""
    words = entity_words()["orders"]
    known = format_of(column.name for column in table.columns)
    told = known.columns.get("orders", {}).get("ordered_at", ()) if known else ()
    names = {squeezed(name) for name in told}
    return [
        profile
        for profile in reader.profiles(table)
        if profile.fit("time") < THRESHOLD
        and (
            squeezed(profile.name) in names
            or is_name_of(profile.name, words.columns["ordered_at"], words.tables)
        )
    ]


def _like_a_date(profile: ColumnProfile) -> str:
    """An example of the dates that a column seems to have; empty where it has none."""
    like = [
        value
        for value in profile.values
        if len(value) <= 60 and any(re.fullmatch(form, value) for form in _LIKE_A_DATE)
    ]
    return like[0] if len(like) * 2 >= len(profile.values) and like else ""


def _question(table: SampledTable, profile: ColumnProfile, example: str) -> Question:
    name, origin = code_span(profile.name), code_span(table.origin)
    return Question(
        plain_line(f"{table.origin}: {profile.name}"),
        f"{name} of {origin} looks like dates ({code_span(example)}) that cannot be read: how are "
        "they written?",
        ("export the table again with dates such as 2025-03-31, or name another column",),
        flag=f"--columns ordered_at=COLUMN (or --leave-out {table.name})",
    )
