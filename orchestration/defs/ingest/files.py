"""The files of a source system: found, checked to be what their ending says, and hashed.

Nothing here opens a database; fsspec is imported only where a location is a URL.
"""

import hashlib
import importlib.util
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestration.defs.ingest.formats import check_content, known_endings, reader_of
from orchestration.errors import PortraitError
from orchestration.manifest import RawTable, SourceSystem
from orchestration.sources import Location

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
    if system.folder and (folder / system.folder).is_dir():
        folder = folder / system.folder
    found: SourceFiles = {}
    for table in system.tables:
        paths = _table_paths(system, table, folder, location or folder)
        found[table.name] = [
            _data_file(system, table, name, path, location) for name, path in paths.items()
        ]
    return found


def _local(system: SourceSystem, location: Location | None) -> Path:
    """Where the files lie on this machine; those of a URL are fetched."""
    if isinstance(location, str):
        from orchestration.defs.ingest.remote import local_copy

        return local_copy(system.name, location, [table.files for table in system.tables])
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
        if len(system.tables) > 1:
            raise PortraitError(
                f"{system.name} has {len(system.tables)} tables, but {location} is one file.",
                "Name the folder that holds a file for each of them.",
            )
        return {folder.name: folder}
    for pattern in table.files:
        paths = sorted(path for path in folder.glob(pattern) if path.is_file())
        if paths:
            return {path.relative_to(folder).as_posix(): path for path in paths}
    raise PortraitError(
        f"{system.name}: no file for the table {table.name} in {location} "
        f"(looked for {' or '.join(table.files)}).",
        _what_is_there(folder) if folder == location else "Look at the address and the rights.",
    )


def _what_is_there(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir())
    if not names:
        return "The folder is empty."
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"The folder holds {', '.join(names[:_SHOWN_NAMES])}{more}."


def _data_file(
    system: SourceSystem, table: RawTable, name: str, path: Path, location: Location | None
) -> DataFile:
    label = f"{location.rstrip('/')}: {name}" if isinstance(location, str) else str(path)
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
    """SHA-256 of files, remembered as long as a file keeps its size and time of change."""

    def __init__(self, path: Path) -> None:
        """Reads what an earlier process remembered in `path`; a damaged file counts as empty."""
        self._path = path
        try:
            self._known: dict[str, list[str | int]] = json.loads(path.read_text())
        except (OSError, ValueError):
            self._known = {}
        self._has_news = False

    def sha256(self, file: Path) -> str:
        """The hash of the file's content, as hexadecimal digits."""
        stat = file.stat()
        known = self._known.get(str(file))
        if known and known[:2] == [stat.st_size, stat.st_mtime_ns]:
            return str(known[2])
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        self._known[str(file)] = [stat.st_size, stat.st_mtime_ns, digest]
        self._has_news = True
        return digest

    def hash_all(self, files: Iterable[DataFile]) -> dict[str, str]:
        """File name within its source → hash; remembers what it learnt."""
        hashes = {file.name: self.sha256(file.path) for file in files}
        if self._has_news:
            self._path.write_text(json.dumps(self._known))
            self._has_news = False
        return hashes
