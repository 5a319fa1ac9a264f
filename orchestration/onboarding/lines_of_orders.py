"""Rows of orders that say what the order came to, and not what they came to themselves."""

from dataclasses import replace

from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.measured_amounts import amount_sql
from orchestration.onboarding.sample import ORIGIN_OF_SAMPLE, Sample
from orchestration.quoting import code_span, identifier, plain_line, shortened
from orchestration.warehouse.questions import Question

OF_ORDER, OF_ROW = "total-of-order", "total-of-row"
_OWN_AMOUNTS = ("net_amount", "unit_price")
_WHAT = ("source_product_id", "quantity", *_OWN_AMOUNTS)


def have_no_amounts(lines: EntityGuess) -> bool:
    """Whether nothing says what a line came to."""
    return not lines.only and not lines.has(*_OWN_AMOUNTS)


def with_order_amounts(
    sample: Sample, orders: EntityGuess, lines: EntityGuess, whole: EntityGuess
) -> tuple[EntityGuess, list[str]]:
    """Lines without amounts of their own, with those of their orders.

    Args:
        sample: The sample.
        orders: The orders.
        lines: Lines that have no amounts.
        whole: A line an order, of what it came to.

    Returns:
        The lines, which are the whole orders where one has several, and what is to be said of it.
    """
    if lines.table.name == orders.table.name and not _several(sample, orders):
        own = {name: lines.columns[name] for name in _WHAT if lines.has(name)}
        return replace(whole, columns={**whole.columns, **own}, grain="row"), []
    told = plain_line(
        f"no column of {code_span(lines.table.origin)} says what a line came to: each order is one "
        "line of what the order came to, and what was in it is not told apart"
    )
    return whole, [told]


def ask_whose_total(
    sample: Sample, orders: EntityGuess, lines: EntityGuess
) -> tuple[EntityGuess, EntityGuess | None, list[Question]]:
    """Orders and lines where several rows of an order say one amount and nothing else of goods.

    It is what the order came to, told several times, or a part of it, such as an instalment. Until
    somebody says which, nobody knows what such orders came to.
    """
    total = orders.columns.get("total_amount")
    is_bare = lines.table.name == orders.table.name and not lines.has(*_WHAT)
    if total is None or not is_bare:
        return orders, lines, []
    found = _several(sample, orders, total)
    if not found or OF_ORDER in sample.answers.amounts:
        return orders, lines, []
    columns = {name: one for name, one in orders.columns.items() if name != "total_amount"}
    unvalued = replace(orders, columns=columns)
    if OF_ROW in sample.answers.amounts:
        part = replace(total, column="net_amount")
        return unvalued, replace(lines, columns={**lines.columns, "net_amount": part}), []
    number, amount, rows = found
    name, order = code_span(total.profile.name), code_span(shortened(number))
    return (
        unvalued,
        None,
        [
            Question(
                name,
                f"{rows} rows of order {order} have {code_span(amount)} in {name} "
                "each: did the order come to that, or each row?",
                (
                    f"{OF_ORDER}: each of the rows tells it again",
                    f"{OF_ROW}: each is a part, such as an instalment",
                ),
                f"--amounts {OF_ORDER} (or --amounts {OF_ROW})",
            )
        ],
    )


def _several(
    sample: Sample, orders: EntityGuess, total: ColumnGuess | None = None
) -> tuple[str, str, int] | None:
    """Number, amount and rows of an order with several rows in a file, all with an amount."""
    key = orders.columns.get("source_order_id")
    if key is None:
        return None
    number = f"trim(cast({identifier(key.profile.name)} as varchar))"
    written = f"trim(cast({identifier(total.profile.name)} as varchar))" if total else "''"
    # Each export of several tells an order again.
    file = identifier(ORIGIN_OF_SAMPLE["_origin_file"])
    is_told = f"and count_if({amount_sql(total.profile)} <> 0) = count(*)" if total else ""
    rows = sample.connection.execute(
        f"select {number}, any_value({written}), count(*) from {orders.table.relation} "
        f"where {number} <> '' group by {number}, {file} having count(*) > 1 {is_told} "
        "order by 1 limit 1"
    ).fetchall()
    return rows[0] if rows else None
