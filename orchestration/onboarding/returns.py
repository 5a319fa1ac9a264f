"""Tables of what was given back: told by their name or header, and read beside what was sold."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from orchestration.landing.table_place import speaks_of_returns
from orchestration.onboarding.formats import format_of
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess, Returned
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.onboarding.vocabulary import words_of
from orchestration.quoting import code_span, identifier, plain_line
from orchestration.warehouse.questions import Question

_KEYS = ("source_order_id", "source_product_id", "quantity", "net_amount")
_WHEN_OR_WHY = {"date", "time", "at", "on", "reason", "day", "datum", "grund", "motif", "motivo"}
# So much of what it names are orders of the source.
_FOUND = 0.5


class Reader(Protocol):
    """Reads tables as entities."""

    def read(
        self, table: SampledTable, entity: str, without: frozenset[str] = frozenset()
    ) -> EntityGuess:
        """The table read as an entity, however badly it fits."""

    def profiles(self, table: SampledTable) -> Iterable[ColumnProfile]:
        """Its columns."""


def are_returns(table: SampledTable) -> bool:
    """Whether a table says of itself that what it names was given back."""
    names = [column.name for column in table.columns]
    known = format_of(names)
    if known:
        return known.is_returns
    told = [name for name in names if speaks_of_returns(name)]
    is_dated = any(_WHEN_OR_WHY & set(words_of(name)) for name in told)
    place = re.sub(r"\.\w+", " ", table.origin)
    return speaks_of_returns(place) or (is_dated and len(names) < _MOST_COLUMNS)


# Orders have columns about returns too, beside many others.
_MOST_COLUMNS = 16


def take_returns(
    chosen: dict[str, EntityGuess], sample: Sample, tables: Sequence[SampledTable], reader: Reader
) -> tuple[list[str], list[Question]]:
    """Adds returns to orders and lines in place.

    Returns:
        What was found out, and what is left to be asked.
    """
    says: list[str] = []
    asked: list[Question] = []
    orders, lines = chosen.get("orders"), chosen.get("order_lines")
    for table in tables:
        origin = code_span(table.origin)
        returned = _returned(table, reader)
        is_joined = (
            orders
            and lines
            and returned
            and not orders.returned
            and _are_of(sample, orders, returned)
        )
        if not (is_joined and orders and lines and returned):
            asked.append(_question(table, returned))
            continue
        orders, lines = replace(orders, returned=returned), replace(lines, returned=returned)
        chosen["orders"], chosen["order_lines"] = orders, lines
        how = "order and product" if "source_product_id" in returned.columns else "order"
        worth = (
            "at the amount that it names"
            if "net_amount" in returned.columns
            else "at the price of the purchase"
        )
        says.append(plain_line(f"{origin} gives back what it names, by {how}, {worth}"))
    return says, asked


def _returned(table: SampledTable, reader: Reader) -> Returned | None:
    """Its columns, if it names orders and what of them; None where it does not."""
    lines, orders = reader.read(table, "order_lines"), reader.read(table, "orders")
    columns = {name: lines.columns[name] for name in _KEYS if name in lines.columns}
    columns |= {name: orders.columns[name] for name in ("ordered_at",) if orders.has(name)}
    for name in ("source_order_id",):
        if name not in columns and orders.has(name):
            columns[name] = orders.columns[name]
    for amount in ("refunded_amount", "total_amount", "goods_amount"):
        if "net_amount" not in columns and orders.has(amount):
            columns["net_amount"] = replace(orders.columns[amount], column="net_amount")
    if "ordered_at" not in columns:
        columns |= _day(reader.profiles(table))
    is_enough = "source_order_id" in columns and {"source_product_id", "net_amount"} & set(columns)
    return Returned(table, columns) if is_enough else None


def _day(profiles: Iterable[ColumnProfile]) -> dict[str, ColumnGuess]:
    days = [one for one in profiles if one.times and one.times.share == 1 and not one.share(r"\d+")]
    return {"ordered_at": ColumnGuess("ordered_at", days[0], 1.0)} if len(days) == 1 else {}


def _are_of(sample: Sample, orders: EntityGuess, returned: Returned) -> bool:
    """Whether it names orders of the source."""
    if not orders.has("source_order_id"):
        return False
    ((found, all_of_them),) = sample.connection.execute(
        f"select count_if(number in (select {_key(orders.columns['source_order_id'].profile)} "
        f"from {orders.table.relation})), count(*) from (select "
        f"{_key(returned.columns['source_order_id'].profile)} as number "
        f"from {returned.table.relation}) where number is not null"
    ).fetchall()
    return bool(found >= _FOUND * all_of_them and found)


def _key(profile: ColumnProfile) -> str:
    value = f"trim(cast({identifier(profile.name)} as varchar))"
    return f"nullif(regexp_replace({value}, '[.]0+$', ''), '')"


def _question(table: SampledTable, returned: Returned | None) -> Question:
    why = (
        "its orders are none of the others, or others are returns already"
        if returned
        else "no column names the order, or what of it and how much"
    )
    origin = code_span(table.origin)
    return Question(
        origin,
        plain_line(
            f"{origin} looks like returns and is not used ({why}), so what was given back still "
            "counts as spend: will you take it off?"
        ),
        ("as lines with a negative quantity (docs/own-data.md)",),
        f"--leave-out {table.name}",
    )
