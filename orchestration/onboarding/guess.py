"""Which table is which input entity, and which column is which contract column.

Pure: a sample and the contract go in, guesses come out. How sure a guess is, is computed so:

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

from orchestration.onboarding.guessed import ColumnGuess, EntityGuess, Guess
from orchestration.onboarding.names import name_score, table_score
from orchestration.onboarding.overlap import reference_worth
from orchestration.onboarding.profile import ColumnProfile, profile_table
from orchestration.onboarding.questions import open_questions, without_undecided
from orchestration.onboarding.same_rows import add_descriptions, add_from_same_rows, add_purchases
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.onboarding.vocabulary import Contract, EntityWords, entity_words

THRESHOLD = 0.5
# What is below this is no candidate worth a line.
_FLOOR = 0.25
_ENOUGH_OTHERS = 3
# A column is taken for what it is surest to be, or for what is hardly less sure.
_CLEARLY = 0.2


class _Reader:
    """Reads tables as entities."""

    def __init__(self, sample: Sample) -> None:
        self._profiles = {table.name: profile_table(sample, table) for table in sample.tables}
        self._worth = reference_worth(sample, self._profiles)

    def read(
        self, table: SampledTable, entity: str, without: frozenset[str] = frozenset()
    ) -> EntityGuess:
        """The table read as an entity, however badly it fits.

        Args:
            table: The table.
            entity: The entity.
            without: Columns of the table that are something else.
        """
        words = entity_words()[entity]
        candidates = [
            ColumnGuess(column, profile, _confidence(table, entity, column, profile, self._worth))
            for column in words.columns
            for profile in self._profiles[table.name].values()
            if profile.name not in without
        ]
        taken = _assign([c for c in candidates if c.confidence >= _FLOOR], words)
        columns = {name: found for name, found in taken.items() if found.confidence >= THRESHOLD}
        doubtful = {name: found for name, found in taken.items() if found.confidence < THRESHOLD}
        score = _entity_score(words, table, columns)
        return EntityGuess(entity, table, score, columns, doubtful)


def guess(sample: Sample, contract: Contract) -> Guess:
    """Guesses the entities and columns of a sampled source."""
    reader = _Reader(sample)
    entities = [entity for entity in entity_words() if entity in contract.entities]
    mains = {
        table.name: max(
            (reader.read(table, entity) for entity in entities),
            key=lambda reading: reading.confidence,
        )
        for table in sample.tables
    }
    chosen = _choose(mains.values())
    add_from_same_rows(chosen, reader)
    add_purchases(chosen)
    add_descriptions(chosen, reader)
    used = {found.table.name for found in chosen.values()}
    ordered = {entity: without_undecided(chosen[entity]) for entity in entities if entity in chosen}
    return Guess(
        questions=open_questions(sample, ordered.values()),
        entities=ordered,
        unused={name: _told(mains[name]) for name in mains if name not in used},
        contract=contract,
        missing={
            entity: tuple(c for c in contract.guessable(entity) if not found.has(c))
            for entity, found in ordered.items()
        },
    )


def _confidence(
    table: SampledTable,
    entity: str,
    column: str,
    profile: ColumnProfile,
    worth: Mapping[tuple[str, str, str], float],
) -> float:
    known = entity_words()[entity].columns[column]
    name = name_score(profile.name, known, entity_words()[entity].tables)
    alone = max(profile.worth(known.looks), worth.get((table.name, profile.name, column), 0.0))
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


def _choose(mains: Iterable[EntityGuess]) -> dict[str, EntityGuess]:
    """The best table for each entity among those that are this entity before all."""
    chosen: dict[str, EntityGuess] = {}
    for reading in sorted(mains, key=lambda reading: -reading.confidence):
        if reading.confidence:
            chosen.setdefault(reading.entity, reading)
    return chosen


def _told(main: EntityGuess) -> str:
    if not main.confidence:
        return "looks like no entity of the contract"
    return f"looks like {main.entity} ({main.confidence:.2f}), which another table is surer to be"
