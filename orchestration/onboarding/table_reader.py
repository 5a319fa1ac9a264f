"""Tables read as entities; `scores.py` says how sure each reading is."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from orchestration.errors import PortraitError
from orchestration.onboarding.customer_keys import is_mailbox_of_customers
from orchestration.onboarding.formats import Format, format_of
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.names import bare_names, name_score
from orchestration.onboarding.overlap import reference_worth
from orchestration.onboarding.profile import ColumnProfile, profile_table
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.onboarding.scores import FLOOR, THRESHOLD, assigned, confidence, entity_score
from orchestration.onboarding.vocabulary import CUSTOMER_KEY, entity_words, squeezed
from orchestration.quoting import code_span

_SELLING = ("orders", "order_lines")
# Columns of an order that say when it became what it is.
_CHANGES = ("updated_at", "cancelled_at")
# A name that the user gives a column is a known one.
_SAID = 0.95
_SUCH_AS = ("order_id", "customer_id", "order_date", "product_id", "quantity", "unit_price")
# Two people may share a name: beside mailboxes it is worth this as a key.
_BESIDE_MAILBOXES = 0.5
_NEARLY_ALL = 0.9
_EACH_ONES_OWN = 0.5
# So many columns are tried as an order's total, beside the best-named.
_MOST_TOTALS = 4


class TableReader:
    """Reads tables as entities."""

    def __init__(self, sample: Sample) -> None:
        """Looks at every column of the sample once."""
        self._profiles = {table.name: profile_table(sample, table) for table in sample.tables}
        self._worth = reference_worth(sample, self._profiles)
        self._said = {table.name: _meanings(sample, table) for table in sample.tables}
        self._bare = {name: bare_names(list(found)) for name, found in self._profiles.items()}

    def profiles(self, table: SampledTable) -> Iterable[ColumnProfile]:
        """The columns of a table."""
        return self._profiles[table.name].values()

    def read(
        self, table: SampledTable, entity: str, without: frozenset[str] = frozenset()
    ) -> EntityGuess:
        """The table read as an entity, however badly it fits.

        Args:
            table: The table.
            entity: The entity.
            without: Columns of the table that are something else.
        """
        known = format_of(column.name for column in table.columns)
        if known:
            found = self._read_format(table, entity, known, without)
        else:
            found = self._read_names(table, entity, without)
        return self._as_said(found, without) if self._said.get(table.name) else found

    def _read_names(self, table: SampledTable, entity: str, without: frozenset[str]) -> EntityGuess:
        words = entity_words()[entity]
        candidates = [
            ColumnGuess(column, profile, self._confidence(table, entity, column, profile))
            for column in words.columns
            for profile in self._profiles[table.name].values()
            if profile.name not in without
        ]
        taken = assigned([c for c in candidates if c.confidence >= FLOOR], words)
        columns = {name: found for name, found in taken.items() if found.confidence >= THRESHOLD}
        doubtful = {name: found for name, found in taken.items() if found.confidence < THRESHOLD}
        score = entity_score(words, table, columns)
        return EntityGuess(entity, table, score, columns, doubtful)

    def _as_said(self, found: EntityGuess, without: frozenset[str]) -> EntityGuess:
        """The reading with the columns that the user has named."""
        words, said = entity_words()[found.entity], self._said[found.table.name]
        kept, doubtful = (
            {name: one for name, one in columns.items() if one.profile.name not in said}
            for columns in (found.columns, found.doubtful)
        )
        for name, meaning in said.items():
            profile = self._profiles[found.table.name].get(name)
            for column, known in words.columns.items():
                is_meant = name_score(meaning, known, words.tables) >= _SAID
                if profile and profile.name not in without and is_meant:
                    kept[column] = ColumnGuess(column, profile, 1.0)
                    doubtful.pop(column, None)
        score = entity_score(words, found.table, kept) if kept else 0.0
        return replace(found, confidence=score, columns=kept, doubtful=doubtful)

    def _confidence(
        self, table: SampledTable, entity: str, column: str, profile: ColumnProfile
    ) -> float:
        bare = self._bare[table.name][profile.name]
        sure = confidence(table, entity, column, profile, self._worth, bare)
        if column == "source_order_id" and profile.full_names:
            return 0.0  # No shop numbers its orders by people.
        if column == CUSTOMER_KEY and profile.full_names and self._has_mailboxes(table, profile):
            return round(_BESIDE_MAILBOXES * sure, 2)
        return sure

    def _has_mailboxes(self, table: SampledTable, names: ColumnProfile) -> bool:
        """Whether nearly all who have a name there have a mailbox of their own beside it."""
        return any(
            is_mailbox_of_customers(one)
            and one.filled >= _NEARLY_ALL * names.filled
            and one.distinct >= _EACH_ONES_OWN * names.distinct
            for one in self._profiles[table.name].values()
        )

    def _read_format(
        self, table: SampledTable, entity: str, known: Format, without: frozenset[str]
    ) -> EntityGuess:
        """The table read as its format says.

        What it does not name is not used, unless it says when an order was changed or cancelled.
        """
        words = entity_words()[entity]
        by_name = {squeezed(name): profile for name, profile in self._profiles[table.name].items()}
        columns = {}
        for column, names in known.columns.get(entity, {}).items():
            named = [by_name.get(squeezed(name)) for name in names]
            found = [
                profile
                for profile in named
                if profile
                and profile.name not in without
                and _can_hold(profile, words.columns[column].looks)
            ]
            if found:
                sql = known.sql.get(entity, {}).get(column, "")
                columns[column] = ColumnGuess(column, found[0], 1.0, sql)
        if entity == "orders" and columns:
            columns = {**self._changes(table, columns), **columns}
        score = entity_score(words, table, columns) if columns else 0.0
        return EntityGuess(entity, table, score, columns, {}, rows=known.rows.get(entity, ""))

    def _changes(
        self, table: SampledTable, columns: Mapping[str, ColumnGuess]
    ) -> dict[str, ColumnGuess]:
        used = frozenset(one.profile.name for one in columns.values())
        found = self._read_names(table, "orders", used).columns
        told = {name: found[name] for name in _CHANGES if name in found}
        return {name: one for name, one in told.items() if one.confidence >= _SAID}

    def best(self, table: SampledTable, entities: Iterable[str]) -> EntityGuess:
        """What a table is before all: of a known export its orders or lines, where it has some."""
        readings = {entity: self.read(table, entity) for entity in entities}
        selling = [readings[name] for name in _SELLING if name in readings]
        if format_of(column.name for column in table.columns) and any(
            one.confidence for one in selling
        ):
            return max(selling, key=lambda reading: reading.confidence)
        best = max(readings.values(), key=lambda reading: reading.confidence)
        if best.entity == "products":
            best = self._sold(readings) or best
        if best.confidence and best.entity != "customers":
            return best
        return self._lines_of_nothing(readings) or self._sales_sheet(readings) or best

    @staticmethod
    def _sold(readings: Mapping[str, EntityGuess]) -> EntityGuess | None:
        """Who bought what, when and how many: no list of products, however much it says of them."""
        orders, lines = readings.get("orders"), readings.get("order_lines")
        if not (orders and lines and orders.confidence and lines.confidence):
            return None
        who = all(
            orders.has(one) for one in ("source_order_id", "source_customer_id", "ordered_at")
        )
        what = all(lines.has(one) for one in ("source_product_id", "quantity"))
        return lines if who and what else None

    @staticmethod
    def _lines_of_nothing(readings: Mapping[str, EntityGuess]) -> EntityGuess | None:
        """Orders whose lines have amounts and name no product: no list of customers."""
        orders, lines = readings.get("orders"), readings.get("order_lines")
        if not (orders and lines and orders.confidence and orders.has("source_order_id")):
            return None
        return orders if lines.has("quantity", "unit_price", "net_amount") else None

    def _sales_sheet(self, readings: Mapping[str, EntityGuess]) -> EntityGuess | None:
        """Lines of orders without a number: who bought what and when, a row each."""
        orders, lines = readings.get("orders"), readings.get("order_lines")
        if not (orders and lines) or "source_order_id" in lines.columns:
            return None
        if not (orders.has("source_customer_id") and orders.has("ordered_at")):
            return None
        words = entity_words()["order_lines"]
        needs = tuple(need for need in words.needs if "source_order_id" not in need)
        score = entity_score(replace(words, needs=needs), lines.table, lines.columns)
        return replace(lines, confidence=score) if score else None

    def other_totals(self, chosen: Mapping[str, EntityGuess]) -> list[ColumnGuess]:
        """Columns of the orders' table that may be their total, and are nothing else."""
        orders = chosen.get("orders")
        if orders is None or format_of(column.name for column in orders.table.columns):
            return []
        used = {
            found.profile.name
            for entity in chosen.values()
            if entity.table.name == orders.table.name
            for found in entity.columns.values()
        }
        column = "total_amount"
        found = [
            ColumnGuess(column, profile, self._confidence(orders.table, "orders", column, profile))
            for profile in self._profiles[orders.table.name].values()
            if profile.name not in used
        ]
        likely = [one for one in found if one.confidence >= FLOOR]
        return sorted(likely, key=lambda one: -one.confidence)[:_MOST_TOTALS]

    def without_customer(self, table: SampledTable) -> str:
        """Why a table of orders is none, if it is that nobody in it is a customer; else empty."""
        found = self.read(table, "orders").columns
        has_money = any(name in found for name in ("total_amount", "goods_amount"))
        if "source_customer_id" in found or "ordered_at" not in found:
            return ""
        if not (has_money or "source_order_id" in found):
            return ""
        taken = ", ".join(f"{column} ← {one.profile.name}" for column, one in found.items())
        masked = [
            profile.name
            for profile in self._profiles[table.name].values()
            if profile.is_masked and _could_be_customer(profile)
        ]
        told = f"{code_span(table.origin)} has orders ({taken}), but no column names a customer"
        if masked:
            return (
                f"{told}: {', '.join(masked)} is masked, and many share what is left of it; who is "
                "the customer? Export whole numbers, or name another column: which?"
            )
        return f"{told}: which column is it, or which export has one?"

    def check_said(self) -> None:
        """Sees that what the user says of columns can be understood.

        Raises:
            PortraitError: A column is not there, or what it shall be is nothing that one can be.
        """
        told = {pair for said in self._said.values() for pair in said.items()}
        there = [name for profiles in self._profiles.values() for name in profiles]
        if unknown := sorted({name for name, _ in told} - set(there)):
            near = difflib.get_close_matches(unknown[0], there, n=3, cutoff=0.4) or there
            raise PortraitError(
                f"--columns names {', '.join(unknown)}, which no table has.",
                f"Write MEANING=COLUMN with a column that is there, such as {', '.join(near[:9])}.",
            )
        known = sorted({name for words in entity_words().values() for name in words.columns})
        if unknown := sorted({one for _, one in told if not _is_meaning(one)}):
            near = [*difflib.get_close_matches(unknown[0], known, n=3), *_SUCH_AS]
            raise PortraitError(
                f"--columns says {', '.join(unknown)}, which is nothing that a column can be.",
                f"Write MEANING=COLUMN with a meaning such as {', '.join(dict.fromkeys(near))}.",
            )


def _is_meaning(said: str) -> bool:
    """Whether what the user says is what some column of some entity is called."""
    return any(
        name_score(said, known, words.tables) >= _SAID
        for words in entity_words().values()
        for known in words.columns.values()
    )


def _meanings(sample: Sample, table: SampledTable) -> dict[str, str]:
    """Column → what the user says that it is."""
    meanings = {}
    for said in sample.answers.columns:
        place, _, pair = said.rpartition(":") if ":" in said.partition("=")[0] else ("", "", said)
        meaning, is_pair, column = pair.partition("=")
        if is_pair and place in ("", table.name, table.origin):
            meanings[column.strip()] = meaning.strip()
    return meanings


def _can_hold(profile: ColumnProfile, looks: str) -> bool:
    """Whether a column that a format names holds what it says.

    Kinds of events may be any words, and ids of browsers look like fractions.
    """
    if looks in ("event_kind", "key"):
        return profile.filled > 0 and not profile.is_masked
    return profile.fit(looks) >= THRESHOLD


def _could_be_customer(profile: ColumnProfile) -> bool:
    words = entity_words()["orders"]
    return name_score(profile.name, words.columns["source_customer_id"], words.tables) > 0
