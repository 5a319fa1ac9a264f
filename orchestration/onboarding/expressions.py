"""SQL expressions that read a raw column as a contract column, as a person would write them."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import duckdb

from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.times import SPELT
from orchestration.onboarding.vocabulary import known_values, status_word
from orchestration.quoting import quoted

WIDTH = 100
_MONEY = "decimal(18, 4)"
_DOUBTFUL_YEAR = "%Y"
# What more than so many values of a column are, it is.
_MOSTLY = 0.5


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


def elements(lists: str) -> str:
    """The elements of lists that are JSON text, as SQL; NULL where it is none."""
    return f"try_cast({lists} as json[])"


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
    written = _written_time(profile)
    if not (profile.times and profile.times.clock):
        return written
    # Who knows the day alone counts all the same; at which hour, nobody knows then.
    clock = clock_expression(profile.times.clock).sql
    whole = f"cast({written.sql} as date)\n    + coalesce({clock}, time '00:00:00')"
    return Expression(whole, written.check)


def clock_expression(column: str) -> Expression:
    """A time of day that stands in a column of its own."""
    return _macro(f"try_parse_clock('{reference(column)}')", can_fail=True)


def _written_time(profile: ColumnProfile) -> Expression:
    name = reference(profile.name)
    style = profile.times.style if profile.times else _DOUBTFUL_YEAR
    if style == "timestamp":
        is_date = profile.column.data_type == "date"
        return Expression(f"cast({name} as timestamp)" if is_date else name)
    if style == "zoned":
        return _macro(f"utc_of_instant('{name}')", can_fail=False)
    text = profile.column.is_text
    if style in ("seconds", "milliseconds", "microseconds"):
        return _macro(f"try_parse_epoch('{name}', '{style}')", can_fail=text)
    value = name if text else f"cast({name} as varchar)"
    if profile.times and profile.times.is_ambiguous:
        formats = f"'{style.removeprefix(SPELT)}', '{profile.times.other.removeprefix(SPELT)}'"
        return _macro(
            f"try_parse_undecided_time({_written(value, style)}, {formats})", can_fail=text
        )
    first = _parsed_time(value, style)
    if not (profile.times and profile.times.also):
        return _macro(first, can_fail=text)
    second = _parsed_time(value, profile.times.also)
    both = f"coalesce(\n    {{{{ {first} }}}},\n    {{{{ {second} }}}}\n)"
    return Expression(both, f"'coalesce(' ~ {first} ~ ', ' ~ {second} ~ ')'")


def _parsed_time(value: str, style: str) -> str:
    """The call that reads a text in a style."""
    if style in ("iso", "instant"):
        return f"try_parse_{style}('{value}')"
    return f"try_parse_time({_written(value, style)}, '{style.removeprefix(SPELT)}')"


def _written(value: str, style: str) -> str:
    """The argument of a macro: a text, put into digits where its style is one of words."""
    return f"spelt_time('{value}')" if style.startswith(SPELT) else f"'{value}'"


def value_expression(
    profile: ColumnProfile, looks: str, data_type: str, is_padded: bool = True
) -> Expression:
    """Any other value in the type of its contract column.

    Args:
        profile: The source column.
        looks: What its values look like.
        data_type: Type of the contract column.
        is_padded: Whether zeros in front of a number belong to it, if it is a key.
    """
    if data_type == "date":
        return _date(profile)
    if looks == "flag" or data_type == "boolean":
        return _flag(profile)
    if looks in ("gender", "event_kind"):
        return _word(profile, looks)
    if looks == "order_status":
        # What its words mean is data: the seed order_statuses.
        return Expression(text_of(profile))
    if data_type == "varchar":
        return _text(profile, looks, is_padded)
    return _number(profile, data_type)


def text_of(profile: ColumnProfile) -> str:
    """The trimmed text of a column, NULL where it is blank."""
    name = reference(profile.name)
    return f"nullif(trim({name}), '')" if profile.column.is_text else f"cast({name} as varchar)"


def _text(profile: ColumnProfile, looks: str, is_padded: bool) -> Expression:
    if looks == "key":
        return _key(profile, is_padded)
    if looks == "currency":
        return Expression(f"upper({text_of(profile)})")
    return Expression(text_of(profile))


def _key(profile: ColumnProfile, is_padded: bool) -> Expression:
    """A key compares without what a spreadsheet or a person's shift key has done to it."""
    name = reference(profile.name)
    value = name if profile.column.is_text else f"cast({name} as varchar)"
    if profile.fit("email") > _MOSTLY:
        return _macro(f"email_key('{value}')", can_fail=False)
    if profile.is_phone:
        return _macro(f"normalised_identifier('phone', '{value}')", can_fail=False)
    value = f"plain_key('{value}')" if profile.is_typed_wide else f"'{value}'"
    # Next to an empty cell 17850 becomes 17850.0, in this file or in the next.
    is_whole = "int" in profile.column.data_type
    if profile.share(r"\d+(\.0+)?") > _MOSTLY and not is_whole:
        padded = "" if is_padded else ", is_padded=false"
        return _macro(f"numeric_key({value}{padded})", can_fail=False)
    if profile.is_typed_wide:
        return Expression(f"nullif({{{{ {value} }}}}, '')")
    return Expression(text_of(profile))


def _date(profile: ColumnProfile) -> Expression:
    read = time_expression(profile)
    if profile.column.data_type == "date":
        return Expression(reference(profile.name))
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
    cases = "\n".join(when_flagged(profile, word, word) for word in ("true", "false"))
    return Expression(f"case\n{cases}\nend")


def when_flagged(profile: ColumnProfile, word: str, meaning: str) -> str:
    """The branch of a CASE for rows in which a column of yes and no says `true`, or `false`.

    All words are listed that are known to say so: a sample in which all have paid has no `nein`.
    """
    return _when(f"lower({_plain(profile)})", known_values()["flag"][word], meaning)


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


def unknown_values(profile: ColumnProfile, kind: str) -> list[str]:
    """Values of a column that are in no list of known ones."""
    known = {word for spellings in known_values()[kind].values() for word in spellings}
    spelt = status_word if kind == "order_status" else str.lower
    return [value for value in profile.values if spelt(value) not in known]


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
    return textwrap.indent(in_lines(listed, WIDTH - 28), " " * 8)


def in_lines(items: Iterable[str], width: int) -> str:
    """Names or values with commas between them, in lines that break between two of them only."""
    unbroken = ", ".join(item.replace(" ", "\x00") for item in items)
    filled = textwrap.fill(
        unbroken, width, expand_tabs=False, break_long_words=False, break_on_hyphens=False
    )
    return filled.replace("\x00", " ")
