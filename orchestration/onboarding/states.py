"""What rows say of their kind: a sale, one that was cancelled, or one that gives money back."""

from collections.abc import Sequence
from dataclasses import replace

from orchestration.onboarding.expressions import reference, text_of, value_expression
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.measured_amounts import amount_sql
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.vocabulary import column_words, known_values, status_word
from orchestration.quoting import code_span, identifier, quoted

# What is below zero where a row gives back.
_SIGNED = ("quantity", "net_amount", "total_amount", "goods_amount")
_MONEY = "decimal(18,4)"


def settle_states(chosen: dict[str, EntityGuess], sample: Sample) -> list[str]:
    """Reads days of cancelling as statuses, and amounts of rows that give back as below zero.

    Returns:
        What was found out, in words.
    """
    orders = chosen.get("orders")
    if orders is None:
        return []
    if orders.has("cancelled_at"):
        orders = chosen["orders"] = _with_cancelled(orders)
    return _with_signs(chosen, orders, sample)


def _with_cancelled(orders: EntityGuess) -> EntityGuess:
    """An order with a day on which it was cancelled is cancelled, whatever its status says."""
    columns = dict(orders.columns)
    cancelled = columns.pop("cancelled_at")
    status = columns.get("status")
    other = text_of(status.profile) if status else "'completed'"
    sql = (
        f"case\n    when {text_of(cancelled.profile)} is not null then 'cancelled'\n"
        f"    else {other}\nend"
    )
    columns["status"] = replace(status or cancelled, column="status", sql=sql)
    return replace(orders, columns=columns)


def _with_signs(chosen: dict[str, EntityGuess], orders: EntityGuess, sample: Sample) -> list[str]:
    status = orders.columns.get("status")
    back = _words_of_returns(status.profile) if status else []
    if status is None or not back:
        return []
    listed = ", ".join(quoted(word) for word in back)
    of_row = f"trim({reference(status.profile.name)}) in ({listed})"
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
            if name in _SIGNED and _is_never_below(sample, found, one, of_row)
            else one
            for name, one in found.columns.items()
        }
        is_positive |= columns != found.columns
        chosen[entity] = replace(found, columns=columns)
    told = ", ".join(code_span(word) for word in back)
    name = code_span(status.profile.name)
    return [f"rows with {told} in {name} give back what they name"] if is_positive else []


def _words_of_returns(profile: ColumnProfile) -> Sequence[str]:
    known = known_values()["order_status"].get("return", [])
    return sorted(value for value in profile.values if status_word(value) in known)


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


def _is_never_below(sample: Sample, found: EntityGuess, one: ColumnGuess, of_row: str) -> bool:
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
