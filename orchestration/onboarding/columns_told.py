"""What columns without names are, told from what they hold.

Dates tell themselves, as do mailboxes and currencies. Amounts are told by arithmetic: quantity ×
price = line, parts = total. Keys are told by what they decide: all rows of an order have one day
and one customer, a customer has several days, a product is in several orders.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import combinations, permutations, product

from orchestration.onboarding.measured_amounts import amount_sql
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.same_values import SameValues
from orchestration.onboarding.sample import Sample, SampledTable

# What columns are called that are told.
ORDER, LINE, CUSTOMER, EMAIL, PHONE = "order_id", "line_number", "customer_id", "email", "phone"
DATE, STATUS, CURRENCY, PRODUCT = "order_date", "status", "currency", "sku"
CUSTOMER_NAME, PRODUCT_NAME = "customer_name", "product_name"
QUANTITY, PRICE, LINE_TOTAL, LINE_DISCOUNT = "quantity", "unit_price", "line_total", "discount"
SUBTOTAL, DISCOUNT, TOTAL, AMOUNT = "subtotal", "discount_amount", "total", "amount"
_BESIDE_GOODS = ("shipping", "tax", "tip")

_Sum = tuple[ColumnProfile, tuple[ColumnProfile, ...], tuple[int, ...]]
_SURELY = 0.98
# So many columns with numbers are tried with each other.
_MOST_NUMBERS = 8
_SMALL = 1_000
_CLEARLY = 2
# A column of words with fewer values than this share of all orders is no customer.
_FEWEST_CUSTOMERS = 0.25


class ColumnsTold:
    """What is told of the columns of a table.

    Attributes:
        names: Column → what it is called.
        doubts: What is needed and may be several columns, or none that is known, with them.
    """

    def __init__(self, sample: Sample, table: SampledTable, profiles: Mapping[str, ColumnProfile]):
        """Looks at a table."""
        self._profiles = {name: one for name, one in profiles.items() if one.filled}
        self._values = SameValues(sample.connection, table.relation)
        self.names: dict[str, str] = {}
        self.doubts: dict[str, tuple[str, ...]] = {}
        self._tell_by_themselves()
        self._tell_day()
        self._tell_products_of_numbers()
        if DATE in self.names.values():
            self._tell_keys()
            self._tell_amounts()

    def column(self, name: str) -> str:
        """The column that is called so; empty where none is."""
        return next((column for column, called in self.names.items() if called == name), "")

    def _left(self) -> list[str]:
        return [column for column in self._profiles if column not in self.names]

    def _tell_by_themselves(self) -> None:
        for name, looks in ((EMAIL, "email"), (CURRENCY, "currency"), (STATUS, "order_status")):
            found = [c for c in self._left() if self._is_plainly(c, looks)]
            if found:
                self.names[found[0]] = name
        phones = [c for c in self._left() if self._profiles[c].worth("phone")]
        if len(phones) == 1:
            self.names[phones[0]] = PHONE

    def _is_plainly(self, column: str, looks: str) -> bool:
        profile = self._profiles[column]
        if looks == "order_status":
            return profile.known(looks) > 1 / _CLEARLY and not profile.share(r"\d+")
        return profile.fit(looks) > _SURELY

    def _tell_day(self) -> None:
        """The day of an order is the earliest of its days; a birthday is years before it."""
        dated = [c for c in self._left() if _is_dated(self._profiles[c])]
        words = [c for c in dated if self._profiles[c].share(r"\d+") < _SURELY]
        dated = words or dated
        days = [self._profiles[c] for c in dated]
        order_days = [one for one in days if not self._values.is_years_before(one, days)]
        first = self._values.earliest(order_days)
        if first:
            self.names[first.name] = DATE
        else:
            self.doubts["the day of the order"] = tuple(dated)

    @cached_property
    def _numbers(self) -> list[ColumnProfile]:
        """Columns of numbers that are no times, and have no zeros in front."""
        found = [
            profile
            for profile in self._profiles.values()
            if profile.amount_style[1] > _SURELY
            and profile.name not in self.names
            and not profile.share(r"0\d+")
            and not profile.worth("phone")
        ]
        return found[:_MOST_NUMBERS]

    def _tell_products_of_numbers(self) -> None:
        """Quantity × price is the line, or so less its discount."""
        whole = [one for one in self._numbers if one.share(r"[+-]?\d+(?:[.,]0+)?") > _SURELY]
        for parts in (3, 4):
            tried = [
                (quantity, *others)
                for quantity in whole
                for others in permutations(self._numbers, parts - 1)
                if quantity not in others
            ]
            found = [one for one in tried if self._values.is_product(*map(amount_sql, one))]
            if found:
                best = min(found, key=lambda one: self._values.mean(amount_sql(one[0])))
                called = (QUANTITY, PRICE, LINE_TOTAL, LINE_DISCOUNT)
                self.names |= {one.name: name for one, name in zip(best, called, strict=False)}
                return

    def _tell_keys(self) -> None:
        keys = [c for c in self._left() if self._could_be_key(c)]
        day, email = self.column(DATE), self.column(EMAIL)
        whose = [day, *([email] if email else [])]
        rows = self._profiles[day].rows
        orders = [
            c
            for c in keys
            if self._profiles[c].filled == rows
            and all(self._values.decides(c, one) for one in whose)
        ]
        found = list(self._order_keys(orders, rows))
        for order in found:
            if self._tell_customer(order, [c for c in keys if c != order]):
                break
        else:
            order = found[0] if found else ""
        if not order:
            self.doubts["the number of the order"] = tuple(orders or keys)
            return
        if self._are_rivals(order, found):
            self.doubts["the number of the order"] = tuple(found)
        self.names[order] = ORDER
        self._tell_lines(order)

    def _could_be_key(self, column: str) -> bool:
        profile = self._profiles[column]
        return not _is_dated(profile) and not profile.share(r"[+-]?\d*[.,]\d{1,4}")

    def _order_keys(self, orders: list[str], rows: int) -> Iterator[str]:
        """Columns that may number orders, the likeliest first: those whose rows stand together."""
        repeated = [c for c in orders if self._profiles[c].distinct < rows]
        together = [c for c in repeated if self._values.stands_together(c)]
        yield from sorted(together, key=lambda c: -self._profiles[c].distinct)
        single = [c for c in orders if self._profiles[c].distinct == rows]
        yield from sorted(single, key=lambda c: not self._values.is_running(c))

    def _are_rivals(self, order: str, found: list[str]) -> bool:
        """Whether another column could number the orders as well."""
        same = [
            c
            for c in found
            if self._profiles[c].distinct == self._profiles[order].distinct
            and self.names.get(c) is None
            and self._values.is_running(c) == self._values.is_running(order)
        ]
        return len(same) > 1

    def _tell_customer(self, order: str, keys: list[str]) -> bool:
        """The column that names an order's customer; a doubt where several may."""
        if self.column(EMAIL) or self.column(PHONE):
            return True
        orders = self._profiles[order].distinct
        of_order = [c for c in keys if self._values.decides(order, c) and self._is_varied(c)]
        numbers = {one.name for one in self._numbers if self._values.most(one) < _SMALL}
        of_order = [c for c in of_order if c not in numbers] or of_order
        codes = [c for c in of_order if self._profiles[c].share(r".*\d.*") > _SURELY]
        likely = codes or [
            c for c in of_order if self._profiles[c].distinct >= _FEWEST_CUSTOMERS * orders
        ]
        likely.sort(key=lambda c: -self._profiles[c].distinct)
        if not likely:
            self.doubts["the customer"] = tuple(of_order)
            return False
        best, *others = likely
        rivals = [
            c
            for c in others
            if self._profiles[c].distinct * _CLEARLY > self._profiles[best].distinct
        ]
        if rivals:
            self.doubts["the customer"] = (best, *rivals)
            return False
        self.doubts.pop("the customer", None)
        self.names[best] = CUSTOMER
        named = [c for c in of_order if self._is_name(c) and self._values.are_one(best, c)]
        self.names |= dict.fromkeys(named[:1], CUSTOMER_NAME) if best in codes else {}
        return True

    def _is_name(self, column: str) -> bool:
        """Whether its values look like names of people: two words, or a few signs of Chinese."""
        return self._profiles[column].share(r"\D+\s\D+|[^\x00-\x7f]{2,4}") > _SURELY

    def _is_varied(self, column: str) -> bool:
        return self._profiles[column].distinct > 1

    def _tell_lines(self, order: str) -> None:
        """Of columns that differ within an order: its lines' numbers and products."""
        if self._profiles[order].distinct == self._profiles[order].rows:
            return
        left = [c for c in self._left() if self._could_be_key(c)]
        for column in left:
            if self._values.counts_within(order, column):
                self.names[column] = LINE
                break
        numbers = {one.name for one in self._numbers if self._values.most(one) < _SMALL}
        items = [
            c
            for c in left
            if c not in self.names and c not in numbers and not self._values.decides(order, c)
        ]
        items.sort(key=lambda c: (-self._profiles[c].distinct, self._values.longest(c)))
        if items:
            best = items[0]
            same = [c for c in items[1:] if self._values.are_one(best, c)]
            self.names |= {best: PRODUCT, **dict.fromkeys(same[:1], PRODUCT_NAME)}

    def _tell_amounts(self) -> None:
        order = self.column(ORDER)
        if not order or self.column(LINE_TOTAL):
            return
        numbers = [one for one in self._numbers if one.name not in self.names]
        if self._profiles[order].distinct == self._profiles[order].rows:
            self._tell_totals(numbers)
            return
        of_lines = [one for one in numbers if not self._values.decides(order, one.name)]
        small = [one for one in of_lines if _is_count(one) and self._values.most(one) < _SMALL]
        money = [one for one in of_lines if one not in small]
        if len(money) == 1 and len(small) <= 1:
            self.names[money[0].name] = PRICE if small else AMOUNT
            self.names |= {one.name: QUANTITY for one in small}
        elif of_lines:
            self.doubts["the amount of a line"] = tuple(one.name for one in of_lines)

    def _tell_totals(self, numbers: list[ColumnProfile]) -> None:
        """Of orders a row each: the one amount, or the total that the others add up to."""
        money = [one for one in numbers if not _is_count(one)] or numbers
        if len(money) == 1:
            self.names[money[0].name] = TOTAL
        elif money and not self._tell_sum(money):
            self.doubts["the total"] = tuple(one.name for one in money)

    def _tell_sum(self, money: list[ColumnProfile]) -> bool:
        """Parts and total may change places where one is taken off: the total stands last."""
        for total, parts, signs in _sums(money):
            is_last = all(money.index(total) > money.index(part) for part in parts)
            told = list(zip(map(amount_sql, parts), signs, strict=True))
            if (is_last or min(signs) > 0) and self._values.is_sum(amount_sql(total), told):
                self._name_sum(total, dict(zip(parts, signs, strict=True)))
                return True
        return False

    def _name_sum(self, total: ColumnProfile, parts: Mapping[ColumnProfile, int]) -> None:
        added = [one for one, sign in parts.items() if sign > 0]
        added.sort(key=lambda one: -self._values.mean(amount_sql(one)))
        self.names[total.name] = TOTAL
        called = (SUBTOTAL, *_BESIDE_GOODS)
        self.names |= {one.name: name for one, name in zip(added, called, strict=False)}
        taken_off = [one for one, sign in parts.items() if sign < 0]
        self.names |= {one.name: DISCOUNT for one in taken_off[:1]}


def _sums(money: list[ColumnProfile]) -> Iterator[_Sum]:
    """What may be a total, with its parts and whether each is added or taken off."""
    for total in money:
        others = [one for one in money if one is not total]
        for count in range(len(others), 1, -1):
            for parts in combinations(others, count):
                for signs in product((1, -1), repeat=count):
                    yield total, parts, signs


def _is_dated(profile: ColumnProfile) -> bool:
    return profile.times is not None and profile.times.share > _SURELY


def _is_count(profile: ColumnProfile) -> bool:
    return profile.share(r"[+-]?\d+(?:[.,]0+)?") > _SURELY
