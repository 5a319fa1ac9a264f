"""How sure a reading of a table as an entity is.

- **column**: confidence = fit × max(name, worth). `fit` (0–1) is the share of the values that look
  as the contract column's values must, `name` (0–1) how well the name is known (`names.py`), and
  `worth` (0–1) what such values prove by themselves: an e-mail address needs no name. Of two
  sources for one contract column the surer one is taken, and a source column serves one contract
  column of an entity.
- **entity**: confidence = 0.5 × mean confidence of the columns it needs + 0.2 × min(1, other
  columns found / 3) + 0.3 × (the table's name says so). A table is what it scores highest as, if
  every column that the entity needs reaches the threshold.
"""

from collections.abc import Mapping

from orchestration.onboarding.guessed import ColumnGuess
from orchestration.onboarding.names import is_unlike, name_score, table_score
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import SampledTable
from orchestration.onboarding.vocabulary import CUSTOMER_KEY, EntityWords, entity_words

THRESHOLD = 0.5
# What is below this is no candidate worth a line.
FLOOR = 0.25
_ENOUGH_OTHERS = 3
# A column is taken for what it is surest to be, or for what is hardly less sure.
_CLEARLY = 0.2
_OF_CUSTOMERS = ("orders", "customers")
_MAILBOX = 0.8


def confidence(
    table: SampledTable,
    entity: str,
    column: str,
    profile: ColumnProfile,
    worth: Mapping[tuple[str, str, str], float],
    bare_name: str = "",
) -> float:
    """How sure it is that a source column is a contract column: 0 to 1.

    Args:
        table: Its table.
        entity: The entity as which the table is read.
        column: The contract column.
        profile: The source column.
        worth: (table, source column, contract column) → what references prove.
        bare_name: Its name without what all columns of the table begin or end with.
    """
    words = entity_words()[entity]
    known = words.columns[column]
    bare = bare_name or profile.name
    name = max(name_score(one, known, words.tables) for one in {profile.name, bare})
    proved = 0.0 if is_unlike(bare, known) else profile.worth(known.looks)
    alone = max(proved, worth.get((table.name, profile.name, column), 0.0))
    if column == CUSTOMER_KEY and entity in _OF_CUSTOMERS:
        # A mailbox is somebody, whatever it is called; what is named so is surer.
        alone = max(alone, _MAILBOX * profile.worth("email") * profile.fit("email"))
    evidence = max(name, alone)
    return round(profile.fit(known.looks) * evidence, 2) if evidence >= FLOOR else 0.0


def assigned(candidates: list[ColumnGuess], words: EntityWords) -> dict[str, ColumnGuess]:
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


def entity_score(
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
