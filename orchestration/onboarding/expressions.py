"""SQL expressions that read a raw column as a contract column, as a person would write them."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import duckdb

from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.vocabulary import known_values
from orchestration.quoting import quoted

WIDTH = 100
_MONEY = "decimal(18, 4)"
_DOUBTFUL_YEAR = "%Y"


@dataclass(frozen=True)
class Expression:
    """How a value is read.

    Attributes:
        sql: As it stands in a model: SQL, with calls of macros in braces.
        check: The same as an argument of `unparsed_values`; None where reading cannot fail.
    """

    sql: str
    check: str | None = None


def _plain_sql(code: str, can_fail: bool) -> Expression:
    return Expression(code, f"'{code}'" if can_fail else None)


def _macro(call: str, can_fail: bool) -> Expression:
    return Expression(f"{{{{ {call} }}}}", call if can_fail else None)


def reference(name: str) -> str:
    """A column's name in SQL, quoted only where it must be."""
    plain = name.lower() if name.isascii() else name
    return plain if plain.isidentifier() and plain not in _reserved() else f'"{name}"'


@cache
def _reserved() -> frozenset[str]:
    with duckdb.connect() as connection:
        words = connection.execute(
            "select keyword_name from duckdb_keywords() "
            "where keyword_category in ('reserved', 'type_function')"
        ).fetchall()
    return frozenset(word for (word,) in words)


def time_expression(profile: ColumnProfile) -> Expression:
    """A time as it was written: a local clock's, or UTC where the value says so itself."""
    name = reference(profile.name)
    style = profile.times.style if profile.times else _DOUBTFUL_YEAR
    if style == "timestamp":
        is_date = profile.column.data_type == "date"
        return Expression(f"cast({name} as timestamp)" if is_date else name)
    if style == "zoned":
        return _macro(f"utc_of_instant('{name}')", can_fail=False)
    text = profile.column.is_text
    if style == "iso":
        return _plain_sql(f"try_cast({name} as timestamp)", can_fail=text)
    if style in ("seconds", "milliseconds"):
        return _macro(f"try_parse_epoch('{name}', '{style}')", can_fail=text)
    value = name if text else f"cast({name} as varchar)"
    if style == "instant":
        return _macro(f"try_parse_instant('{value}')", can_fail=text)
    if profile.times and profile.times.is_ambiguous:
        formats = f"'{style}', '{profile.times.other}'"
        return _macro(f"try_parse_undecided_time('{value}', {formats})", can_fail=text)
    return _macro(f"try_parse_time('{value}', '{style}')", can_fail=text)


def value_expression(profile: ColumnProfile, looks: str, data_type: str) -> Expression:
    """Any other value in the type of its contract column."""
    if data_type == "date":
        return _date(profile)
    if looks == "flag" or data_type == "boolean":
        return _flag(profile)
    if looks in ("gender", "event_kind"):
        return _word(profile, looks)
    if looks == "order_status":
        return _status(profile)
    if data_type == "varchar":
        return _text(profile, looks)
    return _number(profile, data_type)


def text_of(profile: ColumnProfile) -> str:
    """The trimmed text of a column, NULL where it is blank."""
    name = reference(profile.name)
    return f"nullif(trim({name}), '')" if profile.column.is_text else f"cast({name} as varchar)"


def _text(profile: ColumnProfile, looks: str) -> Expression:
    # Spreadsheets turn numbers with gaps into floating point: 17850.0 is customer 17850.
    if looks == "key" and profile.share(r"\d+\.0") > 0.5:
        inner = reference(profile.name)
        inner = f"trim({inner})" if profile.column.is_text else f"cast({inner} as varchar)"
        return Expression(f"nullif(regexp_replace({inner}, '\\.0$', ''), '')")
    if looks == "currency":
        return Expression(f"upper({text_of(profile)})")
    return Expression(text_of(profile))


def _date(profile: ColumnProfile) -> Expression:
    read = time_expression(profile)
    if profile.column.data_type == "date":
        return Expression(reference(profile.name))
    if read.sql.startswith("try_cast("):
        return _plain_sql(read.sql.replace(" as timestamp)", " as date)"), read.check is not None)
    return Expression(f"cast({read.sql} as date)", read.check)


def _number(profile: ColumnProfile, data_type: str) -> Expression:
    name = reference(profile.name)
    wanted = _MONEY if data_type.startswith("decimal") else data_type
    if not profile.column.is_text:
        return Expression(f"try_cast({name} as {wanted})")
    style, _ = profile.amount_style
    if style == "plain" or wanted != _MONEY:
        return _plain_sql(f"try_cast({name} as {wanted})", can_fail=True)
    if style == "either":
        return _macro(f"try_parse_undecided_amount('{name}')", can_fail=True)
    return _macro(f"try_parse_amount('{name}', '{style}')", can_fail=True)


def _flag(profile: ColumnProfile) -> Expression:
    name = f"lower({_plain(profile)})"
    known = known_values()["flag"]
    cases = "\n".join(_when(name, known[word], word) for word in ("true", "false"))
    return Expression(f"case\n{cases}\nend")


def _word(profile: ColumnProfile, kind: str) -> Expression:
    """The contract's word for each value that is known; others stay as they are."""
    name = f"lower({_plain(profile)})"
    found = {value.lower() for value in profile.values}
    cases = [
        _when(name, sorted(found.intersection(spellings)), word)
        for word, spellings in known_values()[kind].items()
        if found.intersection(spellings) - {word}
    ]
    if not cases:
        return Expression(name)
    return Expression("\n".join(["case", *cases, f"    else {name}", "end"]))


def _status(profile: ColumnProfile) -> Expression:
    """Everything counts as completed but what is known to be something else."""
    name = f"lower({_plain(profile)})"
    is_ascii = all(value.isascii() for value in profile.values)
    cases = [
        _when(name, [word for word in spellings if word.isascii() == is_ascii], meaning)
        for meaning, spellings in known_values()["order_status"].items()
        if meaning != "completed"
    ]
    return Expression("\n".join(["case", *cases, "    else 'completed'", "end"]))


def unknown_values(profile: ColumnProfile, kind: str) -> list[str]:
    """Values of a column that are in no list of known ones."""
    known = {word for spellings in known_values()[kind].values() for word in spellings}
    return [value for value in profile.values if value.lower() not in known]


def _plain(profile: ColumnProfile) -> str:
    name = reference(profile.name)
    return f"trim({name})" if profile.column.is_text else f"cast({name} as varchar)"


def _when(name: str, values: Iterable[str], meaning: str) -> str:
    result = meaning if meaning in ("true", "false") else f"'{meaning}'"
    listed = [quoted(value) for value in values]
    if len(listed) == 1:
        return f"    when {name} = {listed[0]} then {result}"
    line = f"    when {name} in ({', '.join(listed)}) then {result}"
    if len(line) <= WIDTH - 12:
        return line
    return f"    when {name} in (\n{_wrapped(listed)}\n    ) then {result}"


def _wrapped(listed: Sequence[str]) -> str:
    return textwrap.fill(
        ", ".join(listed), WIDTH - 20, initial_indent=" " * 8, subsequent_indent=" " * 8
    )
