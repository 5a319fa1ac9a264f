"""How alike two records are in each field: levels, from 0 (different) on; -1 is unknown."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from orchestration.identity.linkage.records import Field

# So much of the values of the rarer of two fields are values of the other: given name and surname.
_EXCHANGEABLE = 0.1
# By kind, from the closest on; {a} and {b} are the values, {a_coarse} … their coarse parts.
_LEVELS: Mapping[str, Sequence[str]] = {
    "date": (
        "{a} = {b}",
        "damerau_levenshtein({a}, {b}) <= 1 or "
        "(left({a}, 4) = left({b}, 4) and {a}[5:6] = {b}[7:8] and {a}[7:8] = {b}[5:6])",
        "damerau_levenshtein({a}, {b}) <= 2",
        "left({a}, 4) = left({b}, 4) or {a}[5:8] = {b}[5:8]",
    ),
    "number": (
        "{a} = {b}",
        "length({a}) > 2 and damerau_levenshtein({a}, {b}) <= 1",
        "length({a}) > 4 and damerau_levenshtein({a}, {b}) <= 2",
    ),
    "code": ("{a} = {b}", "damerau_levenshtein({a}, {b}) <= 1", "{a_coarse} = {b_coarse}"),
    "mail": (
        "{a} = {b}",
        "{a_coarse} = {b_coarse}",
        "jaro_winkler_similarity({a}, {b}) >= 0.92",
        "jaro_winkler_similarity({a_coarse}, {b_coarse}) >= 0.85",
    ),
    # Middle names, titles: in any order, and seldom all of them.
    "words": (
        "{a} = {b}",
        "list_has_any(string_split({a}, ' '), string_split({b}, ' '))",
        "jaro_winkler_similarity({a}, {b}) >= 0.85",
    ),
    "word": ("{a} = {b}", "damerau_levenshtein({a}, {b}) <= 1"),
    "text": (
        "{a} = {b}",
        "{exchanged}jaro_winkler_similarity({a}, {b}) >= 0.92",
        "jaro_winkler_similarity({a}, {b}) >= 0.85 or contains({a}, {b}) or contains({b}, {a})",
        "jaro_winkler_similarity({a}, {b}) >= 0.7",
    ),
}


def exchangeable(
    connection: duckdb.DuckDBPyConnection, fields: Sequence[Field]
) -> dict[Field, Field]:
    """Fields whose values are found in another, and so may have been written into it.

    Args:
        connection: With the table `prepared`.
        fields: Its fields.
    """
    found: dict[Field, Field] = {}
    for one, other in combinations([field for field in fields if field.kind == "text"], 2):
        ((common,),) = connection.execute(f"""
            select count(*) from (
                select {one.column} from prepared intersect select {other.column} from prepared
            )
        """).fetchall()
        if common > _EXCHANGEABLE * min(one.distinct, other.distinct):
            found.setdefault(one, other)
            found.setdefault(other, one)
    return found


def compare(
    connection: duckdb.DuckDBPyConnection,
    pairs: str,
    fields: Sequence[Field],
    exchanged: Mapping[Field, Field],
) -> dict[str, NDArray[Any]]:
    """Levels of pairs.

    Args:
        connection: With the table `prepared`.
        pairs: A relation of (first, other).
        fields: Its fields.
        exchanged: As `exchangeable` found them.

    Returns:
        `first` and `other`, the level of each field in its column, and in its share's the share of
        records with the first record's value: one number a pair, in order of the pairs.
    """
    levels = ", ".join(
        f"{_level(field, exchanged.get(field))} as {field.column}" for field in fields
    )
    shares = ", ".join(f"a.{field.share}" for field in fields)
    fetched = connection.execute(f"""
        select pairs.first, pairs.other, {levels}, {shares}
        from {pairs} as pairs
        join prepared as a on pairs.first = a.record
        join prepared as b on pairs.other = b.record
        order by pairs.first, pairs.other
    """).fetchnumpy()
    return {name: np.ma.filled(values, 1) for name, values in fetched.items()}


def equal_level(field: Field) -> int:
    """The level of two records that say the same."""
    return len(_LEVELS[field.kind])


def _level(field: Field, other: Field | None) -> str:
    exchanged = ""
    if other is not None:
        exchanged = (
            f"(a.{field.column} = b.{other.column} and a.{other.column} = b.{field.column}) or "
        )
    values = {
        "a": f"a.{field.column}",
        "b": f"b.{field.column}",
        "a_coarse": f"a.{field.coarse}",
        "b_coarse": f"b.{field.coarse}",
        "exchanged": exchanged,
    }
    conditions = _LEVELS[field.kind]
    cases = " ".join(
        f"when {condition.format(**values)} then {len(conditions) - number}"
        for number, condition in enumerate(conditions)
    )
    is_unknown = "{a} is null or {b} is null".format(**values)
    return f"cast(case when {is_unknown} then -1 {cases} else 0 end as bigint)"
