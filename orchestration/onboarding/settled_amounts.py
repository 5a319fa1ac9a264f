"""Orders and lines with the meanings of their amounts settled by what the data adds up to."""

from collections.abc import Sequence
from dataclasses import replace

from orchestration.onboarding.amounts import HOLDS, Verdict
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.measured_amounts import (
    AMOUNTS,
    amount_sql,
    lines_read_as,
    orders_read_as,
    reconcile,
    whole_order_sql,
)
from orchestration.onboarding.sample import Sample
from orchestration.quoting import code_span, identifier, shortened
from orchestration.warehouse.questions import Question

_LINE_AMOUNTS = ("net_amount", "unit_price", "discount_amount", "coupon_amount")


def settle_amounts(
    chosen: dict[str, EntityGuess], sample: Sample, totals: Sequence[ColumnGuess] = ()
) -> tuple[list[str], list[Question]]:
    """Settles the amounts of orders and lines in place.

    Args:
        chosen: The entities that were found.
        sample: The sample.
        totals: Other columns that may be what an order came to, the best-named first.

    Returns:
        What was found out, and the questions that are left, a line each.
    """
    orders, lines = chosen.get("orders"), chosen.get("order_lines")
    if orders is None or orders.only:
        return [], []
    if lines and lines.table.name == orders.table.name:
        orders, lines = _told_apart(sample, orders, lines)
    named = orders.columns.get("total_amount")
    orders, verdict, questions = _with_best_total(sample, orders, lines, totals)
    chosen["orders"] = orders_read_as(orders, lines, verdict.reading)
    if lines:
        chosen["order_lines"] = lines_read_as(lines, verdict.reading)
    elif orders.has("total_amount", "goods_amount"):
        chosen["order_lines"] = _whole_orders(orders, verdict)
    says = [*_says_total(named, orders.columns.get("total_amount")), *_says(verdict)]
    is_known = "as-they-stand" in sample.answers.amounts
    return says, [*questions, *([] if is_known else _does_not_add_up(orders, verdict))]


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
        f"from {orders.table.relation} where {key} is not null group by 1 having count(*) > 1)"
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
