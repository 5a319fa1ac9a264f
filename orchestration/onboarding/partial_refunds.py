"""Orders of which a part of the money went back while nothing says how much."""

import textwrap
from collections.abc import Sequence
from dataclasses import replace

from orchestration.onboarding.expressions import text_of
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.measured_amounts import AMOUNTS, amount_sql
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.states import listed
from orchestration.onboarding.vocabulary import known_values, status_word
from orchestration.quoting import code_span, identifier, quoted, shell_word, shortened
from orchestration.warehouse.questions import UNKNOWN_STATUS, Question, as_typed

# Behind the word it is one that no seed knows, so the order waits.
_HELD = " (amount unknown)"
_OF_LINES = ("quantity", "net_amount")


def hold_partly_refunded(chosen: dict[str, EntityGuess], sample: Sample) -> list[Question]:
    """Holds orders back in place that gave back an unknown part; gives what is to be asked.

    Nothing is unknown where an amount, a row or a table of refunds is read.
    """
    orders = chosen.get("orders")
    status = orders.columns.get("status") if orders else None
    if orders is None or status is None or _reads_refunds(chosen, orders, sample):
        return []
    said = {status_word(word) for word in sample.answers.meant_statuses}
    asked, whens = [], []
    for name in ("status", "payment_status"):
        told = orders.columns.get(name)
        words = [word for word in _partly(told) if status_word(word) not in said]
        if told is None or not words:
            continue
        text = text_of(told.profile)
        whens.append(f"    when {text} in ({listed(words)})\n        then {text} || '{_HELD}'")
        asked += [
            _question(sample, orders, told, word)
            for word in words
            if status_word(word + _HELD) not in said
        ]
    if whens:
        read = replace(status, sql=_before(whens, status))
        chosen["orders"] = replace(orders, columns={**orders.columns, "status": read})
    return asked


def _partly(told: ColumnGuess | None) -> Sequence[str]:
    """The words of a state that say that a part went back."""
    known = known_values()["state_of"]["partly_refunded"]
    values = told.profile.values if told else ()
    return [value for value in values if status_word(value) in known]


def _reads_refunds(chosen: dict[str, EntityGuess], orders: EntityGuess, sample: Sample) -> bool:
    lines = chosen.get("order_lines")
    if orders.has("refunded_amount") or orders.returned:
        return True
    return any(
        name in (*AMOUNTS, *_OF_LINES) and _is_ever_below(sample, found, one)
        for found in (orders, lines)
        if found
        for name, one in found.columns.items()
        if name != "discount_amount"
    )


def _is_ever_below(sample: Sample, found: EntityGuess, one: ColumnGuess) -> bool:
    """Whether a row of it gives money or goods back."""
    ((below,),) = sample.connection.execute(
        f"select count_if({amount_sql(one.profile)} < 0) from {found.table.relation}"
    ).fetchall()
    return bool(below)


def _before(whens: Sequence[str], status: ColumnGuess) -> str:
    """The status, read as it was where none of these holds."""
    if status.sql.startswith("case\n"):
        return "\n".join(["case", *whens, status.sql.removeprefix("case\n")])
    usual = textwrap.indent(status.sql or text_of(status.profile), " " * 8).strip()
    return "\n".join(["case", *whens, f"    else {usual}", "end"])


def _question(sample: Sample, orders: EntityGuess, told: ColumnGuess, word: str) -> Question:
    key = orders.columns.get("source_order_id")
    example = f"min(cast({identifier(key.profile.name)} as varchar))" if key else "null"
    ((rows, order),) = sample.connection.execute(
        f"select count(*), {example} from {orders.table.relation} "
        f"where trim(cast({identifier(told.profile.name)} as varchar)) = {quoted(word)}"
    ).fetchall()
    many = "1 row" if rows == 1 else f"{rows:,} rows"
    many += f", such as order {code_span(shortened(order))}" if order else ""
    return Question(
        code_span(told.profile.name),
        f"{code_span(word)} in {code_span(told.profile.name)} ({many}) says that a part of the "
        "money went back, and no column says how much: do these orders count in full?",
        ("until it is answered they wait; or export them with what was refunded",),
        f"--status {shell_word(f'{as_typed(word)}=completed')} (or …=cancelled)",
        UNKNOWN_STATUS,
    )
