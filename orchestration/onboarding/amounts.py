"""How the amounts of orders and lines add up: the reading whose arithmetic holds is taken.

Pure: measured amounts of orders go in, a verdict comes out. Goods of an order, before what was
taken off it as a whole, can be had in up to three ways: from its lines, from what it says its goods
come to, and from its total less what stands beside goods. A reading says what the columns mean; it
holds for an order where all of these ways come to the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from itertools import product

# Each line may have been rounded on its own.
ROUNDING = Decimal("0.0051")
_EXAMPLES = 5
# What holds for fewer orders is no reading.
HOLDS = 0.5
ZERO = Decimal(0)


@dataclass(frozen=True)
class OrderAmounts:
    """What the columns of an order say; None where there is no such column, or no value.

    Attributes:
        key: The order's number.
        line_count: Its lines.
        net: Sum of what its lines come to by their own word.
        by_unit: Sum of quantity × price, the price taken for that of one.
        by_line: Sum of prices, each taken for that of its whole line.
        line_discount: What was taken off lines.
        goods: What the order says that its goods come to.
        discount: What was taken off it as a whole.
        shipping: Postage.
        tax: Tax.
        tip: Tip.
        total: What it says it all comes to.
    """

    key: str
    line_count: int = 1
    net: Decimal | None = None
    by_unit: Decimal | None = None
    by_line: Decimal | None = None
    line_discount: Decimal | None = None
    goods: Decimal | None = None
    discount: Decimal | None = None
    shipping: Decimal | None = None
    tax: Decimal | None = None
    tip: Decimal | None = None
    total: Decimal | None = None


@dataclass(frozen=True)
class Reading:
    """What the columns mean; the defaults are what they usually do.

    Attributes:
        price_is_line: A line's price holds for all of its units.
        is_line_discount_in: Prices of lines are after the discount that stands beside them.
        is_discount_in_lines: Lines are after what was taken off the order as a whole; where they
            have discounts of their own, after these, which are part of that.
        is_discount_in_goods: The goods of an order are after what was taken off it.
        is_tax_in: Amounts of goods have tax in them.
        is_total_without_shipping: The total of an order leaves postage and tips out.
    """

    price_is_line: bool = False
    is_line_discount_in: bool = False
    is_discount_in_lines: bool = False
    is_discount_in_goods: bool = False
    is_tax_in: bool = False
    is_total_without_shipping: bool = False


# What a person may say of them → a field, and what it is then.
WORDS: Mapping[str, tuple[str, bool]] = {
    "price-of-one": ("price_is_line", False),
    "price-of-line": ("price_is_line", True),
    "prices-before-discount": ("is_line_discount_in", False),
    "prices-after-discount": ("is_line_discount_in", True),
    "lines-before-discount": ("is_discount_in_lines", False),
    "lines-after-discount": ("is_discount_in_lines", True),
    "goods-before-discount": ("is_discount_in_goods", False),
    "goods-after-discount": ("is_discount_in_goods", True),
    "tax-on-top": ("is_tax_in", False),
    "tax-included": ("is_tax_in", True),
    "total-with-shipping": ("is_total_without_shipping", False),
    "total-without-shipping": ("is_total_without_shipping", True),
    # No fields of a reading: whose an amount is, and that amounts do not add up.
    "total-of-order": ("is_total_of_row", False),
    "total-of-row": ("is_total_of_row", True),
    "as-they-stand": ("is_as_it_stands", True),
}
# Nobody is asked whether a total has postage in it: it has, unless sums say otherwise.
_NOT_ASKED = {"is_total_without_shipping"}


@dataclass(frozen=True)
class Verdict:
    """The reading that was taken, and what speaks for it.

    Attributes:
        reading: The reading.
        compared: Orders whose goods can be had in more than one way.
        agreeing: Those for which it holds.
        exceptions: Numbers of some for which it does not.
        doubts: Fields of the reading that nothing decided though they matter.
    """

    reading: Reading
    compared: int
    agreeing: int
    exceptions: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Share of the compared orders for which the reading holds."""
        return self.agreeing / self.compared if self.compared else 0.0


def decide(
    orders: Sequence[OrderAmounts],
    usual: Reading | None = None,
    said: Mapping[str, bool] | None = None,
) -> Verdict:
    """The reading that holds for the most orders; of those that hold for as many the most usual.

    Args:
        orders: Measured orders.
        usual: What is taken where nothing decides.
        said: Fields that are known, and what they are: no other reading is tried.
    """
    usual = replace(usual or Reading(), **(said or {}))
    told = {name for name in vars(usual) if _is_told(orders, name)}
    tried = _readings(usual, told - (said or {}).keys())
    held = {reading: sum(_holds(order, reading) for order in orders) for reading in tried}
    best = max(held.values())
    taken = next(reading for reading in tried if held[reading] == best)
    compared = [order for order in orders if len(ways(order, taken)) > 1]
    exceptions = [order.key for order in compared if not _holds(order, taken)]
    rivals = [reading for reading in tried if held[reading] == best]
    return Verdict(
        taken,
        len(compared),
        len(compared) - len(exceptions),
        tuple(exceptions[:_EXAMPLES]),
        _doubts(orders, taken, rivals),
    )


def ways(order: OrderAmounts, reading: Reading) -> list[Decimal]:
    """Goods of an order before the discount on the order, in each way that can be had."""
    discount = order.discount or ZERO
    found = []
    lines = _lines(order, reading)
    if lines is not None:
        found.append(lines + (_on_lines(order) if reading.is_discount_in_lines else ZERO))
    if order.goods is not None:
        found.append(order.goods + (discount if reading.is_discount_in_goods else ZERO))
    if order.total is not None:
        is_all = not reading.is_total_without_shipping
        beside = (order.shipping or ZERO) + (order.tip or ZERO) if is_all else ZERO
        beside += ZERO if reading.is_tax_in else order.tax or ZERO
        found.append(order.total - beside + discount)
    return found


def spend(order: OrderAmounts, reading: Reading) -> Decimal:
    """What the goods came to in the end, in the way that a draft takes."""
    found = ways(order, reading)
    return (found[0] if found else ZERO) - (order.discount or ZERO)


def _on_lines(order: OrderAmounts) -> Decimal:
    """How much of the discount on the order its lines tell too: all of it, if none has its own."""
    discount = order.discount or ZERO
    return discount if order.line_discount is None else min(order.line_discount, discount)


def _lines(order: OrderAmounts, reading: Reading) -> Decimal | None:
    if order.net is not None:
        return order.net
    amount = order.by_line if reading.price_is_line else order.by_unit
    if amount is None or reading.is_line_discount_in:
        return amount
    return amount - (order.line_discount or ZERO)


def _readings(usual: Reading, open_fields: Collection[str]) -> list[Reading]:
    """All readings that may be, those first that differ least from the usual one.

    What the orders say nothing about, or somebody has said, is as usual in all of them.
    """
    names = [field.name for field in fields(Reading)]
    choices = [(False, True) if name in open_fields else (getattr(usual, name),) for name in names]
    every = [Reading(**dict(zip(names, chosen, strict=True))) for chosen in product(*choices)]
    # A price of the whole line is after its discount, unless that is known otherwise.
    likely = [one for one in every if one.is_line_discount_in or not one.price_is_line]
    return sorted(likely or every, key=lambda reading: len(differences(reading, usual)))


def differences(one: Reading, other: Reading) -> list[str]:
    """Names of the fields in which two readings differ."""
    names = [field.name for field in fields(Reading)]
    return [name for name in names if getattr(one, name) != getattr(other, name)]


def _holds(order: OrderAmounts, reading: Reading) -> bool:
    found = ways(order, reading)
    allowed = ROUNDING * max(1, order.line_count)
    return len(found) > 1 and max(found) - min(found) <= allowed


def _doubts(
    orders: Sequence[OrderAmounts], taken: Reading, rivals: Iterable[Reading]
) -> tuple[str, ...]:
    """Fields on which the spend hangs, and which the rivals of the reading read otherwise."""
    doubtful: list[str] = []
    for rival in rivals:
        differing = [name for name in differences(rival, taken) if _is_told(orders, name)]
        if _NOT_ASKED & set(differing):
            continue
        is_else = any(abs(spend(order, rival) - spend(order, taken)) > ROUNDING for order in orders)
        # Two fields that differ are a doubt only if neither differs alone.
        if is_else and not set(differing) & set(doubtful):
            doubtful += differing[:1]
    return tuple(doubtful)


def _is_told(orders: Sequence[OrderAmounts], name: str) -> bool:
    """Whether the orders have what a field is about."""
    about: Mapping[str, Sequence[str]] = {
        "price_is_line": ("by_line",),
        "is_line_discount_in": ("line_discount", "by_line"),
        "is_discount_in_lines": ("discount",),
        "is_discount_in_goods": ("discount",),
        "is_tax_in": ("tax",),
        "is_total_without_shipping": ("shipping", "tip"),
    }
    return any(getattr(order, amount) for order in orders for amount in about[name])
