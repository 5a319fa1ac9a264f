"""Rows of lines that say of each line what became of it: one that came back is no whole order."""

from collections.abc import Sequence
from dataclasses import replace

from orchestration.onboarding.expressions import text_of
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.names import name_score
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.states import is_never_below, listed, status_words
from orchestration.onboarding.vocabulary import entity_words
from orchestration.quoting import code_span, identifier

LINE_STATUS = "line_status"
_AMOUNTS = ("quantity", "net_amount")


def settle_line_states(chosen: dict[str, EntityGuess], sample: Sample) -> list[str]:
    """Marks in place the lines that their own status calls cancelled or given back.

    Where all lines of an order are alike, their status is the order's, as it is elsewhere. A row
    that gives back what another row of the order sold takes off what it names, and stays.

    Returns:
        What was found out, in words.
    """
    orders, lines = chosen.get("orders"), chosen.get("order_lines")
    if not (orders and lines and orders.grain == "group" and not lines.amount):
        return []
    status = orders.columns.get("status")
    is_of_lines = orders.table.name == lines.table.name and lines.has("source_product_id")
    if status is None or not (is_of_lines and lines.has("source_order_id")):
        return []
    cancelled = status_words(status.profile, "cancelled")
    back = status_words(status.profile, "return") if _are_states(sample, orders, lines) else []
    if not (cancelled or back) or not _is_on_each_line(sample, lines, status):
        return []
    mixed, left = _counted(sample, lines, status, cancelled, back)
    if not mixed:
        return []
    read = replace(status, column=LINE_STATUS, sql=_state_sql(status, cancelled, back), sampled="")
    for found in (orders, lines):
        chosen[found.entity] = replace(found, columns={**found.columns, LINE_STATUS: read})
    words = ", ".join(code_span(word) for word in [*cancelled, *back])
    many = "1 line" if left == 1 else f"{left:,} lines"
    some = "1 order" if mixed == 1 else f"{mixed:,} orders"
    return [
        f"{code_span(status.profile.name)} differs from line to line in {some}, so each line is "
        f"judged by its own: {many} with {words} are no purchase and go to quarantine"
    ]


def _is_on_each_line(sample: Sample, lines: EntityGuess, status: ColumnGuess) -> bool:
    """Whether no line lacks it: what stands on the first line of an order is the order's."""
    number = _text(lines.columns["source_order_id"])
    ((blank,),) = sample.connection.execute(
        f"select count_if(coalesce({_text(status)}, '') = '') from {lines.table.relation} "
        f"where {number} is not null"
    ).fetchall()
    return not blank


def _are_states(sample: Sample, orders: EntityGuess, lines: EntityGuess) -> bool:
    """Whether what was given back is a state of what was sold, and not a row or an amount beside.

    A kind of row (`Type`: sale, refund) tells of money that went back, as amounts below zero do.
    """
    status, words = orders.columns["status"], entity_words()["orders"]
    known = replace(words.columns["status"], also=frozenset())
    if orders.has("refunded_amount") or not name_score(status.profile.name, known, words.tables):
        return False
    of_row = f"{_text(status)} in ({listed(status_words(status.profile, 'return'))})"
    amounts = [replace(one, sql="") for name, one in lines.columns.items() if name in _AMOUNTS]
    return all(is_never_below(sample, lines, one, of_row) for one in amounts)


def _counted(
    sample: Sample,
    lines: EntityGuess,
    status: ColumnGuess,
    cancelled: Sequence[str],
    back: Sequence[str],
) -> tuple[int, int]:
    """How many orders have lines that count and lines that do not, and how many lines are lost."""
    number, product = (
        _text(lines.columns["source_order_id"]),
        _text(lines.columns["source_product_id"]),
    )
    state = _text(status)
    ((mixed, left),) = sample.connection.execute(
        "select count(distinct number) filter (sold > 0), "
        "count(*) filter (others > 0 or is_back) from ("
        f"select {number} as number, {state} in ({listed(back)}) as is_back, "
        f"{state} in ({listed(cancelled)}) as is_cancelled, "
        "count_if(not is_back and not is_cancelled) over (partition by number) as sold, "
        "count_if(not is_cancelled) over (partition by number) as others, "
        "count_if(not is_back and not is_cancelled) over "
        f"(partition by number, {product}) as sold_of_it from {lines.table.relation} "
        f"where {number} is not null) "
        "where is_cancelled or (is_back and sold_of_it = 0)"
    ).fetchall()
    return int(mixed), int(left)


def _text(one: ColumnGuess) -> str:
    return f"trim(cast({identifier(one.profile.name)} as varchar))"


def _state_sql(status: ColumnGuess, cancelled: Sequence[str], back: Sequence[str]) -> str:
    """The state of a line: a word that only a later file has stays, for validation to judge."""
    text = text_of(status.profile)
    whens = [
        f"    when {text} in ({listed(words)}) then '{meaning}'"
        for words, meaning in ((cancelled, "cancelled"), (back, "return"))
        if words
    ]
    return "\n".join(["case", *whens, f"    else coalesce({text}, 'completed')", "end"])
