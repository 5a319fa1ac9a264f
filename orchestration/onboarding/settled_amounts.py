"""Orders and lines with the meanings of their amounts settled by what the data adds up to."""

from collections.abc import Sequence
from dataclasses import replace

from orchestration.onboarding.amounts import HOLDS, Verdict
from orchestration.onboarding.formats import format_of
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.lines_of_orders import (
    ask_whose_total,
    have_no_amounts,
    with_order_amounts,
)
from orchestration.onboarding.measured_amounts import (
    AMOUNTS,
    amount_sql,
    lines_read_as,
    orders_read_as,
    reconcile,
    whole_order_sql,
)
from orchestration.onboarding.sample import ORIGIN_OF_SAMPLE, Sample
from orchestration.quoting import code_span, identifier, shortened
from orchestration.warehouse.questions import Question

# What nothing decides of these is no small matter: until it is answered no order is published.
_HELD = {"is_line_discount_in", "is_discount_in_lines", "is_discount_in_goods"}
# Each export of several tells an order again.
_FILE = identifier(ORIGIN_OF_SAMPLE["_origin_file"])
_LINE_AMOUNTS = ("net_amount", "unit_price", "discount_amount", "coupon_amount")


def settle_amounts(
    chosen: dict[str, EntityGuess], sample: Sample, totals: Sequence[ColumnGuess] = ()
) -> tuple[list[str], list[Question], bool]:
    """Settles the amounts of orders and lines in place.

    Args:
        chosen: The entities that were found.
        sample: The sample.
        totals: Other columns that may be what an order came to, the best-named first.

    Returns:
        What was found out, the questions that are left, a line each, and whether the orders have to
        wait for an answer.
    """
    orders, lines = chosen.get("orders"), chosen.get("order_lines")
    if orders is None or orders.only:
        return [], [], False
    unclear: list[Question] = []
    if lines and lines.table.name == orders.table.name:
        orders, lines = _told_apart(sample, orders, lines)
        orders, lines, unclear = ask_whose_total(sample, orders, lines)
    named = orders.columns.get("total_amount")
    orders, verdict, questions = _with_best_total(sample, orders, lines, [] if unclear else totals)
    chosen["orders"] = orders_read_as(orders, lines, verdict.reading)
    says = [*_says_total(named, orders.columns.get("total_amount")), *_says(verdict)]
    says += _settle_lines(chosen, sample, orders, lines, verdict)
    is_said = "as-they-stand" in sample.answers.amounts
    unclear += [] if is_said else _does_not_add_up(orders, verdict)
    # What a known export means by its columns is known.
    is_known = format_of(column.name for column in orders.table.columns) is not None
    is_held = bool(unclear or (not is_known and _HELD.intersection(verdict.doubts)))
    return says, [*questions, *unclear], is_held


def _settle_lines(
    chosen: dict[str, EntityGuess],
    sample: Sample,
    orders: EntityGuess,
    lines: EntityGuess | None,
    verdict: Verdict,
) -> list[str]:
    """Settles the lines in place; gives what is to be said of them."""
    is_told = orders.has("total_amount", "goods_amount")
    chosen.pop("order_lines", None)
    if is_told and (lines is None or have_no_amounts(lines)):
        whole = _whole_orders(orders, verdict)
        chosen["order_lines"] = whole
        if lines:
            found, says = with_order_amounts(sample, orders, lines, whole)
            chosen["order_lines"] = found
            return says
    elif lines:
        chosen["order_lines"] = lines_read_as(lines, verdict.reading)
    return []


def _with_best_total(
    sample: Sample,
    orders: EntityGuess,
    lines: EntityGuess | None,
    totals: Sequence[ColumnGuess],
) -> tuple[EntityGuess, Verdict, list[Question]]:
    """The orders with the total that adds up for the most of them; the best-named of equals."""
    best = (orders, *reconcile(sample, orders, lines))
    has_key = orders.has("source_order_id")
    for total in totals:
        if has_key and not _is_of_order(sample, orders, total, is_shared=False):
            continue
        doubtful = {name: one for name, one in orders.doubtful.items() if name != "total_amount"}
        columns = {**orders.columns, "total_amount": total}
        read = replace(orders, columns=columns, doubtful=doubtful)
        verdict, questions = reconcile(sample, read, lines)
        if verdict.share >= HOLDS and verdict.agreeing > best[1].agreeing:
            best = (read, verdict, questions)
    return best


def _whole_orders(orders: EntityGuess, verdict: Verdict) -> EntityGuess:
    """A line an order, where nobody lists its lines."""
    amount = whole_order_sql(orders.columns, verdict.reading)
    kept = [name for name in AMOUNTS if name in amount.replace("(", " ").replace(",", " ").split()]
    columns = {
        name: found
        for name, found in orders.columns.items()
        if name in ("source_order_id", "source_customer_id", "ordered_at", *kept)
    }
    # A line has a discount of its own; this one is the order's, and is taken off there.
    if "discount_amount" in columns:
        found = columns.pop("discount_amount")
        columns["order_discount_amount"] = replace(found, column="order_discount_amount")
        amount = amount.replace("discount_amount", "order_discount_amount")
    return replace(orders, entity="order_lines", columns=columns, doubtful={}, amount=amount)


def _told_apart(
    sample: Sample, orders: EntityGuess, lines: EntityGuess
) -> tuple[EntityGuess, EntityGuess]:
    """In rows of lines, amounts of the order are those that are the same on all of them."""
    if not orders.has("source_order_id"):
        return orders, lines
    of_orders, of_lines = dict(orders.columns), dict(lines.columns)
    if _repeats_the_order(sample, orders, lines):
        del of_lines["net_amount"]
    for name in AMOUNTS:
        found = of_orders.get(name)
        if found is None:
            continue
        twin = next(
            (c for c in _LINE_AMOUNTS if c in of_lines and _is_same(of_lines[c], found)), None
        )
        # Whose name says it more surely is told first.
        is_shared = twin is not None and of_lines[twin].confidence >= found.confidence
        if not _is_of_order(sample, orders, found, is_shared=is_shared):
            del of_orders[name]
        elif twin:
            del of_lines[twin]
    return replace(orders, columns=of_orders), replace(lines, columns=of_lines)


def _repeats_the_order(sample: Sample, orders: EntityGuess, lines: EntityGuess) -> bool:
    """Whether lines have one net amount where they have other prices: it is their order's."""
    if not (lines.has("net_amount") and lines.has("unit_price")):
        return False
    key = identifier(orders.columns["source_order_id"].profile.name)
    net, price = (amount_sql(lines.columns[name].profile) for name in ("net_amount", "unit_price"))
    if lines.has("quantity"):
        price = f"{price}::double * {amount_sql(lines.columns['quantity'].profile)}"
    ((several, alike),) = sample.connection.execute(
        f"select count(*), count_if(nets = 1) from (select count(distinct {net}) as nets "
        f"from {orders.table.relation} where {key} is not null "
        f"group by {key}, {_FILE} having count(distinct {price}) > 1)"
    ).fetchall()
    return bool(several) and several == alike


def _is_same(one: ColumnGuess, other: ColumnGuess) -> bool:
    return one.profile.name == other.profile.name


def _is_of_order(
    sample: Sample, orders: EntityGuess, found: ColumnGuess, *, is_shared: bool
) -> bool:
    """Whether all rows of an order say the same amount, or only its first row says one."""
    key = identifier(orders.columns["source_order_id"].profile.name)
    amount = amount_sql(found.profile)
    ((several, differing, told),) = sample.connection.execute(
        f"select count(*), count_if(amounts > 1), count_if(high <> 0) from (select {key}, "
        f"count(distinct {amount}) as amounts, max(abs({amount})) as high "
        f"from {orders.table.relation} where {key} is not null "
        f"group by {key}, {_FILE} having count(*) > 1)"
    ).fetchall()
    if differing:
        return False
    # Where nothing shows whose it is, it is the line's, as it stands on one.
    return bool(several and told) or not is_shared


def _says_total(named: ColumnGuess | None, taken: ColumnGuess | None) -> list[str]:
    if taken is None or taken is named:
        return []
    rival = f" and {code_span(named.profile.name)} does not" if named else ""
    return [f"{code_span(taken.profile.name)} is taken for the total, since it adds up{rival}"]


def _says(verdict: Verdict) -> list[str]:
    if not verdict.compared or verdict.share < HOLDS:
        return []
    share = f"{verdict.share:.1%}".replace(".0%", "%").replace("%", " %")
    many = "1 order" if verdict.compared == 1 else f"{verdict.compared:,} orders"
    told = f"{share} of {many} add up to the cent"
    if not verdict.exceptions:
        return [told]
    keys = ", ".join(shortened(key) for key in verdict.exceptions)
    left = verdict.compared - verdict.agreeing - len(verdict.exceptions)
    more = f" and {left:,} more" if left > 0 else ""
    return [f"{told}; these do not: {keys}{more}"]


def _does_not_add_up(orders: EntityGuess, verdict: Verdict) -> list[Question]:
    if not verdict.compared or verdict.share >= HOLDS:
        return []
    spans = [code_span(orders.columns[name].profile.name) for name in AMOUNTS if orders.has(name)]
    names, keys = ", ".join(spans), ", ".join(code_span(key) for key in verdict.exceptions)
    return [
        Question(
            names,
            f"The amounts add up for {verdict.agreeing:,} of {verdict.compared:,} orders only, "
            f"not for {keys}: what do {names} say?",
            ("if they mean something else, correct the drafts",),
            "--amounts as-they-stand",
        )
    ]
