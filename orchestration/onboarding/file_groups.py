"""Which files of a folder belong to one raw table, told from their names alone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from orchestration.errors import PortraitError
from orchestration.landing.formats import reader_of
from orchestration.quoting import glob_of

# Endings that say less than those by which landing goes; a draft declares their reader.
_OTHER_ENDINGS = {".txt": "csv", ".pq": "parquet"}

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep"),
    *("sept", "oct", "nov", "dec"),
)
_PART = rf"(?:\d+|(?<![^\W\d_])(?:{'|'.join(_MONTHS)})(?![^\W\d_]))"
# Digits and names of months, and what stands between those of a date or a counter.
_NUMBERS = re.compile(rf"{_PART}(?:[-_.:T ]*{_PART})*", re.IGNORECASE)
_DATE_DIGITS = 4
# Words that say nothing about what is in a file.
_EMPTY_WORDS = {"part", "data", "export", "file", "dump", "batch", "chunk"}


@dataclass(frozen=True)
class FileGroup:
    """Files that are read together.

    Attributes:
        table: Name of the raw table.
        pattern: A glob below the folder that finds exactly these files, and later ones like them.
        names: The files' names within the folder, in the order of their names.
        others: Globs of files that the user says belong to them.
    """

    table: str
    pattern: str
    names: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """All globs."""
        return (self.pattern, *self.others)

    @property
    def origin(self) -> str:
        """Where its rows come from, in words."""
        return " and ".join(self.patterns)

    @property
    def reader(self) -> str:
        """How the files are read."""
        return reader_for(self.names[0]) or ""


def reader_for(name: str) -> str | None:
    """The reader for a file of that name; None where it is no table."""
    return reader_of(Path(name)) or _OTHER_ENDINGS.get(PurePosixPath(name).suffix.lower())


def group_files(
    names: Iterable[str], table_words: Sequence[tuple[str, str]] = ()
) -> list[FileGroup]:
    """Groups file names that differ only in numbers.

    Args:
        names: Names within the folder, with `/` between folders.
        table_words: (word, table name) for file names that are not ASCII, such as 订单.

    Returns:
        One group a raw table. A group of one file keeps its exact name unless it holds a number.
    """
    readable = sorted(name for name in names if reader_for(name))
    by_pattern: dict[str, list[str]] = {}
    for name in readable:
        by_pattern.setdefault(_pattern(name), []).append(name)
    groups: list[FileGroup] = []
    for pattern, found in by_pattern.items():
        others = [name for name in readable if name not in found]
        chosen = _narrowed(found, pattern, others)
        table = free_name(table_name(pattern, table_words), {group.table for group in groups})
        groups.append(FileGroup(table, chosen, tuple(found)))
    return groups


def read_together(groups: Sequence[FileGroup], said: Iterable[str]) -> list[FileGroup]:
    """The groups, of which those that the user says are one table are one: the first of them.

    Args:
        groups: The groups, told from the files' names.
        said: Names of tables with commas between them.

    Raises:
        PortraitError: There is no such table, or their files are of different formats.
    """
    found = {group.table: group for group in groups}
    for names in (list(map(str.strip, one.split(","))) for one in said):
        unknown = [name for name in names if name not in found]
        if unknown or len(set(names)) < 2:
            raise PortraitError(
                f"--together {','.join(names)}: "
                + (f"there is no table {', '.join(unknown)}." if unknown else "one is no two."),
                f"Tables are {', '.join(found)}: name two or more, with commas between them.",
            )
        first, *others = (found[name] for name in names)
        if any(other.reader != first.reader for other in others):
            raise PortraitError(
                f"--together {','.join(names)}: their files are of different formats.",
                "Save them all as one format, or add each as a source of its own.",
            )
        found[first.table] = replace(
            first,
            names=(*first.names, *(name for other in others for name in other.names)),
            others=(*first.others, *(glob for other in others for glob in other.patterns)),
        )
        for other in others:
            del found[other.table]
    return list(found.values())


def _pattern(name: str) -> str:
    path = PurePosixPath(name)
    ending = _ending(path.name)
    stem = path.name.removesuffix(ending)
    folders = [_without_numbers(part) for part in path.parts[:-1]]
    return "/".join([*folders, _without_numbers(stem) + ending])


def _without_numbers(name: str) -> str:
    """A name as a glob in which dates and counters may be others; `may` alone is no date."""
    return _NUMBERS.sub(
        lambda found: "*" if re.search(r"\d", found[0]) else found[0], glob_of(name)
    )


def _ending(name: str) -> str:
    """`.csv`, or `.csv.gz`."""
    path = PurePosixPath(name)
    packed = path.suffix if path.suffix.lower() == ".gz" else ""
    return PurePosixPath(path.name.removesuffix(packed)).suffix + packed


def _narrowed(found: Sequence[str], pattern: str, others: Sequence[str]) -> str:
    """The pattern, unless it says more than it should.

    A counter is followed by others (`orders_1.csv`, `orders (2).csv`), a date by other dates.
    """
    longest = max((len(digits) for digits in re.findall(r"\d+", found[0])), default=0)
    is_counted = len(found) == 1 and longest < _DATE_DIGITS
    is_taken = any(fnmatchcase(other, pattern) for other in others)
    if not (is_counted or is_taken):
        return pattern
    narrow = pattern.replace("*", "[0-9]*")
    is_apart = not any(fnmatchcase(other, narrow) for other in others)
    if all(fnmatchcase(name, narrow) for name in found) and (is_apart or len(found) > 1):
        return narrow
    return glob_of(found[0]) if len(found) == 1 else pattern


def table_name(pattern: str, table_words: Sequence[tuple[str, str]]) -> str:
    """The last part of a pattern, or of another name, that says something, as an identifier."""
    parts = [part for part in pattern.removesuffix(_ending(pattern)).split("/") if part]
    for part in reversed(parts):
        words = [word for word in re.split(r"[^a-z0-9]+", part.lower()) if word]
        if any(word not in _EMPTY_WORDS and not word.isdigit() for word in words):
            name = "_".join(words)
            return name if name[0].isalpha() else f"t_{name}"
        known = [table for word, table in table_words if word in part]
        if known:
            return known[0]
    return "rows_read"


def free_name(name: str, taken: set[str]) -> str:
    """The name, or with a number behind it one that is not taken."""
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
