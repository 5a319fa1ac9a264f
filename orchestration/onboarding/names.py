"""How well a name is known: 1 for a known name, less for a part of one, 0 for none."""

import difflib
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache

from orchestration.onboarding.vocabulary import ColumnWords, entity_words, squeezed, words_of

# What a key has behind the name of what it numbers: `Bonnr`, `receipt_ref`.
_NUMBERED = re.compile("(nr|no|num|nummer|number|code|ref|id)$")
_ALSO = 0.75
_WITHOUT_TABLE = 0.95
_TYPO = 0.65
_SHORTEST_TYPO = 6
_NEAR = 0.9
# What so many of a table's columns begin or end with says nothing of any of them.
_SHARED = 0.75
_FEWEST_SHARING = 3
_LONGEST_AFFIX = 3


def name_score(name: str, known: ColumnWords, tables: Iterable[str]) -> float:
    """How well a column's name is known for a contract column.

    1.0: it is one of the known names. 0.95: it is one once the entity's own words are left out
    (`order_date` in orders), or a key's without its `nr`. 0.75 of that: it may mean the column.
    0.55–0.9: a known name is a part of it, by the share of words, and no word speaks against it.
    0.65: it differs by a letter.
    """
    words = tuple(sorted(tables))
    exact = max(_exact(name, known.names, words), _ALSO * _exact(name, known.also, words))
    if not exact and known.looks == "key":
        exact = _WITHOUT_TABLE * _exact(_NUMBERED.sub("", squeezed(name)), known.names, words)
    if exact or is_unlike(name, known):
        return exact
    return max((_part(name, word) for word in known.names), default=0.0)


def is_name_of(name: str, known: ColumnWords, tables: Iterable[str]) -> bool:
    """Whether it is one of the known names, or may be one; parts and misspellings are not."""
    words = tuple(sorted(tables))
    return bool(_exact(name, known.names, words) or _exact(name, known.also, words))


def bare_names(names: Collection[str]) -> dict[str, str]:
    """The names without what most of them begin or end with: `ext_email_v2` is an e-mail address.

    Words that mean something stay: `order_date` among columns of orders is the date of the order.
    """
    bare = {name: unspoilt(name) for name in names}
    for _ in range(_LONGEST_AFFIX):
        for pattern in (r"^[\W_]*{}[\W_]*", r"[\W_]*{}[\W_]*$"):
            position = 0 if pattern.startswith("^") else -1
            affix = _shared_affix(list(bare.values()), pattern, position)
            if affix:
                taken_off = re.compile(pattern.format(re.escape(affix)), re.IGNORECASE)
                bare = {name: taken_off.sub("", left) or left for name, left in bare.items()}
    return bare


def unspoilt(name: str) -> str:
    """A name as it was before somebody read its UTF-8 as Western text: `StÃ¼ck` is `Stück`."""
    try:
        return name if name.isascii() else name.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return name


def _shared_affix(names: Sequence[str], pattern: str, position: int) -> str:
    """A first or last word that most of the names have and that means nothing by itself."""
    words = {found[position] for name in names if len(found := words_of(name)) > 1}
    counts = {
        word: sum(
            re.search(pattern.format(re.escape(word)), name, re.IGNORECASE) is not None
            and squeezed(name) != word
            for name in names
        )
        for word in sorted(words - _telling_words())
        if len(word) > 1
    }
    best = max(counts, key=lambda word: (counts[word], len(word)), default="")
    enough = max(_FEWEST_SHARING, _SHARED * len(names))
    return best if best and counts[best] >= enough else ""


@cache
def _telling_words() -> frozenset[str]:
    """Words that are names of tables or columns, or parts of such names."""
    names = [word for entity in entity_words().values() for word in entity.tables]
    for entity in entity_words().values():
        for column in entity.columns.values():
            names += [*column.names, *column.also, *column.unlike]
    return frozenset(word for name in names for word in (squeezed(name), *words_of(name)))


def is_unlike(name: str, known: ColumnWords) -> bool:
    """Whether a word of a name speaks against it."""
    words = words_of(name)
    return any(word in words or (not word.isascii() and word in name) for word in known.unlike)


def table_score(name: str, tables: Iterable[str]) -> float:
    """Whether a table's name says that it is an entity: 1.0 the whole name, 0.7 a word of it."""
    words = words_of(name)
    joined = " ".join(words)
    best = 0.0
    for known in tables:
        if known in (joined, joined.rstrip("s")):
            return 1.0
        if known.isascii():
            contained = f" {known} " in f" {joined} " or f" {known.rstrip('s')} " in f" {joined} "
            best = max(best, 0.7 if contained else 0.0)
    return best


@lru_cache(maxsize=100_000)
def _exact(name: str, known: frozenset[str], tables: tuple[str, ...]) -> float:
    known_squeezed = {squeezed(word) for word in known}
    if squeezed(name) in known_squeezed:
        return 1.0
    words = words_of(name)
    own = {word for table in tables for word in words_of(table)}
    left = "".join(word for word in words if word not in own)
    return _WITHOUT_TABLE if left and left != squeezed(name) and left in known_squeezed else 0.0


@lru_cache(maxsize=100_000)
def _part(name: str, known: str) -> float:
    words, parts = words_of(name), words_of(known)
    if name.isascii():
        at = [words[i : i + len(parts)] == parts for i in range(len(words))]
        # The last words say what a thing is: `shipping city` is a city, `city tax` is none.
        if any(at) and words[-len(parts) :] == parts:
            return 0.5 + 0.4 * len(parts) / len(words)
    elif len(known) > 1 and known in name and len(known) * 2 >= len(name):
        return 0.5 + 0.4 * len(known) / len(name)
    if len(squeezed(known)) >= _SHORTEST_TYPO:
        near = difflib.SequenceMatcher(None, squeezed(name), squeezed(known))
        if near.real_quick_ratio() >= _NEAR and near.ratio() >= _NEAR:
            return _TYPO
    return 0.0
