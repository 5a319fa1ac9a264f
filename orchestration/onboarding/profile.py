"""What the values of a column look like: the shares that guesses are made from."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from orchestration.landing.written import MONEY, NUMBER, bare_amount
from orchestration.onboarding.sample import Sample, SampledColumn, SampledTable
from orchestration.onboarding.times import TimeStyle, decided, epoch_style, text_style, typed_style
from orchestration.onboarding.vocabulary import (
    known_values,
    phone_names,
    squeezed,
    status_word,
)
from orchestration.quoting import identifier

# What a column of shares is called.
PERCENT = re.compile(
    r"%|percentage|percent|prozent|\bpct\b|pourcent\w*|porcent\w*|procent\w*", re.IGNORECASE
)
# So many distinct values are looked at.
_VALUES = 1_000
# A list of states is short.
_MOST_STATUSES = 20

_SURELY = 0.9
_HALF = 0.5
# Signs of currencies whose countries mark decimals with a point, if they have any.
_POINT = re.compile("[$£¥￥₩₹円元]")
_ANY_MARK = r"[+-]?(?:0|[1-9]\d*|[1-9]\d{0,2}[.,]\d{3})"
# Also of `Ann Lee <ann@post.example>`, as mail programs write it.
_EMAIL = r"(?:[^<>@]*<)?[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+>?"
_PHONE = r"'?\+?[\d\s().*/-]{7,20}"
# A first name and a surname.
_FULL_NAME = r"[^\W\d_][^\W\d_.'’-]*(?:[ '’.-]+[^\W\d_]+)+"
_MOSTLY_NAMES = 0.8
_WIDE_OR_UNSEEN = re.compile("[０-９Ａ-Ｚ－\u200b\u200e\u200f\u2060]")
_CLOCK = r"\d{1,2}[:h]\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?|Uhr)?"
_CHINESE_MOBILE = r"(?:\+?86)?1[3-9]\d[\d*]{4}\d{4}"


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
        decimal_mark: That of amounts whose values do not show it, where it is known otherwise.
        doubted_marks: Which marks may be before decimals, though three digits follow.
    """

    column: SampledColumn
    rows: int
    filled: int
    distinct: int
    values: tuple[str, ...]
    times: TimeStyle | None
    decimal_mark: str | None = None
    doubted_marks: str = "."

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name

    def share(self, pattern: str) -> float:
        """Share of the values that match a regular expression from end to end."""
        matched = [re.fullmatch(pattern, value, re.ASCII) is not None for value in self.values]
        return self._share_of(matched)

    def known(self, kind: str) -> float:
        """Share of the values that are in a set of known ones."""
        words = {word for spellings in known_values()[kind].values() for word in spellings}
        words |= set(known_values()[kind])
        spelt = status_word if kind == "order_status" else str.lower
        return self._share_of([spelt(value) in words for value in self.values])

    @cached_property
    def amount_style(self) -> tuple[str, float]:
        """How amounts are written: `plain`, or by their decimal mark; and the share that fits.

        `either` where nothing tells whether `1.250` is 1250 or 1.25.
        """
        plain, marked = self.share(NUMBER), self._marked
        usual = self.decimal_mark or "."
        best = max(marked, key=lambda mark: (marked[mark], mark == usual))
        if self.any_mark:
            return (self.decimal_mark or "either", marked[best])
        return ("plain", plain) if plain >= marked[best] else (best, marked[best])

    @cached_property
    def _bare(self) -> list[str]:
        return [bare_amount(value) for value in self.values]

    @cached_property
    def _marked(self) -> dict[str, float]:
        """Decimal mark → share of the values that are amounts with it."""
        return {
            mark: self._share_of([re.fullmatch(pattern, value) is not None for value in self._bare])
            for mark, pattern in MONEY.items()
        }

    @property
    def shown_mark(self) -> str | None:
        """The decimal mark that the values show; None where they show none, or are no amounts."""
        style, share = self.amount_style
        if self._is_time or share < _SURELY or not self.column.is_text:
            return None
        if style == "plain":
            return "." if any("." in value for value in self.values) else None
        # `1,250` alone shows nothing.
        is_shown = style in MONEY and len(set(self._marked.values())) > 1
        return style if is_shown else None

    @property
    def any_mark(self) -> str:
        """The mark that groups thousands as well as it marks decimals; empty: there is none such.

        None in `2.5` or `0.250`. A comma is doubted only between semicolons, which stand there
        because it marks decimals, and not beside a sign of a currency where it never does: amounts
        with three decimals are rare, and those with a dot come from computers.
        """
        marks = {mark for mark in MONEY if any(mark in value for value in self._bare)}
        is_doubted = len(marks) == 1 and marks <= set(self.doubted_marks)
        is_doubted = is_doubted and not (marks == {","} and any(map(_POINT.search, self.values)))
        is_any = is_doubted and all(re.fullmatch(_ANY_MARK, value) for value in self._bare)
        return marks.pop() if is_any else ""

    def fit(self, looks: str) -> float:
        """How well the values look like what a column holds, between 0 and 1.

        1 where nothing speaks against it; otherwise the share of values that have the right form.
        An empty column fits nothing.
        """
        if not self.filled:
            return 0.0
        if self._is_json and looks in ("key", "email", "phone", "text", "category"):
            return 0.0  # Lists and objects name nothing.
        if self.is_masked and looks in ("key", "email", "phone", "text"):
            return 0.0  # Many share what is left of it.
        if looks == "money" and self.is_percent:
            return 0.0
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
            "clock": lambda: self.share(_CLOCK),
            "key": self._key_fit,
            "category": self._category_fit,
            "text": self._text_fit,
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
    def is_percent(self) -> bool:
        """Whether it is called a share: its numbers are no amounts."""
        return bool(PERCENT.search(self.name))

    @property
    def is_masked(self) -> bool:
        """Whether stars stand in place of letters or digits: `138****0001`."""
        return self.share(r".*\*\*.*") > _HALF

    @property
    def full_names(self) -> list[str]:
        """Its values, if they are mostly names of people; none otherwise."""
        found = [value for value in self.values if re.fullmatch(_FULL_NAME, value)]
        return found if len(found) >= _MOSTLY_NAMES * len(self.values) else []

    @property
    def _is_json(self) -> bool:
        return self.share(r"(?s)\s*(\[.*\]|\{.*\})\s*") > _HALF

    @property
    def is_phone(self) -> bool:
        """Whether it is called a phone number, and holds nothing else."""
        return squeezed(self.name) in phone_names() and self.share(_PHONE) == 1

    @property
    def is_typed_wide(self) -> bool:
        """Whether digits are as wide as Chinese letters, or signs are there that nobody sees."""
        return any(_WIDE_OR_UNSEEN.search(value) for value in self.values)

    def _status_fit(self) -> float:
        """Words that nobody knows are asked for; too many of them are no statuses."""
        known = self.known("order_status")
        if known:
            return 0.8 + 0.2 * known
        return 0.6 if self.distinct <= _MOST_STATUSES and not self.share(NUMBER) else 0.0

    @property
    def _is_time(self) -> bool:
        return self.times is not None and self.times.share > 0.9 and not self.share(NUMBER) > 0.9

    def _text_fit(self) -> float:
        """Nobody is called `completed`, whatever the column's name."""
        if self._is_time or (self.distinct > 1 and self.known("order_status") > _HALF):
            return 0.2
        return 1 - 0.5 * self.share(NUMBER)

    def _category_fit(self) -> float:
        """`State` is a region, unless its words are those of what became of an order."""
        return 0.2 if self._is_time or self.known("order_status") > _HALF else 1.0

    def _key_fit(self) -> float:
        is_fraction = self.share(r"[+-]?\d*[.,]\d*[1-9]\d*") > 0.5
        is_constant = self.distinct == 1 and self.filled > 20
        return 0.2 if is_fraction or self._is_time or is_constant else 1.0

    @staticmethod
    def _share_of(answers: Sequence[bool]) -> float:
        return sum(answers) / len(answers) if answers else 0.0


def profile_table(sample: Sample, table: SampledTable) -> dict[str, ColumnProfile]:
    """Profiles of all columns of a sampled table, by name."""
    found = {column.name: _profile(sample, table, column) for column in table.columns}
    marks = {mark for profile in found.values() if (mark := profile.shown_mark)}
    if len(marks) != 1:
        return found
    # Who writes a file writes all its amounts alike.
    (mark,) = marks
    return {
        name: replace(profile, decimal_mark=profile.decimal_mark or mark)
        for name, profile in found.items()
    }


def _profile(sample: Sample, table: SampledTable, column: SampledColumn) -> ColumnProfile:
    connection = sample.connection
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
    times = _times(sample, table, column, values)
    mark, doubted = sample.answers.decimal, ".," if table.is_in_semicolons else "."
    return ColumnProfile(column, rows, filled, distinct, values, times, mark, doubted)


def _times(
    sample: Sample, table: SampledTable, column: SampledColumn, values: Sequence[str]
) -> TimeStyle | None:
    """The style that reads the most values; none where no style reads one."""
    if not values:
        return None
    typed = typed_style(column.data_type, values)
    if typed:
        return typed
    is_number = not column.is_text or all(value.isdigit() for value in values)
    times = epoch_style(values) if is_number else None
    times = times or text_style(sample.connection, values, table.relation, column.name)
    return decided(times, sample.answers) if times else None
