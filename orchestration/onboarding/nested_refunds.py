"""Refunds that an order of a JSON export lists, as WooCommerce and Shopify write them."""

from collections.abc import Iterable
from dataclasses import replace

from orchestration.onboarding.expressions import reference
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.names import name_score
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.vocabulary import entity_words
from orchestration.quoting import code_span, plain_line

_REFUNDED = "refunded_amount"
# Where in one of the list's objects the money stands.
_PATHS = ("$[*].total", "$[*].transactions[*].amount", "$[*].amount")
_KNOWN = 0.75
_LIST = r"(?s)\s*\[.*\]\s*"
_MONEY = "decimal(18, 4)"


def with_nested_refunds(
    orders: EntityGuess, profiles: Iterable[ColumnProfile]
) -> tuple[EntityGuess, list[str]]:
    """The orders with the money that their lists of refunds gave back.

    Args:
        orders: The orders.
        profiles: The columns of their table.

    Returns:
        The orders, and what is to be said of it.
    """
    words = entity_words()["orders"]
    if orders.has(_REFUNDED):
        return orders, []
    for profile in profiles:
        is_called = name_score(profile.name, words.columns[_REFUNDED], words.tables) >= _KNOWN
        is_list = profile.column.is_text and profile.filled and profile.share(_LIST) == 1
        if is_called and is_list and any("{" in value for value in profile.values):
            read = ColumnGuess(_REFUNDED, profile, 1.0, _sum(reference(profile.name)))
            columns = {**orders.columns, _REFUNDED: read}
            told = f"refunds that {code_span(profile.name)} lists are added up"
            return replace(orders, columns=columns), [plain_line(told)]
    return orders, []


def _sum(name: str) -> str:
    amounts = [
        f"    list_sum(list_transform(\n"
        f"        json_extract_string(try_cast({name} as json), '{path}'),\n"
        f"        lambda amount: abs(try_cast(amount as {_MONEY}))\n"
        "    )),\n"
        for path in _PATHS
    ]
    return f"cast(coalesce(\n{''.join(amounts)}    0\n) as {_MONEY})"
