"""What rows say of their kind: a sale, one that was cancelled, or one that gives money back."""

from collections.abc import Sequence
from dataclasses import replace

from orchestration.onboarding.expressions import (
    reference,
    text_of,
    value_expression,
    when_flagged,
)
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.measured_amounts import amount_sql
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.vocabulary import column_words, known_values, status_word
from orchestration.quoting import code_span, identifier, quoted

# What is below zero where a row gives back.
_SIGNED = ("quantity", "net_amount", "total_amount", "goods_amount")
# Column → the word of a flag that says something of the order, and what it says.
_FLAGS = {
    "is_cancelled": ("true", "cancelled"),
    "is_test": ("true", "cancelled"),
    "is_refunded": ("true", "refunded"),
    "is_paid": ("false", "unpaid"),
}
_MOSTLY = 0.5
_MONEY = "decimal(18,4)"


def settle_states(chosen: dict[str, EntityGuess], sample: Sample) -> list[str]:
    """Reads days of cancelling as statuses, and amounts of rows that give back as below zero.

    Returns:
        What was found out, in words.
    """
    orders = chosen.get("orders")
    if orders is None:
        return []
    orders, says = _with_other_states(orders)
    chosen["orders"] = orders
    return [*says, *_with_signs(chosen, orders, sample)]


def _with_other_states(orders: EntityGuess) -> tuple[EntityGuess, list[str]]:
    """An order that another column calls cancelled, unpaid or refunded is so."""
    columns = dict(orders.columns)
    payment = columns.get("payment_status")
    if payment and "status" not in columns:
        columns["status"] = replace(columns.pop("payment_status"), column="status")
    elif payment and payment.profile.known("order_status") < _MOSTLY:
        del columns["payment_status"]  # How somebody paid, and not whether.
    others = {name: columns[name] for name in (*_FLAGS, "cancelled_at") if name in columns}
    payment, status = columns.get("payment_status"), columns.get("status")
    usual = text_of(status.profile) if status else "'completed'"
    whens, says = [], []
    if "cancelled_at" in others:
        day = text_of(others["cancelled_at"].profile)
        whens.append(f"    when {day} is not null then 'cancelled'")
    for name, (word, meaning) in _FLAGS.items():
        if name in others:
            whens.append(when_flagged(others[name].profile, word, meaning))
            column = code_span(others[name].profile.name)
            says.append(f"orders of which {column} says so count as {meaning}")
    if status and payment:
        whens += _when_paid(status.profile, payment.profile)
        whens.append(_when_not_paid(status.profile, payment.profile))
        says.append(f"{code_span(payment.profile.name)} outranks the status where money lacks")
    if not whens:
        return replace(orders, columns=columns), []
    first = status or next(iter(others.values()))
    sql = "\n".join(["case", *whens, f"    else {usual}", "end"])
    columns["status"] = replace(first, column="status", sql=sql)
    columns.pop("cancelled_at", None)
    return replace(orders, columns=columns), says


def _when_paid(status: ColumnProfile, payment: ColumnProfile) -> list[str]:
    """The branch for orders that are paid, and of which their status says only that they wait."""
    known = known_values()["state_of"]["awaited"]
    waits = sorted(value for value in status.values if status_word(value) in known)
    paid = status_words(payment, "completed")
    if not (waits and paid):
        return []
    waiting, told = f"    when {text_of(status)} in ({listed(waits)})", text_of(payment)
    return [f"{waiting}\n        and {told} in ({listed(paid)})\n        then {told}"]


def _when_not_paid(status: ColumnProfile, payment: ColumnProfile) -> str:
    """The branch for orders that count by their status and do not by their payment.

    A word of payment that comes up later is asked about, but saves no order that is cancelled.
    """
    paid, words = text_of(payment), status_words(payment, "completed")
    told = f"    when {paid} not in ({listed(words)})"
    lost = [*status_words(status, "cancelled"), *status_words(status, "return")]
    if lost:
        told += f"\n        and coalesce({text_of(status)}, '') not in ({listed(lost)})"
    return f"{told}\n        then {paid}"


def listed(words: Sequence[str]) -> str:
    """Words as SQL lists them behind IN; one that nothing is where there are none."""
    return ", ".join(map(quoted, words)) or "''"


def status_words(profile: ColumnProfile, meaning: str) -> Sequence[str]:
    """The values of a column of states that mean `completed`, `cancelled` or `return`."""
    known = known_values()["order_status"].get(meaning, [])
    return sorted(value for value in profile.values if status_word(value) in known)


def _with_signs(chosen: dict[str, EntityGuess], orders: EntityGuess, sample: Sample) -> list[str]:
    status = orders.columns.get("status")
    back = status_words(status.profile, "return") if status else []
    if status is None or not back:
        return []
    of_row = f"trim({reference(status.profile.name)}) in ({listed(back)})"
    if _is_told_with_sales(sample, orders, of_row):
        # The first row of an order sold what others give back.
        chosen["orders"] = replace(orders, grain="group")
    lines = chosen.get("order_lines")
    is_positive = False
    for entity, found in (("orders", chosen["orders"]), ("order_lines", lines)):
        if found is None or found.table.name != orders.table.name:
            continue
        columns = {
            name: _signed(entity, one, of_row)
            if name in _SIGNED and is_never_below(sample, found, one, of_row)
            else one
            for name, one in found.columns.items()
        }
        is_positive |= columns != found.columns
        chosen[entity] = replace(found, columns=columns)
    told = ", ".join(code_span(word) for word in back)
    name = code_span(status.profile.name)
    return [f"rows with {told} in {name} give back what they name"] if is_positive else []


def _is_told_with_sales(sample: Sample, orders: EntityGuess, of_row: str) -> bool:
    """Whether a row that gives back has the number of an order that sold."""
    key = orders.columns.get("source_order_id")
    if key is None or orders.grain == "group":
        return False
    number = identifier(key.profile.name)
    ((shared,),) = sample.connection.execute(
        f"select count(*) from (select {number} from {orders.table.relation} group by 1 "
        f"having count_if({of_row}) > 0 and count_if(not {of_row}) > 0)"
    ).fetchall()
    return bool(shared)


def is_never_below(sample: Sample, found: EntityGuess, one: ColumnGuess, of_row: str) -> bool:
    """Whether rows that give back have amounts, and none below zero."""
    if one.sql:
        return False
    amount = amount_sql(one.profile)
    ((below, above),) = sample.connection.execute(
        f"select count_if({amount} < 0), count_if({amount} > 0) from {found.table.relation} "
        f"where {of_row}"
    ).fetchall()
    return not below and bool(above)


def _signed(entity: str, one: ColumnGuess, of_row: str) -> ColumnGuess:
    looks = column_words(entity, one.column).looks
    read = value_expression(one.profile, looks, _MONEY).sql
    return replace(one, sql=f"case\n    when {of_row} then -abs({read})\n    else {read}\nend")
