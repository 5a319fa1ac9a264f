"""How times are written: the style that reads the most values of a column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from orchestration.landing.written import INSTANT, ISO, reads_as
from orchestration.onboarding.answers import Answers
from orchestration.onboarding.vocabulary import spelt_formats, spelt_times, time_formats
from orchestration.quoting import identifier, quoted

_EPOCH_UNITS = {"seconds": (9, 10), "milliseconds": (12, 13), "microseconds": (15, 16)}
# Before the format of a time in words, as the macro `spelt_time` puts it into digits.
SPELT = "spelt "
# What stands before a year of two digits would be a year of the first century; nobody's orders are.
_EARLIEST = "timestamp '1900-01-01'"
# Formats in which day and month may be mistaken for each other.
_SWAPPED = {
    "%d/%m": "%m/%d",
    "%d-%m": "%m-%d",
}


@dataclass(frozen=True)
class TimeStyle:
    """How times are written.

    Attributes:
        style: `timestamp` (typed), `iso`, `instant` (ISO with an offset from UTC), `seconds`,
            `milliseconds`, `microseconds`, or a strptime format; with `SPELT` before it that of
            a time in words.
        share: Share of the values that it reads.
        has_time: Whether there is more than midnight.
        other: The format with day and month swapped, where it reads the values as well; empty:
            it does not.
        also: A second style, which reads all values that the first does not; empty: there is none.
        clock: The column with the time of day, where this one has the day alone; empty: none has.
    """

    style: str
    share: float
    has_time: bool
    other: str = ""
    also: str = ""
    clock: str = ""

    @property
    def is_ambiguous(self) -> bool:
        """Whether days and months could as well be swapped."""
        return bool(self.other)

    @property
    def is_utc(self) -> bool:
        """Whether the value says itself which instant it means."""
        return _is_utc(self.style)


def _is_utc(style: str) -> bool:
    return style in (*_EPOCH_UNITS, INSTANT, "zoned") or style.endswith("%z")


def typed_style(data_type: str, values: Sequence[str]) -> TimeStyle | None:
    """The style of a column that is of a time's type; none where it is of another."""
    if not data_type.startswith(("timestamp", "date")):
        return None
    has_time = any(" " in value and "00:00:00" not in value for value in values)
    return TimeStyle("zoned" if "time zone" in data_type else "timestamp", 1.0, has_time)


def epoch_style(values: Sequence[str]) -> TimeStyle | None:
    """Seconds and parts of them since 1970, where all numbers have as many digits as now."""
    for unit, digits in _EPOCH_UNITS.items():
        share = sum(
            value.isdigit() and len(value) in digits and value[0] in "123456789" for value in values
        ) / len(values)
        # Ten digits may be a phone number; epochs of one shop begin alike.
        if share > 0.9 and len({value[0] for value in values}) <= 2:
            return TimeStyle(unit, share, has_time=True)
    return None


def text_style(
    connection: duckdb.DuckDBPyConnection, values: Sequence[str], relation: str, column: str
) -> TimeStyle | None:
    """The style that reads the most of some values; none where no style reads one.

    Args:
        connection: Holds the relation.
        values: The most frequent values of the column.
        relation: All of the sample: whether day and month can be told apart, one value may decide.
        column: The column's name.
    """
    dated = [value for value in values if 6 <= len(value) <= 40 and re.search(r"\d", value)]
    if len(dated) * 2 < len(values):
        return None
    reads = {
        INSTANT: reads_as(INSTANT, "v"),
        # A cast would drop `-05:00` and `PM` without a word, so the form is looked at too.
        ISO: f"{reads_as(ISO, 'v')} and {_sane('try_cast(v as timestamp)')}",
        **{form: _sane(_read("v", form)) for form in time_formats()},
    }
    found, clocked = _counted(connection, reads, dated)
    if max(found.values()) < len(dated) and _is_in_words(connection, dated):
        spelt = {f"{SPELT}{form}": _sane(_read("s", form)) for form in spelt_formats()}
        reads |= spelt
        found_spelt, clocked_spelt = _counted(connection, spelt, dated)
        found |= found_spelt
        clocked = max(clocked, clocked_spelt)
    best = max(found, key=lambda style: found[style])
    if not found[best]:
        return None
    style = TimeStyle(best, found[best] / len(values), clocked > 0)
    style = _with_day_and_month(connection, style, relation, column)
    if style.is_ambiguous or found[best] == len(dated):
        return style
    also, share = _second(connection, style.style, reads, dated)
    return replace(style, also=also, share=style.share + share * len(dated) / len(values))


def _counted(
    connection: duckdb.DuckDBPyConnection, reads: Mapping[str, str], values: Sequence[str]
) -> tuple[dict[str, int], int]:
    """How many values each style reads, and in how many there is more than midnight."""
    counts = ", ".join(f"count(*) filter ({is_read})" for is_read in reads.values())
    shown = "s" if all(style.startswith(SPELT) for style in reads) else "v"
    ((clocked, *counted),) = connection.execute(
        f"select count(*) filter ({shown} ~ '.*[0-9]:[0-9].*' and {shown} !~ "
        f"'.*[ T]0?0:00(:00)?([.]0+)?'), {counts} from {_values()}",
        [values],
    ).fetchall()
    return dict(zip(reads, counted, strict=True)), clocked


def _is_in_words(connection: duckdb.DuckDBPyConnection, values: Sequence[str]) -> bool:
    ((differ,),) = connection.execute(
        f"select coalesce(bool_or(s <> v), false) from {_values()}", [values]
    ).fetchall()
    return bool(differ)


def _values() -> str:
    """The values `v`, and `s` as they are in digits."""
    return f"(select v, {spelt_time('v')} as s from (select unnest($1) as v))"


def spelt_time(value: str) -> str:
    """SQL: a time in words as the macro of this name puts it."""
    for pattern, instead in spelt_times():
        value = f"regexp_replace({value}, {quoted(pattern)}, {quoted(instead)}, 'gi')"
    return f"trim({value})"


def parsed(value: str, style: str) -> str:
    """SQL: a text read in a format, which may be that of times in words."""
    text = spelt_time(value) if style.startswith(SPELT) else value
    return _read(text, style.removeprefix(SPELT))


def _read(text: str, form: str) -> str:
    return f"try_strptime({text}, {quoted(form)})"


def _second(
    connection: duckdb.DuckDBPyConnection,
    first: str,
    reads: Mapping[str, str],
    values: Sequence[str],
) -> tuple[str, float]:
    """The style that reads what the first does not, as of two tills in one file; and its share.

    None where it leaves something over, or days and months in doubt.
    """
    is_left = f"not coalesce({reads[first]}, false)"
    counts = ", ".join(f"count(*) filter ({is_left} and {is_read})" for is_read in reads.values())
    ((left, *counted),) = connection.execute(
        f"select count(*) filter ({is_left}), {counts} from {_values()}", [values]
    ).fetchall()
    found = dict(zip(reads, counted, strict=True))
    whole = [one for one in reads if found[one] == left and _is_utc(one) == _is_utc(first)]
    is_doubtful = bool(whole) and found.get(_swapped(whole[0]) or "", 0) == left
    return ("", 0.0) if is_doubtful or not whole else (whole[0], left / len(values))


def decided(times: TimeStyle, answers: Answers) -> TimeStyle:
    """The style once it is said which of day and month comes first."""
    if not (times.is_ambiguous and answers.dates):
        return times
    is_swapped = (answers.dates == "month-first") != is_month_first(times.style)
    return replace(times, style=times.other if is_swapped else times.style, other="")


def is_month_first(style: str) -> bool:
    """Whether the month stands before the day."""
    return any(month_first in style for month_first in _SWAPPED.values())


def _with_day_and_month(
    connection: duckdb.DuckDBPyConnection, style: TimeStyle, relation: str, column: str
) -> TimeStyle:
    """The better of two formats that differ in day and month only; both where they are as good."""
    other = _swapped(style.style)
    if other is None:
        return style
    value = f"trim(cast({identifier(column)} as varchar))"
    reads = [_sane(parsed(value, form)) for form in (style.style, other)]
    counts = ", ".join(f"count(*) filter ({is_read})" for is_read in reads)
    ((as_it_is, swapped),) = connection.execute(f"select {counts} from {relation}").fetchall()
    if as_it_is == swapped:
        return replace(style, other=other)
    return style if as_it_is > swapped else replace(style, style=other)


def _swapped(form: str) -> str | None:
    for day_first, month_first in _SWAPPED.items():
        for one, other in ((day_first, month_first), (month_first, day_first)):
            if form.removeprefix(SPELT).startswith(one):
                return form.replace(one, other, 1)
    return None


def sampled_time(times: TimeStyle, column: str) -> str:
    """SQL: a time as it was written, read from a column of the sample; NULL where it is none."""
    value = f"trim(cast({identifier(column)} as varchar))"
    typed = {
        "timestamp": f"cast({identifier(column)} as timestamp)",
        "zoned": f"timezone('UTC', {identifier(column)})",
        INSTANT: f"timezone('UTC', try_cast({value} as timestamptz))",
        ISO: f"try_cast({value} as timestamp)",
        "seconds": f"make_timestamp(try_cast({value} as bigint) * 1000000)",
        "milliseconds": f"make_timestamp(try_cast({value} as bigint) * 1000)",
        "microseconds": f"make_timestamp(try_cast({value} as bigint))",
    }
    parts = [
        typed.get(style, f"cast({parsed(value, style)} as timestamp)")
        for style in (times.style, times.also)
        if style
    ]
    return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"


def _sane(read: str) -> str:
    return f"{read} >= {_EARLIEST}"
