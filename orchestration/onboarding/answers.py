"""What the user has said of values that the data cannot decide."""

import csv
import difflib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from orchestration.errors import PortraitError
from orchestration.onboarding.amounts import WORDS, Reading
from orchestration.onboarding.vocabulary import status_word

SOURCES_FILE = "_sources.yml"


@dataclass(frozen=True)
class Answers:
    """Answers hold for all columns of a source that are open without them.

    Attributes:
        dates: Of dates such as 03/04/2025, `day-first` or `month-first`; None: not said.
        decimal: Of amounts such as 1.250, the decimal mark, `.` or `,`; None: not said.
        encoding: Of text that is not UTF-8, a name that Python knows; None: what its bytes tell.
        amounts: What amounts of orders and lines mean, in words of `WORDS`.
        columns: Names of the columns of a table without a header, in their order, divided by
            commas; or `MEANING=COLUMN` for one column. Before them the table with a colon, where
            there are several.
        leave_out: Tables and files that are not read, and `LEFT_OUT` kinds of rows of which it is
            known that they wait in quarantine.
        together: Names of tables with commas between them, which are read as one: the first.
        nobody: Keys of customers that stand for nobody.
        somebody: Keys that look so and are customers.
        statuses: `WORD=MEANING` for statuses; they go into the seed order_statuses.
        country: Code of the country in which phone numbers are dialled that do not tell it; None:
            not said.
    """

    dates: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    amounts: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    somebody: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    country: str | None = None

    def or_else(self, before: "Answers") -> "Answers":
        """These answers, and those that were given before where there is none now."""
        now = {WORDS[word][0] for word in self.amounts}
        kept = [word for word in before.amounts if WORDS[word][0] not in now]
        return Answers(
            self.dates or before.dates,
            self.decimal or before.decimal,
            self.encoding or before.encoding,
            tuple(sorted({*self.amounts, *kept})),
            _of_each_table(before.columns, self.columns),
            tuple(dict.fromkeys((*before.leave_out, *self.leave_out))),
            tuple(dict.fromkeys((*before.together, *self.together))),
            _kept(before.nobody, self.nobody, self.somebody),
            _kept(before.somebody, self.somebody, self.nobody),
            _each_status(before.statuses, self.statuses),
            self.country or before.country,
        )

    @property
    def reading(self) -> Mapping[str, bool]:
        """The fields of a reading of amounts that are known."""
        said = dict(WORDS[word] for word in self.amounts)
        return {name: value for name, value in said.items() if name in Reading.__annotations__}

    @property
    def meant_statuses(self) -> Mapping[str, str]:
        """Status → what it means."""
        return {word.strip(): meaning for word, _, meaning in map(_parted, self.statuses)}

    @property
    def meta(self) -> dict[str, object]:
        """As they stand in `_sources.yml`."""
        said = {
            "dates": self.dates,
            "decimal": self.decimal,
            "encoding": self.encoding,
            "amounts": list(self.amounts),
            "columns": list(self.columns),
            "leave_out": list(self.leave_out),
            "together": list(self.together),
            "nobody": list(self.nobody),
            "somebody": list(self.somebody),
            "country": self.country,
        }
        return {name: value for name, value in said.items() if value}


NO_ANSWERS = Answers()


# What may be left out beside files: orders with a key that was rounded, or in another currency.
LEFT_OUT = ("rounded-keys", "other-currencies")
_MEANINGS = ("completed", "cancelled", "return")


def _parted(said: str) -> tuple[str, str, str]:
    return said.rpartition("=")


def check_statuses(said: Iterable[str]) -> tuple[str, ...]:
    """What was said of statuses.

    Raises:
        PortraitError: One is no word with a meaning.
    """
    told = tuple(said)
    for one in told:
        word, _, meaning = _parted(one)
        if not word.strip() or meaning not in _MEANINGS:
            raise PortraitError(
                f"--status {one} says not what a status means.",
                f"Write WORD=MEANING with one of {', '.join(_MEANINGS)}.",
            )
    return told


def _kept(before: Iterable[str], now: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """All that was said, less what is now said to be the opposite."""
    return tuple(one for one in dict.fromkeys((*before, *now)) if one not in set(other))


def _each_status(before: Iterable[str], now: Iterable[str]) -> tuple[str, ...]:
    """The last that was said of each word."""
    return tuple({status_word(_parted(said)[0]): said for said in (*before, *now)}.values())


def _of_each_table(before: Iterable[str], now: Iterable[str]) -> tuple[str, ...]:
    """The last list of names of each table."""
    lists = {_about(said): said for said in (*before, *now)}
    return tuple(lists.values())


def _about(said: str) -> str:
    """What a list of names or a meaning is about: a table, or a column of one."""
    return said.partition("=")[2] if "=" in said else said.rpartition(":")[0]


def meant(words: Iterable[str]) -> tuple[str, ...]:
    """What was said of amounts.

    Raises:
        PortraitError: A word means nothing here, or two say the opposite.
    """
    said: dict[str, str] = {}
    for word in words:
        if word not in WORDS:
            near = difflib.get_close_matches(word, WORDS, n=1)
            did_you = f"Did you mean {near[0]}? " if near else ""
            raise PortraitError(
                f"--amounts {word} means nothing here.", f"{did_you}There are {', '.join(WORDS)}."
            )
        other = said.setdefault(WORDS[word][0], word)
        if other != word:
            raise PortraitError(f"--amounts {other} and {word} cannot both be.", "Say one of them.")
    return tuple(sorted(said.values()))


def declared_meta(dbt_project: Path, name: str) -> dict[str, object]:
    """What `_sources.yml` says of a source as a whole; nothing where there is none."""
    try:
        path = dbt_project / "models" / "staging" / name / SOURCES_FILE
        (source,) = yaml.safe_load(path.read_text("utf-8"))["sources"]
        return dict(source["config"]["meta"]["portrait"])
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError):
        return {}


def declared_answers(dbt_project: Path, name: str) -> Answers:
    """The answers with which a source was added before."""
    meta = declared_meta(dbt_project, name)
    dates, decimal, encoding, country = (
        value if isinstance(value := meta.get(key), str) else None
        for key in ("dates", "decimal", "encoding", "country")
    )
    amounts, columns, leave_out, together, nobody, somebody = (
        tuple(value) if isinstance(value := meta.get(key), list) else ()
        for key in ("amounts", "columns", "leave_out", "together", "nobody", "somebody")
    )
    words = tuple(sorted(word for word in amounts if word in WORDS))
    return Answers(
        dates,
        decimal,
        encoding,
        words,
        columns,
        leave_out,
        together,
        nobody,
        somebody,
        _seeded_statuses(dbt_project, name),
        country,
    )


def _seeded_statuses(dbt_project: Path, name: str) -> tuple[str, ...]:
    """What the seed order_statuses says of the words of a source alone."""
    try:
        seed = (dbt_project / "seeds" / "order_statuses.csv").read_text("utf-8")
    except OSError:
        return ()
    lines = csv.DictReader(io.StringIO(seed))
    return tuple(
        f"{line['status_word']}={line['status']}"
        for line in lines
        if line.get("source_system") == name and line.get("status") in _MEANINGS
    )
