"""Who the customer of an order is where its id is nobody's in some rows, and a mailbox is there."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from orchestration.onboarding.expressions import text_of, value_expression
from orchestration.onboarding.formats import format_of
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.names import is_unlike
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.onboarding.states import listed
from orchestration.onboarding.vocabulary import CUSTOMER_KEY, entity_words, placeholder_words
from orchestration.quoting import code_span, identifier

_SURELY = 0.9
# Fewer mailboxes than this share of the customers are those of the shop's own people.
_EACH_ONES_OWN = 0.5
# So many rows of guests are not all of one.
_MANY = 4
# An id in later files that is nobody's, though the sample has none such.
_ALWAYS_NOBODY = ("0",)


class Reader(Protocol):
    """Knows the columns of tables."""

    def profiles(self, table: SampledTable) -> Iterable[ColumnProfile]:
        """The columns of a table."""


@dataclass(frozen=True)
class _Mailboxes:
    """What the rows of a table say of ids and of one column of mailboxes.

    Attributes:
        profile: The column.
        rows: Rows that name anybody, in one way or another.
        filled: Those with a mailbox.
        guests: Those with a mailbox and nobody's id.
        ids: Different ids of somebody in rows with a mailbox.
        of_ids: Different mailboxes of these rows.
        of_guests: Different mailboxes of rows without somebody's id.
    """

    profile: ColumnProfile
    rows: int
    filled: int
    guests: int
    ids: int
    of_ids: int
    of_guests: int

    @property
    def is_of_customers(self) -> bool:
        """Whether people have a mailbox each, and not all of them the shop's."""
        is_one_for_all = self.guests >= _MANY and self.of_guests == 1
        return self.of_ids >= _EACH_ONES_OWN * self.ids and not is_one_for_all

    @property
    def is_in_all(self) -> bool:
        """Whether (nearly) all rows have one."""
        return self.filled >= _SURELY * self.rows


def settle_customers(chosen: dict[str, EntityGuess], sample: Sample, reader: Reader) -> list[str]:
    """Takes mailboxes in place as the key of customers, where an id is nobody's in some rows.

    Returns:
        What was found out, in words.
    """
    orders = chosen.get("orders")
    key = orders.columns.get(CUSTOMER_KEY) if orders else None
    if orders is None or key is None or key.sql or key.profile.fit("email") >= _SURELY:
        return []
    if orders.only or format_of(column.name for column in orders.table.columns):
        return []
    if _is_said(sample, key):
        return []
    nobody = [value for value in key.profile.values if value.lower() in placeholder_words()]
    columns = [one for one in reader.profiles(orders.table) if is_mailbox_of_customers(one)]
    measured = _measured(sample, orders, key, columns, nobody) if columns else []
    found = [one for one in measured if one.is_of_customers]
    if not any(one.guests for one in found):
        return []
    is_joined = any(
        one.table.name != orders.table.name
        and one.has(CUSTOMER_KEY)
        and one.columns[CUSTOMER_KEY].profile.fit("email") < _SURELY
        for one in chosen.values()
    )
    read, told = _instead(key, found, nobody, is_joined=is_joined)
    _read_so(chosen, orders, key, read)
    return [f"{code_span(key.profile.name)} is nobody's in some rows, so {told}"]


def is_mailbox_of_customers(profile: ColumnProfile) -> bool:
    """Whether it holds mailboxes, and is not called that of a seller or a clerk."""
    known = entity_words()["customers"].columns["email"]
    return profile.fit("email") >= _SURELY and not is_unlike(profile.name, known)


def _is_said(sample: Sample, key: ColumnGuess) -> bool:
    """Whether the user has named this column."""
    return any(
        said.partition("=")[2].strip() == key.profile.name for said in sample.answers.columns
    )


def _measured(
    sample: Sample,
    orders: EntityGuess,
    key: ColumnGuess,
    columns: list[ColumnProfile],
    nobody: list[str],
) -> list[_Mailboxes]:
    anybody = ", ".join(_text(one.name) for one in (key.profile, *columns))
    told = _text(key.profile.name)
    somebody = f"case when {told} not in ({listed(nobody)}) then {told} end"
    found = []
    for one in columns:
        counted = sample.connection.execute(
            "select count(*), count(mail), count(mail) filter (id is null), "
            "count(distinct id) filter (mail is not null), "
            "count(distinct mail) filter (id is not null), "
            "count(distinct mail) filter (id is null) "
            f"from (select lower({_text(one.name)}) as mail, {somebody} as id "
            f"from {orders.table.relation} where coalesce({anybody}) is not null)"
        ).fetchall()
        found.append(_Mailboxes(one, *map(int, counted[0])))
    return found


def _text(name: str) -> str:
    return f"nullif(trim(cast({identifier(name)} as varchar)), '')"


def _instead(
    key: ColumnGuess, found: list[_Mailboxes], nobody: list[str], *, is_joined: bool
) -> tuple[ColumnGuess, str]:
    """How the key is read, and what is said of it."""
    name = code_span(key.profile.name)
    guests = max(found, key=lambda one: one.guests)
    whole = [one for one in found if one.is_in_all]
    if is_joined:
        told = code_span(guests.profile.name)
        read = _first_of(key, [_id_sql(key, nobody), _mail_sql(guests.profile)])
        return read, f"{told} is the key of the customer there, and the id elsewhere"
    if whole:
        # Of several the one that its name says most surely stands first.
        best = max(whole, key=lambda one: (one.profile.name == guests.profile.name, one.filled))
        read = replace(key, profile=best.profile)
        if best.filled < best.rows:
            read = _first_of(read, [_mail_sql(best.profile), _id_sql(key, nobody)])
        return read, f"{code_span(best.profile.name)} is the key of all customers"
    others = [one for one in found if one is not guests and not one.guests]
    both = next((one for one in others if one.filled + guests.filled >= _SURELY * one.rows), None)
    if both:
        parts = [_mail_sql(both.profile), _mail_sql(guests.profile), _id_sql(key, nobody)]
        names = f"{code_span(both.profile.name)}, or else {code_span(guests.profile.name)},"
        return _first_of(replace(key, profile=both.profile), parts), f"{names} is the key"
    read = _first_of(key, [_id_sql(key, nobody), _mail_sql(guests.profile)])
    return read, f"{code_span(guests.profile.name)} is the key there, and {name} elsewhere"


def _first_of(key: ColumnGuess, parts: list[str]) -> ColumnGuess:
    listed_parts = textwrap.indent(",\n".join(parts), "    ")
    return replace(key, sql=f"coalesce(\n{listed_parts}\n)")


def _mail_sql(profile: ColumnProfile) -> str:
    return value_expression(profile, "key", "varchar").sql


def _id_sql(key: ColumnGuess, nobody: list[str]) -> str:
    """The id, NULL where it is nobody's."""
    words = sorted({value.lower() for value in nobody} | set(_ALWAYS_NOBODY))
    read = value_expression(key.profile, "key", "varchar", key.is_padded).sql
    is_somebody = f"lower({text_of(key.profile)}) not in ({listed(words)})"
    return f"case\n    when {is_somebody}\n        then {read}\nend"


def _read_so(
    chosen: dict[str, EntityGuess], orders: EntityGuess, key: ColumnGuess, read: ColumnGuess
) -> None:
    """Reads the key alike wherever the same rows are read."""
    for entity, found in list(chosen.items()):
        own = found.columns.get(CUSTOMER_KEY)
        is_same = found.table.name == orders.table.name and own is not None
        if is_same and own and own.profile.name == key.profile.name and not own.sql:
            chosen[entity] = replace(found, columns={**found.columns, CUSTOMER_KEY: read})
