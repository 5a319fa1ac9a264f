"""The state of orders where no name tells it: by the words of a column, or by its few numbers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from orchestration.onboarding.formats import format_of
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.names import is_unlike, name_score
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import SampledTable
from orchestration.onboarding.vocabulary import (
    entity_words,
    known_values,
    status_word,
    words_of,
)
from orchestration.quoting import code_span, shell_word
from orchestration.warehouse.questions import Question, as_typed

# Of a column that nothing names so, so many words are states, and so sure it is one.
_NEARLY_ALL = 0.75
_SURE = 0.8
_MOSTLY = 0.5
_LOST = ("cancelled", "return")
_SMALL_NUMBER = r"-?\d{1,3}"
_MOST_NUMBERS = 12
# What stands behind the name of what is numbered, or before it.
_NUMBERED = {"id", "ids", "code", "no", "nr", "num", "number", "key", "value"}
_NAMED = 0.9


class Reader(Protocol):
    """Knows the columns of tables."""

    def profiles(self, table: SampledTable) -> Iterable[ColumnProfile]:
        """The columns of a table."""


def find_states(chosen: dict[str, EntityGuess], reader: Reader) -> tuple[list[str], list[Question]]:
    """Adds the state of orders in place where no column is called so.

    Returns:
        What was found out, and what is left to be asked.
    """
    orders = chosen.get("orders")
    if orders is None or orders.only or orders.has("status"):
        return [], []
    if format_of(column.name for column in orders.table.columns):
        return [], []
    free = _unused(chosen, orders, reader)
    worded = sorted((one for one in free if _holds_states(one)), key=_words_of_orders, reverse=True)
    numbered = [one for one in free if _numbers_states(one)]
    if worded:
        chosen["orders"], says = _with_words(orders, worded)
        return says, _tied(worded)
    if numbered:
        chosen["orders"] = _with(orders, {"status": numbered[0]})
        name = code_span(numbered[0].name)
        return [f"{name} is read as the state of orders, whose numbers mean what you say"], []
    return [], []


def _unused(
    chosen: Mapping[str, EntityGuess], orders: EntityGuess, reader: Reader
) -> list[ColumnProfile]:
    """Columns of the orders' table that are nothing else, and that may differ from row to row."""
    used = {
        one.profile.name
        for found in chosen.values()
        if found.table.name == orders.table.name
        for one in found.columns.values()
    }
    status = entity_words()["orders"].columns["status"]
    return [
        profile
        for profile in reader.profiles(orders.table)
        if profile.distinct > 1 and profile.name not in used and not is_unlike(profile.name, status)
    ]


def _holds_states(profile: ColumnProfile) -> bool:
    """Whether nearly all its words are states, and one is of orders that do not count."""
    if not profile.column.is_text or profile.share(r"[+-]?\d+"):
        return False
    lost = {word for meaning in _LOST for word in known_values()["order_status"].get(meaning, ())}
    has_lost = any(status_word(value) in lost for value in profile.values)
    return has_lost and profile.known("order_status") >= _NEARLY_ALL


def _words_of_orders(profile: ColumnProfile) -> int:
    """How many of its words say what became of the order, and not of the money alone."""
    payment = known_values()["state_of"]["payment"]
    return sum(status_word(value) not in payment for value in profile.values)


def _numbers_states(profile: ColumnProfile) -> bool:
    """Whether it is called a state, and holds a few small numbers."""
    known = entity_words()["orders"]
    status = known.columns["status"]
    named = " ".join(word for word in words_of(profile.name) if word not in _NUMBERED)
    is_state = bool(re.fullmatch(r"state|status", named)) or (
        name_score(named, replace(status, also=frozenset()), known.tables) >= _NAMED
    )
    is_few = profile.distinct <= _MOST_NUMBERS and profile.share(_SMALL_NUMBER) == 1
    return is_state and is_few


def _with_words(orders: EntityGuess, worded: list[ColumnProfile]) -> tuple[EntityGuess, list[str]]:
    status, *others = worded
    says = [f"{code_span(status.name)} is read as the state of orders, by its words"]
    taken = {"status": status}
    paid = next((one for one in others if _is_of_payments(one)), None)
    if paid and not orders.has("payment_status"):
        taken["payment_status"] = paid
        says.append(f"{code_span(paid.name)} is read as the state of payments, by its words")
    return _with(orders, taken), says


def _is_of_payments(profile: ColumnProfile) -> bool:
    return _words_of_orders(profile) <= _MOSTLY * len(profile.values)


def _with(orders: EntityGuess, taken: Mapping[str, ColumnProfile]) -> EntityGuess:
    found = {name: ColumnGuess(name, profile, _SURE) for name, profile in taken.items()}
    doubtful = {name: one for name, one in orders.doubtful.items() if name not in found}
    return replace(orders, columns={**orders.columns, **found}, doubtful=doubtful)


def _tied(worded: list[ColumnProfile]) -> list[Question]:
    """A question where two columns may as well be the state."""
    status, *others = worded
    rivals = [one for one in others if not _is_of_payments(one)]
    if not rivals or _words_of_orders(rivals[0]) < _words_of_orders(status):
        return []
    one, other = status.name, rivals[0].name
    flags = [shell_word(as_typed(f"status={name}", "status=COLUMN")) for name in (one, other)]
    return [
        Question(
            code_span(one),
            f"{code_span(one)} is read as the state of orders, and {code_span(other)} may be it "
            "too: which one says whether an order counts?",
            flag=f"--columns {flags[0]} (or --columns {flags[1]})",
        )
    ]
