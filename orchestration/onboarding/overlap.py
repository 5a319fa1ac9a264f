"""Columns that refer to another table, told by their values: most are keys over there."""

from collections.abc import Mapping

from orchestration.onboarding.names import name_score
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import SCHEMA, Sample
from orchestration.onboarding.vocabulary import entity_words
from orchestration.quoting import identifier

# A column whose values are all keys of another table is worth this, a part of them less.
_WORTH = 0.8
# Fewer values agree by chance: every table has an id 1, 2, 3.
_ENOUGH_KEYS = 10
_KEYS = {
    "customers": "source_customer_id",
    "products": "source_product_id",
    "orders": "source_order_id",
}
# So much of a key column is distinct, and so much of a reference is found there.
_UNIQUE = 0.98
_FOUND = 0.5


def reference_worth(
    sample: Sample, profiles: Mapping[str, Mapping[str, ColumnProfile]]
) -> dict[tuple[str, str, str], float]:
    """What the values of (table, column) prove about being the contract column of that key."""
    worth: dict[tuple[str, str, str], float] = {}
    for entity, key in _KEYS.items():
        for home, name in _key_columns(entity, key, profiles):
            for table, columns in profiles.items():
                if table == home:
                    continue
                for profile in columns.values():
                    share = _found(sample, (home, name), profile)
                    if share >= _FOUND:
                        at = (table, profile.name, key)
                        worth[at] = max(worth.get(at, 0.0), _WORTH * share)
    return worth


def _key_columns(
    entity: str, key: str, profiles: Mapping[str, Mapping[str, ColumnProfile]]
) -> list[tuple[str, str]]:
    """Columns that are named like the key of an entity and hold each value once."""
    words = entity_words()[entity]
    return [
        (table, profile.name)
        for table, columns in profiles.items()
        for profile in columns.values()
        if profile.distinct >= max(_ENOUGH_KEYS, _UNIQUE * profile.filled)
        and name_score(profile.name, words.columns[key], words.tables) >= _WORTH
    ]


def _found(sample: Sample, home: tuple[str, str], profile: ColumnProfile) -> float:
    """Share of a column's distinct values that are keys; 0 for columns that hold no keys."""
    if profile.distinct < _ENOUGH_KEYS or profile.fit("key") < 1 or not profile.values:
        return 0.0
    table, key = f"{SCHEMA}.{identifier(home[0])}", identifier(home[1])
    ((found,),) = sample.connection.execute(
        f"select count(*) from (select unnest($1) as v) where v in "
        f"(select trim(cast({key} as varchar)) from {table})",
        [list(profile.values)],
    ).fetchall()
    return float(found) / len(profile.values)
