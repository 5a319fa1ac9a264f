"""Amounts of a sample's orders, measured for `amounts.py`, and the guesses that follow."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from orchestration.landing.written import bare_amount_sql
from orchestration.onboarding.amounts import (
    HOLDS,
    ROUNDING,
    WORDS,
    OrderAmounts,
    Reading,
    Verdict,
    decide,
    spend,
)
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.vocabulary import words_of
from orchestration.quoting import code_span, identifier, shortened
from orchestration.warehouse.questions import Question

AMOUNTS = (
    "goods_amount",
    "discount_amount",
    "shipping_amount",
    "tax_amount",
    "total_amount",
    "refunded_amount",
    "tip_amount",
)
_MEASURED_ORDERS = 2_000
# Words of columns whose tax stands in the price of goods.
_TAX_IN_PRICES = {"vat", "mwst", "ust", "tva", "iva", "btw", "消費税"}
# Words of a price that is surely that of one.
_OF_ONE = {"unit", "per", "each", "einzelpreis", "stückpreis", "unitaire", "unitario", "unitário"}
_OF_ONE |= {"stukprijs", "pu", "单价", "單價", "単価"}


def order_amounts(
    sample: Sample, orders: EntityGuess, lines: EntityGuess | None
) -> list[OrderAmounts]:
    """What the columns of each sampled order say."""
    key = orders.columns.get("source_order_id")
    number = _key(key) if key else "cast(rowid as varchar)"
    names = [name for name in AMOUNTS if name in orders.columns]
    told = "".join(f", max({amount_sql(orders.columns[name].profile)}) as {name}" for name in names)
    listed, own = _lines_sql(lines) if lines and key else ("", [])
    joined = f"left join ({listed}) as lines using (order_key)" if listed else ""
    columns = ", ".join(["order_key", *names, *own])
    query = (
        f"select {columns} from (select {number} as order_key{told} from {orders.table.relation} "
        f"where {number} is not null group by 1 order by 1 limit {_MEASURED_ORDERS}) as orders "
        f"{joined} order by order_key"
    )
    rows = sample.connection.execute(query).fetchall()
    fields = ["key", *(name.removesuffix("_amount") for name in names), *own]
    return [_order(dict(zip(fields, row, strict=True))) for row in rows]


def _order(told: dict[str, object]) -> OrderAmounts:
    told.pop("refunded", None)
    told["line_count"] = told.get("line_count") or 1
    if told.get("discount") is not None:
        # Some write what was taken off with a minus.
        told["discount"] = abs(told["discount"])  # type: ignore[arg-type]
    if told.get("line_discount") is not None:
        told["line_discount"] = abs(told["line_discount"])  # type: ignore[arg-type]
    return OrderAmounts(**told)  # type: ignore[arg-type]


def _lines_sql(lines: EntityGuess) -> tuple[str, list[str]]:
    """Amounts of lines by order, and their names."""
    key, found = lines.columns.get("source_order_id"), lines.columns
    if key is None:
        return "", []
    sums = {"line_count": "count(*)"}
    if "net_amount" in found:
        sums["net"] = f"sum({amount_sql(found['net_amount'].profile)})"
    elif "unit_price" in found:
        price = amount_sql(found["unit_price"].profile)
        quantity = amount_sql(found["quantity"].profile) if "quantity" in found else "1"
        # Two of 18 digits may have 36.
        sums["by_unit"] = f"sum({quantity} * cast({price} as decimal(38, 4)))"
        sums["by_line"] = f"sum({price})"
    else:
        return "", []
    if "discount_amount" in found:
        off = found["discount_amount"]
        sums["line_discount"] = f"sum(abs({off.sampled or amount_sql(off.profile)}))"
    listed = ", ".join(f"try_cast({sql} as decimal(18, 4)) as {name}" for name, sql in sums.items())
    listed = listed.replace("try_cast(count(*) as decimal(18, 4))", "count(*)")
    relation, number = lines.table.relation, _key(key)
    return f"select {number} as order_key, {listed} from {relation} group by 1", list(sums)


def _key(found: ColumnGuess) -> str:
    value = found.sampled or f"trim(cast({identifier(found.profile.name)} as varchar))"
    return f"nullif(regexp_replace(lower({value}), '\\.0+$', ''), '')"


def amount_sql(profile: ColumnProfile) -> str:
    """An amount as a draft reads it, without dbt's macros."""
    name = identifier(profile.name)
    if not profile.column.is_text:
        return f"try_cast({name} as decimal(18, 4))"
    style, _ = profile.amount_style
    bare = f"regexp_replace({bare_amount_sql(name)}, '[^0-9.,+-]', '', 'g')"
    bare = f"replace({bare}, '.', '')" if style == "," else f"replace({bare}, ',', '')"
    return f"try_cast(replace({bare}, ',', '.') as decimal(18, 4))"


def usual_reading(sample: Sample, orders: EntityGuess, lines: EntityGuess | None) -> Reading:
    """What is taken where sums decide nothing: by names, and by prices of one product."""
    tax = orders.columns.get("tax_amount")
    is_tax_in = bool(tax and _TAX_IN_PRICES & set(words_of(tax.profile.name)))
    return Reading(
        price_is_line=bool(lines and _price_grows_with_quantity(sample, lines)),
        is_line_discount_in=bool(lines and _price_grows_with_quantity(sample, lines)),
        is_discount_in_lines=bool(lines and _has_both_discounts(orders, lines)),
        is_discount_in_goods="goods_amount" in orders.columns and lines is not None,
        is_tax_in=is_tax_in,
    )


def _has_both_discounts(orders: EntityGuess, lines: EntityGuess) -> bool:
    """Where lines have discounts of their own, the order's usually adds them up."""
    return orders.has("discount_amount") and lines.has("discount_amount")


def _price_grows_with_quantity(sample: Sample, lines: EntityGuess) -> bool | None:
    """Of products sold in several quantities: is it the price ÷ quantity that stays the same?"""
    if not lines.has("unit_price") or lines.has("net_amount"):
        return None
    if not (lines.has("quantity") and lines.has("source_product_id")):
        return None
    price = amount_sql(lines.columns["unit_price"].profile)
    quantity = amount_sql(lines.columns["quantity"].profile)
    item = identifier(lines.columns["source_product_id"].profile.name)
    ((grows, stays),) = sample.connection.execute(
        "select count_if(each_high - each_low < 0.011 and high - low > 0.011), "
        "count_if(high - low < 0.011) from ("
        f"select min(price) as low, max(price) as high, min(price / quantity) as each_low, "
        "max(price / quantity) as each_high from ("
        f"select {item} as item, {price} as price, {quantity} as quantity "
        f"from {lines.table.relation}) where quantity > 0 group by item "
        "having min(quantity) < max(quantity))"
    ).fetchall()
    return None if grows == stays else grows > stays


def reconcile(
    sample: Sample, orders: EntityGuess, lines: EntityGuess | None
) -> tuple[Verdict, list[Question]]:
    """The verdict on how the amounts add up, and the questions that are left."""
    measured = order_amounts(sample, orders, lines)
    usual = usual_reading(sample, orders, lines)
    said = sample.answers.reading
    verdict = decide(measured, usual, said)
    if verdict.compared and verdict.share < HOLDS:
        verdict = replace(verdict, reading=replace(usual, **said))
    settled = {"price_is_line"} if _is_price_settled(sample, lines) else set()
    doubts = [name for name in verdict.doubts if name not in settled]
    return replace(verdict, doubts=tuple(doubts)), [
        _question(name, verdict.reading, orders, lines, measured) for name in doubts
    ]


def _is_price_settled(sample: Sample, lines: EntityGuess | None) -> bool:
    if lines is None or not lines.has("unit_price"):
        return True
    name = lines.columns["unit_price"].profile.name
    is_named = bool(_OF_ONE & set(words_of(name)))
    return is_named or _price_grows_with_quantity(sample, lines) is not None


def _question(
    field: str,
    reading: Reading,
    orders: EntityGuess,
    lines: EntityGuess | None,
    measured: Sequence[OrderAmounts],
) -> Question:
    """What nothing decides, with what each answer would make of an order."""

    def ask(name: str, text: str) -> Question:
        words = [word for word, (about, _) in WORDS.items() if about == field]
        evidence = _evidence(words, reading, measured)
        flag = f"--amounts {words[0]} (or --amounts {words[1]})"
        return Question(code_span(name), f"{code_span(name)} {text}", evidence, flag)

    def named(found: EntityGuess | None, column: str) -> str:
        return found.columns[column].profile.name if found and found.has(column) else column

    taken = getattr(reading, field)
    if field == "price_is_line":
        name, now = named(lines, "unit_price"), "of the line" if taken else "of one"
        return ask(name, f"is read as the price {now}: is it the price of one or of the line?")
    if field == "is_tax_in":
        name = named(orders, "tax_amount")
        now = "in the prices" if taken else "on top of the prices, and no spend"
        return ask(name, f"is read as standing {now}: do the prices include it?")
    if field == "is_line_discount_in":
        name, of = named(lines, "discount_amount"), "the prices"
    elif field == "is_discount_in_lines":
        name, of = named(orders, "discount_amount"), "the lines"
    else:
        name, of = named(orders, "discount_amount"), named(orders, "goods_amount")
    now = f"already off {of}" if taken else f"still to be taken off {of}"
    return ask(name, f"is read as {now}: do they stand before or after it?")


def _evidence(
    words: Sequence[str], reading: Reading, measured: Sequence[OrderAmounts]
) -> tuple[str, ...]:
    """What each answer makes of the first order on which it matters."""
    meant = [WORDS[word] for word in words]
    readings = [replace(reading, **{field: value}) for field, value in meant]
    for order in measured:
        spent = [spend(order, one) for one in readings]
        if abs(spent[0] - spent[1]) > ROUNDING:
            key = code_span(shortened(order.key))
            return tuple(
                f"{word}: order {key} comes to {amount:,.2f}"
                for word, amount in zip(words, spent, strict=True)
            )
    return ()


def lines_read_as(lines: EntityGuess, reading: Reading) -> EntityGuess:
    """The lines with the meanings that a reading gives their columns."""
    left = dict(lines.columns)
    if reading.price_is_line and "unit_price" in left and "net_amount" not in left:
        left["net_amount"] = replace(left.pop("unit_price"), column="net_amount")
    if reading.is_line_discount_in:
        left.pop("discount_amount", None)
    return replace(lines, columns=left)


def orders_read_as(orders: EntityGuess, lines: EntityGuess | None, reading: Reading) -> EntityGuess:
    """The orders with the meanings that a reading gives their columns."""
    left = dict(orders.columns)
    on_lines = lines.columns.get("discount_amount") if lines else None
    if reading.is_discount_in_goods and "discount_amount" in left:
        left.pop("goods_amount", None)
    if reading.is_discount_in_lines and "discount_amount" in left:
        if lines and on_lines and lines.table.name == orders.table.name:
            left["line_discount_amount"] = replace(on_lines, column="line_discount_amount")
        else:
            del left["discount_amount"]
    if reading.is_tax_in:
        left.pop("tax_amount", None)
    if reading.is_total_without_shipping:
        left.pop("shipping_amount", None)
    left.pop("tip_amount", None)
    return replace(orders, columns=left)


def whole_order_sql(columns: Mapping[str, ColumnGuess], reading: Reading) -> str:
    """What the goods of an order come to before its discount, from its own amounts."""

    def signed(names: list[tuple[str, str]]) -> str:
        return "".join(f" {sign} coalesce({n}, 0)" for sign, n in names if n in columns)

    if "goods_amount" in columns:
        return "goods_amount" + (
            signed([("+", "discount_amount")]) if reading.is_discount_in_goods else ""
        )
    beside = [("+", "discount_amount")]
    if not reading.is_total_without_shipping:
        beside = [("-", "shipping_amount"), ("-", "tip_amount"), *beside]
    beside += [] if reading.is_tax_in else [("-", "tax_amount")]
    return "total_amount" + signed(beside)
