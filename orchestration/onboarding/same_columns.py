"""Columns that a later file calls otherwise, because its export is in another language."""

from collections.abc import Mapping, Sequence

from orchestration.onboarding.names import is_name_of
from orchestration.onboarding.vocabulary import entity_words

# So much of what is missing must be known by name before the rest is told by its place.
_KNOWN = 0.5


def same_columns(declared: Sequence[str], found: Sequence[str]) -> dict[str, str]:
    """The columns of a file that are declared ones under another name.

    Two names are the same where the vocabulary takes both for one column of the contract, and no
    third. What it does not know is told by its place, where all that it knows stands in its own.

    Args:
        declared: The declared names, in their order.
        found: The file's, in their order.

    Returns:
        Name in the file → declared name, for all that is missing; nothing where one is doubtful.
    """
    there, known = ({name.lower() for name in names} for names in (found, declared))
    missing = [name for name in declared if name.lower() not in there]
    spare = [name for name in found if name.lower() not in known]
    pairs = _by_name(missing, spare)
    if len(pairs) < _KNOWN * len(missing):
        return {}
    left = [name for name in missing if name not in pairs]
    if left:
        pairs |= _by_place(declared, found, pairs, left)
    is_whole = len(pairs) == len(missing) == len(set(pairs.values()))
    return {name: one for one, name in pairs.items()} if is_whole else {}


def _by_name(missing: Sequence[str], spare: Sequence[str]) -> dict[str, str]:
    """Missing name → the only spare one that means the same, once others are taken."""
    meant = {name: _meanings(name) for name in {*missing, *spare}}
    open_pairs = {name: {one for one in spare if meant[name] & meant[one]} for name in missing}
    pairs: dict[str, str] = {}
    while single := {name: min(ones) for name, ones in open_pairs.items() if len(ones) == 1}:
        name, one = next(iter(single.items()))
        pairs[name] = one
        del open_pairs[name]
        open_pairs = {other: ones - {one} for other, ones in open_pairs.items()}
    return pairs


def _by_place(
    declared: Sequence[str], found: Sequence[str], pairs: Mapping[str, str], left: Sequence[str]
) -> dict[str, str]:
    """What stands in the places of names that mean nothing here; nothing where places differ."""
    place = {name.lower(): at for at, name in enumerate(found)}
    same = {**{name: name for name in declared if name.lower() in place}, **pairs}
    is_in_place = len(declared) == len(found) and all(
        place[one.lower()] == declared.index(name) for name, one in same.items()
    )
    if not is_in_place:
        return {}
    told = {name: found[declared.index(name)] for name in left}
    is_known = any(_meanings(name) or _meanings(one) for name, one in told.items())
    return {} if is_known else told


def _meanings(name: str) -> frozenset[tuple[str, str]]:
    """The columns of the contract that may be called so."""
    return frozenset(
        (entity, column)
        for entity, words in entity_words().items()
        for column, known in words.columns.items()
        if is_name_of(name, known, words.tables)
    )
