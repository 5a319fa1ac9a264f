"""What the values of a column look like: the shares that guesses are made from."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import duckdb

from orchestration.onboarding.sample import Sample, SampledColumn, SampledTable
from orchestration.onboarding.vocabulary import known_values, status_word, time_formats
from orchestration.quoting import identifier, quoted

# So many distinct values are looked at.
_VALUES = 1_000
_EPOCH_UNITS = {"seconds": (9, 10), "milliseconds": (12, 13)}
_ISO = "iso"
# A list of states is short.
_MOST_STATUSES = 20

_NUMBER = r"[+-]?\d*\.?\d+"
_MONEY = {
    # Style of numbers → what such a number looks like once currency signs are gone.
    ".": r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?",
    ",": r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?",
}
_CURRENCY_SIGNS = "¥￥$€£ "
_EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_PHONE = r"'?\+?[\d\s().*/-]{7,20}"
_CHINESE_MOBILE = r"(?:\+?86)?1[3-9]\d[\d*]{4}\d{4}"


@dataclass(frozen=True)
class TimeStyle:
    """How times are written.

    Attributes:
        style: `timestamp` (typed), `iso`, `seconds`, `milliseconds`, or a strptime format.
        share: Share of the values that it reads.
        has_time: Whether there is more than midnight.
        is_ambiguous: Whether days and months could as well be swapped.
    """

    style: str
    share: float
    has_time: bool
    is_ambiguous: bool = False

    @property
    def is_utc(self) -> bool:
        """Whether the value says itself which instant it means."""
        return self.style in _EPOCH_UNITS or self.style.endswith("%z") or self.style == "zoned"


@dataclass(frozen=True)
class ColumnProfile:
    """A column and a look at its values, as text, trimmed.

    Attributes:
        column: The column.
        rows: Rows in the sample.
        filled: Rows with a value that is not blank.
        distinct: Different values.
        values: The most frequent values.
        times: How times are written, if the values may be times.
    """

    column: SampledColumn
    rows: int
    filled: int
    distinct: int
    values: tuple[str, ...]
    times: TimeStyle | None

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name

    def share(self, pattern: str) -> float:
        """Share of the values that match a regular expression from end to end."""
        return self._share_of([re.fullmatch(pattern, value) is not None for value in self.values])

    def known(self, kind: str) -> float:
        """Share of the values that are in a set of known ones."""
        words = {word for spellings in known_values()[kind].values() for word in spellings}
        words |= set(known_values()[kind])
        spelt = status_word if kind == "order_status" else str.lower
        return self._share_of([spelt(value) in words for value in self.values])

    @cached_property
    def amount_style(self) -> tuple[str, float]:
        """How amounts are written: `plain`, or by their decimal mark; and the share that fits."""
        plain = self.share(_NUMBER)
        bare = [
            re.sub(rf"^([+-])[{_CURRENCY_SIGNS}]+", r"\1", value.strip(_CURRENCY_SIGNS))
            for value in self.values
        ]
        marked = {
            mark: self._share_of([re.fullmatch(pattern, value) is not None for value in bare])
            for mark, pattern in _MONEY.items()
        }
        best = max(marked, key=lambda mark: (marked[mark], mark == "."))
        return ("plain", plain) if plain >= marked[best] else (best, marked[best])

    def fit(self, looks: str) -> float:
        """How well the values look like what a column holds, between 0 and 1.

        1 where nothing speaks against it; otherwise the share of values that have the right form.
        An empty column fits nothing.
        """
        if not self.filled:
            return 0.0
        if self.is_masked and looks in ("key", "email", "phone", "text"):
            return 0.0  # Many share what is left of it.
        if looks == "order_status":
            return self._status_fit()
        if looks in known_values():
            return self.known(looks)
        measures: dict[str, Callable[[], float]] = {
            "email": lambda: self.share(_EMAIL),
            "phone": lambda: self.share(_PHONE),
            "money": lambda: 0.0 if self._is_time else self.amount_style[1],
            "number": lambda: 0.0 if self._is_time else self.amount_style[1],
            "integer": lambda: self.share(r"[+-]?\d+(?:\.0+)?"),
            "rating": lambda: self.share(r"[0-5](?:\.\d+)?"),
            "time": lambda: self.times.share if self.times else 0.0,
            "date": lambda: self.times.share if self.times else 0.0,
            "key": self._key_fit,
            "category": lambda: 0.2 if self._is_time else 1.0,
            "text": lambda: 0.2 if self._is_time else 1 - 0.5 * self.share(_NUMBER),
        }
        return measures[looks]()

    def worth(self, looks: str) -> float:
        """What such values are worth as evidence where the name says nothing."""
        alone = {"email": 0.7, "currency": 0.65, "gender": 0.6, "event_kind": 0.6, "time": 0.5}
        if looks == "phone":
            return 0.55 if self.share(_CHINESE_MOBILE) == 1 else 0.0
        if looks in ("gender", "event_kind", "currency") and not self._is_telling(looks):
            return 0.0
        return alone.get(looks, 0.0)

    def _is_telling(self, looks: str) -> bool:
        """More than one letter or value: a column full of `x` or `m` proves nothing."""
        return self.distinct > 1 if looks != "currency" else self.column.is_text

    @property
    def is_masked(self) -> bool:
        """Whether stars stand in place of letters or digits: `138****0001`."""
        return self.share(r".*\*\*.*") > 0.5

    def _status_fit(self) -> float:
        """Words that nobody knows are asked for; too many of them are no statuses."""
        known = self.known("order_status")
        if known:
            return 0.8 + 0.2 * known
        return 0.6 if self.distinct <= _MOST_STATUSES and not self.share(_NUMBER) else 0.0

    @property
    def _is_time(self) -> bool:
        return self.times is not None and self.times.share > 0.9 and not self.share(_NUMBER) > 0.9

    def _key_fit(self) -> float:
        is_fraction = self.share(r"[+-]?\d*[.,]\d*[1-9]\d*") > 0.5
        is_constant = self.distinct == 1 and self.filled > 20
        return 0.2 if is_fraction or self._is_time or is_constant else 1.0

    @staticmethod
    def _share_of(answers: Sequence[bool]) -> float:
        return sum(answers) / len(answers) if answers else 0.0


def profile_table(sample: Sample, table: SampledTable) -> dict[str, ColumnProfile]:
    """Profiles of all columns of a sampled table, by name."""
    return {column.name: _profile(sample.connection, table, column) for column in table.columns}


def _profile(
    connection: duckdb.DuckDBPyConnection, table: SampledTable, column: SampledColumn
) -> ColumnProfile:
    value = f"nullif(trim(cast({identifier(column.name)} as varchar)), '')"
    ((rows, filled, distinct),) = connection.execute(
        f"select count(*), count({value}), count(distinct {value}) from {table.relation}"
    ).fetchall()
    counted = connection.execute(
        # By position: a column may have any name that one could give the value.
        f"select {value} from {table.relation} where {value} is not null "
        f"group by 1 order by count(*) desc, 1 limit {_VALUES}"
    ).fetchall()
    values = tuple(row[0] for row in counted)
    return ColumnProfile(column, rows, filled, distinct, values, _times(connection, column, values))


def _times(
    connection: duckdb.DuckDBPyConnection, column: SampledColumn, values: Sequence[str]
) -> TimeStyle | None:
    """The style that reads the most values; none where no style reads one."""
    if not values:
        return None
    if column.data_type.startswith(("timestamp", "date")):
        has_time = any(not _is_midnight(value) for value in values)
        zoned = "time zone" in column.data_type
        return TimeStyle("zoned" if zoned else "timestamp", 1.0, has_time)
    if not column.is_text or all(value.isdigit() for value in values):
        return _epoch(values) or _best_format(connection, values)
    return _best_format(connection, values)


def _is_midnight(value: str) -> bool:
    return " " not in value or "00:00:00" in value


def _epoch(values: Sequence[str]) -> TimeStyle | None:
    """Seconds or milliseconds since 1970, where all numbers have as many digits as now."""
    for unit, digits in _EPOCH_UNITS.items():
        share = sum(
            value.isdigit() and len(value) in digits and value[0] in "123456789" for value in values
        ) / len(values)
        # Ten digits may be a phone number; epochs of one shop begin alike.
        if share > 0.9 and len({value[0] for value in values}) <= 2:
            return TimeStyle(unit, share, has_time=True)
    return None


def _best_format(connection: duckdb.DuckDBPyConnection, values: Sequence[str]) -> TimeStyle | None:
    dated = [value for value in values if 6 <= len(value) <= 40 and re.search(r"\d", value)]
    if len(dated) * 2 < len(values):
        return None
    formats = time_formats()
    counts = ", ".join(f"count(try_strptime(v, {quoted(form)}))" for form in formats)
    # A cast would drop `-05:00` without a word, so ISO means here: without an offset.
    has_offset = r"v ~ '.*[0-9:](Z|[ ]?[+-][0-9]{2}:?[0-9]{2})'"
    ((iso, clocked, *counted),) = connection.execute(
        f"select count(try_cast(v as timestamp)) filter (not ({has_offset}) and v ~ '.*[-/].*'), "
        f"count(*) filter (v ~ '.*[0-9]:[0-9].*' and v !~ '.*[ T]0?0:00(:00)?([.]0+)?'), {counts} "
        "from (select unnest($1) as v)",
        [dated],
    ).fetchall()
    found = {_ISO: iso, **dict(zip(formats, counted, strict=True))}
    best = max(found, key=lambda style: found[style])
    if not found[best]:
        return None
    swapped = best.replace("%d/%m", "%m/%d")
    is_ambiguous = swapped != best and found.get(swapped) == found[best]
    return TimeStyle(best, found[best] / len(values), clocked > 0, is_ambiguous)
