"""Tables read as entities, and how sure each reading is.

- **column**: confidence = fit × max(name, worth). `fit` (0–1) is the share of the values that look
  as the contract column's values must, `name` (0–1) how well the name is known (`names.py`), and
  `worth` (0–1) what such values prove by themselves: an e-mail address needs no name. Of two
  sources for one contract column the surer one is taken, and a source column serves one contract
  column of an entity.
- **entity**: confidence = 0.5 × mean confidence of the columns it needs + 0.2 × min(1, other
  columns found / 3) + 0.3 × (the table's name says so). A table is what it scores highest as, if
  every column that the entity needs reaches the threshold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from orchestration.onboarding.formats import Format, format_of
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.names import bare_names, name_score, table_score
from orchestration.onboarding.overlap import reference_worth
from orchestration.onboarding.profile import ColumnProfile, profile_table
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.onboarding.vocabulary import CUSTOMER_KEY, EntityWords, entity_words, squeezed
from orchestration.quoting import code_span

THRESHOLD = 0.5
# What is below this is no candidate worth a line.
_FLOOR = 0.25
_ENOUGH_OTHERS = 3
# A column is taken for what it is surest to be, or for what is hardly less sure.
_CLEARLY = 0.2
_SELLING = ("orders", "order_lines")
_OF_CUSTOMERS = ("orders", "customers")
_MAILBOX = 0.8
# A name that the user gives a column is a known one.
_SAID = 0.95
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
        taken = _assign([c for c in candidates if c.confidence >= _FLOOR], words)
        columns = {name: found for name, found in taken.items() if found.confidence >= THRESHOLD}
        doubtful = {name: found for name, found in taken.items() if found.confidence < THRESHOLD}
        score = _entity_score(words, table, columns)
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
        score = _entity_score(words, found.table, kept) if kept else 0.0
        return replace(found, confidence=score, columns=kept, doubtful=doubtful)

    def _confidence(
        self, table: SampledTable, entity: str, column: str, profile: ColumnProfile
    ) -> float:
        bare = self._bare[table.name][profile.name]
        return _confidence(table, entity, column, profile, self._worth, bare)

    def _read_format(
        self, table: SampledTable, entity: str, known: Format, without: frozenset[str]
    ) -> EntityGuess:
        """The table read as its format says: what it does not name is not used."""
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
        score = _entity_score(words, table, columns) if columns else 0.0
        return EntityGuess(entity, table, score, columns, {}, rows=known.rows.get(entity, ""))

    def best(self, table: SampledTable, entities: Iterable[str]) -> EntityGuess:
        """What a table is before all: of a known export its orders or lines, where it has some."""
        readings = {entity: self.read(table, entity) for entity in entities}
        selling = [readings[name] for name in _SELLING if name in readings]
        if format_of(column.name for column in table.columns) and any(
            one.confidence for one in selling
        ):
            return max(selling, key=lambda reading: reading.confidence)
        best = max(readings.values(), key=lambda reading: reading.confidence)
        if best.confidence and best.entity != "customers":
            return best
        return self._lines_of_nothing(readings) or self._sales_sheet(readings) or best

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
        score = _entity_score(replace(words, needs=needs), lines.table, lines.columns)
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
        likely = [one for one in found if one.confidence >= _FLOOR]
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

    @property
    def unknown_columns(self) -> list[str]:
        """What the user says of columns that are not there."""
        there = {name for profiles in self._profiles.values() for name in profiles}
        return sorted({name for said in self._said.values() for name in said} - there)


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


def _confidence(
    table: SampledTable,
    entity: str,
    column: str,
    profile: ColumnProfile,
    worth: Mapping[tuple[str, str, str], float],
    bare_name: str = "",
) -> float:
    words = entity_words()[entity]
    known = words.columns[column]
    bare = bare_name or profile.name
    name = max(name_score(one, known, words.tables) for one in {profile.name, bare})
    alone = max(profile.worth(known.looks), worth.get((table.name, profile.name, column), 0.0))
    if column == CUSTOMER_KEY and entity in _OF_CUSTOMERS:
        # A mailbox is somebody, whatever it is called; what is named so is surer.
        alone = max(alone, _MAILBOX * profile.worth("email") * profile.fit("email"))
    evidence = max(name, alone)
    return round(profile.fit(known.looks) * evidence, 2) if evidence >= _FLOOR else 0.0


def _assign(candidates: list[ColumnGuess], words: EntityWords) -> dict[str, ColumnGuess]:
    """One source column for each contract column, the surest pairs first."""
    order = {column: position for position, column in enumerate(words.columns)}
    best: dict[str, float] = {}
    for found in candidates:
        if not words.columns[found.column].is_shared:
            name = found.profile.name
            best[name] = max(best.get(name, 0.0), found.confidence)
    taken: dict[str, ColumnGuess] = {}
    used: set[str] = set()
    for found in sorted(
        candidates, key=lambda c: (-c.confidence, order[c.column], -c.profile.filled)
    ):
        is_shared = words.columns[found.column].is_shared
        # What is surely a discount is no doubtful amount, though another column is the discount.
        is_other = found.confidence < best.get(found.profile.name, 0.0) - _CLEARLY
        if found.column in taken or is_other or (found.profile.name in used and not is_shared):
            continue
        taken[found.column] = found
        if not is_shared:
            used.add(found.profile.name)
    return taken


def _entity_score(
    words: EntityWords, table: SampledTable, columns: Mapping[str, ColumnGuess]
) -> float:
    """0 where a needed column is missing; otherwise as this module's first lines say."""
    needed = [
        max((columns[name].confidence for name in need if name in columns), default=0.0)
        for need in words.needs
    ]
    if not all(needed):
        return 0.0
    others = len(columns) - len(needed)
    if len(words.needs) == 1 and not others:
        return 0.0  # A column of ids says nothing about anybody.
    share = min(1.0, others / _ENOUGH_OTHERS)
    named = table_score(table.name, words.tables)
    return round(0.5 * sum(needed) / len(needed) + 0.2 * share + 0.3 * named, 2)
