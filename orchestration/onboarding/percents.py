"""Discounts of lines in percent of their price, which are no amounts."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from orchestration.onboarding.expressions import reference, value_expression
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.measured_amounts import amount_sql
from orchestration.onboarding.names import name_score
from orchestration.onboarding.profile import PERCENT, ColumnProfile
from orchestration.onboarding.vocabulary import entity_words
from orchestration.quoting import identifier

_DISCOUNT = "discount_amount"
_KNOWN = 0.75
_MONEY = "decimal(18,4)"
_NUMBER = r"\s*-?\d{1,3}([.,]\d+)?\s*%?\s*"


def with_percents(lines: EntityGuess, profiles: Iterable[ColumnProfile]) -> EntityGuess:
    """The lines with what a discount in percent takes off quantity × price.

    Args:
        lines: The lines.
        profiles: The columns of their table.
    """
    if lines.has(_DISCOUNT, "net_amount") or not lines.has("unit_price"):
        return lines
    used = {found.profile.name for found in lines.columns.values()}
    words = entity_words()["order_lines"]
    for profile in profiles:
        bare = PERCENT.sub(" ", profile.name)
        is_discount = name_score(bare, words.columns[_DISCOUNT], words.tables) >= _KNOWN
        if profile.name in used or not (profile.is_percent and is_discount):
            continue
        if profile.share(_NUMBER) == 1:
            return replace(lines, columns={**lines.columns, _DISCOUNT: _taken_off(lines, profile)})
    return lines


def _taken_off(lines: EntityGuess, percent: ColumnProfile) -> ColumnGuess:
    price = lines.columns["unit_price"].profile
    quantity = lines.columns["quantity"].profile if lines.has("quantity") else None

    def product(factors: Sequence[str], name: str) -> str:
        share = f"try_cast(replace(rtrim(trim({name}), ' %'), ',', '.') as decimal(9, 4))"
        return f"round({' * '.join([*factors, share])} / 100, 2)"

    factors = [quantity, price] if quantity else [price]
    read = [value_expression(one, "money", _MONEY).sql for one in factors]
    sampled = [amount_sql(one) for one in factors]
    return ColumnGuess(
        _DISCOUNT,
        percent,
        1.0,
        sql=f"cast({product(read, _text(percent, reference(percent.name)))} as {_MONEY})",
        sampled=product(sampled, _text(percent, identifier(percent.name))),
    )


def _text(profile: ColumnProfile, name: str) -> str:
    return name if profile.column.is_text else f"cast({name} as varchar)"
