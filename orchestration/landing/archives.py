"""A zip archive counts as a folder: `export.zip/orders.csv` is a file in it.

What it holds is unpacked below PORTRAIT_HOME once for each version of the archive, and looked at
like any other file.
"""

import hashlib
import json
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from orchestration.errors import PortraitError
from orchestration.landing.file_state import is_settled, real_path, state_of
from orchestration.landing.formats import MOST_UNPACKED, most_unpacked, naming_unreadable
from orchestration.project import Project

ENDING = ".zip"
_MOST_MEMBERS = 10_000
_MOST_BYTES = 1 << 36
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
# What macOS and Windows put in beside the files.
_NO_FILES = ("__MACOSX", "Thumbs.db", "desktop.ini")
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, LookupError, RuntimeError)


def is_archive(path: Path) -> bool:
    """Whether a file is named like a zip archive."""
    return path.suffix.lower() == ENDING


def split_pattern(pattern: str) -> tuple[str, str] | None:
    """A pattern of archives and the one within them, where it leads into archives."""
    found = re.fullmatch(rf"(.*?{re.escape(ENDING)})/(.+)", pattern, re.IGNORECASE)
    return (found[1], found[2]) if found else None


def unpacked(archive: Path, label: str | None = None, cache: Path | None = None) -> Path:
    """The folder with what an archive holds.

    Args:
        archive: The archive.
        label: What messages call it; None: its path.
        cache: Where unpacked archives are kept; None: with what else landing keeps.

    Raises:
        PortraitError: It cannot be unpacked, or should not be.
    """
    path, label = real_path(archive), label or str(archive)
    cache = cache or Project.find().landing / "unpacked"
    folder = cache / hashlib.sha256(str(path).encode()).hexdigest()[:16]
    known = folder.with_suffix(".json")
    with _naming(label):
        state = state_of(path)
        if folder.is_dir() and _read_state(known) == [str(path), *state]:
            return folder
        cache.mkdir(parents=True, exist_ok=True)
        _drop_gone(cache)
        fresh = Path(tempfile.mkdtemp(dir=cache, prefix="new-"))
        try:
            _unpack(path, label, fresh)
            if state_of(path) != state:
                raise _being_written(label)
            known.unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            fresh.replace(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        # One that has just been written may change again without another state.
        known.write_text(json.dumps([str(path), *(state if is_settled(state) else ())]))
    return folder


@contextmanager
def _naming(label: str) -> Iterator[None]:
    """Turns whatever reading an archive may raise into an error that names it."""
    try:
        with naming_unreadable(label):
            yield
    except NotImplementedError as error:
        raise PortraitError(
            f"{label} is packed in a way that cannot be read: {error}.",
            "Pack it again as a plain .zip, or unpack it into the folder.",
        ) from error
    except _DAMAGES as error:
        raise PortraitError(
            f"{label} cannot be unpacked: {error}.",
            "Fetch it again: it is cut off, damaged, or still being written.",
        ) from error


def _being_written(label: str) -> PortraitError:
    return PortraitError(
        f"{label} was changed or replaced while it was read.",
        "Run again when nothing writes to it any more.",
    )


def _read_state(known: Path) -> list[str | int]:
    try:
        read = json.loads(known.read_text())
    except (OSError, ValueError):
        return []
    return read if isinstance(read, list) else []


def _drop_gone(cache: Path) -> None:
    """Removes what archives held that are there no more."""
    for known in cache.glob("*.json"):
        recorded = _read_state(known)
        if not recorded or not Path(str(recorded[0])).exists():
            shutil.rmtree(known.with_suffix(""), ignore_errors=True)
            known.unlink(missing_ok=True)


def _unpack(path: Path, label: str, folder: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {_name(one): one for one in archive.infolist() if _is_file(one)}
        _check(label, path, members, sum(map(_is_file, archive.infolist())))
        for name, member in members.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            # It gives no more bytes than the archive says, and compares their checksum.
            with archive.open(member) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)


def _check(label: str, path: Path, members: dict[str, zipfile.ZipInfo], count: int) -> None:
    """Sees that an archive holds files that can be unpacked into a folder.

    Raises:
        PortraitError: It needs a password, is packed in itself, too large, or leads out of its
            folder.
    """
    if any(one.flag_bits & _ENCRYPTED for one in members.values()):
        raise PortraitError(
            f"{label} has a password.",
            "Unpack it into the folder, or pack it again without one.",
        )
    for name, member in members.items():
        parts = PurePosixPath(name).parts
        mode = member.external_attr >> 16
        is_odd = stat.S_IFMT(mode) not in (0, stat.S_IFREG) or not name.isprintable()
        if is_odd or name.startswith("/") or ".." in parts or "\\" in name:
            raise PortraitError(
                f"{label} holds {name[:80]!r}, which leads out of its folder or is no plain file.",
                "Unpack it yourself, look at what is in it, and take the files.",
            )
        if is_archive(Path(name)):
            raise PortraitError(
                f"{label} holds another archive, {name}.",
                "Unpack the inner one into the folder.",
            )
    if len(members) < count or len({name.lower() for name in members}) < count:
        raise PortraitError(
            f"{label} holds two files of one name.", "Unpack it yourself, and take the right one."
        )
    size = sum(one.file_size for one in members.values())
    most = min(_MOST_BYTES, most_unpacked(path))
    if size > most or count > _MOST_MEMBERS:
        raise PortraitError(
            f"{label} unpacks to {count:,} files and {size / 2**30:.1f} GiB, which is more than "
            f"{MOST_UNPACKED} times its size or {_MOST_MEMBERS:,} files.",
            "If that is meant, unpack it yourself into the folder.",
        )


def _is_file(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return not member.is_dir() and not any(
        part in _NO_FILES or (part.startswith(".") and not part.startswith("..")) for part in parts
    )


def _name(member: zipfile.ZipInfo) -> str:
    """The name of a member. Without a word on its encoding it is read as UTF-8, else as Chinese."""
    if member.flag_bits & _UTF8_NAME or member.filename.isascii():
        return member.filename
    raw = member.filename.encode("cp437")
    for encoding in ("utf-8", "gb2312"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename
