"""The versions of a published folder: one is built aside, then made `current` in one atomic swap.

Readers open `published/current/marts.duckdb` or the Parquet files beside it. They never wait and
never see a mixture: a version's folder does not change once it has its name, and `current` is a
symbolic link that is replaced. Whoever has an old version open keeps reading it.

Versions are numbered in the order in which they are published. The time in a name is for people:
clocks go back, and whatever they say, no version takes the place of another.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.state.permissions import share

KEPT_VERSIONS = 3
_KEEP = "PORTRAIT_KEEP"
_CURRENT = "current"
_BUILDING = ".building-"
_NUMBERED = re.compile(r"v(\d{6,})-\d{8}T\d{6}Z")
# Versions had only their time as a name before they were numbered.
_NOT_NUMBERED = re.compile(r"\d{8}T\d{12}Z")


@contextmanager
def new_version(published: Path, at: datetime, kept: int = KEPT_VERSIONS) -> Iterator[Path]:
    """A folder to fill. It becomes the current version if the code inside ends well.

    What killed runs left, and versions beyond the last ones, are removed: the caller holds the
    run lock, so nobody else is building.

    Args:
        published: Where the versions and the link `current` are.
        at: The version's time, UTC.
        kept: So many versions stay, this one included.
    """
    _remove_leftovers(published)
    version = f"v{_last_number(published) + 1:06}-{at:%Y%m%dT%H%M%SZ}"
    building = published / f"{_BUILDING}{version}"
    building.mkdir(parents=True)
    try:
        yield building
        share(building)
        for path in building.rglob("*"):
            _sync(path)
        _sync(building)
        building.rename(published / version)
    except BaseException:
        _remove(building)
        raise
    _make_current(published, version)
    _prune(published, kept)


def kept_versions() -> int:
    """How many versions stay, the current one included: PORTRAIT_KEEP.

    Raises:
        PortraitError: It is no number from 1 on.
    """
    given = os.environ.get(_KEEP) or str(KEPT_VERSIONS)
    if not given.isdecimal() or int(given) < 1:
        raise PortraitError(
            f"{_KEEP} is {given!r}.",
            f"Set it to the number of versions to keep, such as {KEPT_VERSIONS}.",
        )
    return int(given)


def check_published(published: Path) -> None:
    """Tries in a moment what a publish does to its folder, so that no run works in vain.

    Raises:
        PortraitError: The folder cannot be written, or has no room, or `current` is no link; or
            PORTRAIT_KEEP is no number.
    """
    kept_versions()
    current = published / _CURRENT
    if os.path.lexists(published) and not published.is_dir():
        raise PortraitError(
            f"{published} is not a folder.", "Move it elsewhere; the run makes the folder."
        )
    if os.path.lexists(current) and not current.is_symlink():
        raise PortraitError(
            f"{current} is not a link to a published version.",
            "Move it elsewhere; the run makes the link anew.",
        )
    probe, link = published / f"{_BUILDING}probe", published / f"{_BUILDING}{_CURRENT}"
    try:
        published.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(published)
        probe.mkdir()
        (probe / "file").write_bytes(b"probe")
        _sync(probe / "file")
        link.symlink_to(probe.name)
        _remove_leftovers(published)
        needed = sum(file.stat().st_size for file in current.glob("**/*") if file.is_file())
        free = shutil.disk_usage(published).free
    except OSError as error:
        raise PortraitError(
            f"Nothing can be published in {published}: {error.strerror}.",
            "Make it a folder that you may write to, on a disk with room that can hold symbolic "
            "links, or set PORTRAIT_HOME to another folder.",
        ) from error
    if free < needed:
        raise PortraitError(
            f"The disk of {published} has room for {free:,} bytes; the current version has "
            f"{needed:,}.",
            "Make room, then run again.",
        )


def _versions(published: Path) -> list[str]:
    """The names of the versions, in the order in which they were published."""
    names = [path.name for path in published.glob("*") if _number(path.name) is not None]
    return sorted(names, key=lambda name: (_number(name), name))


def _number(name: str) -> int | None:
    """A version's number; 0 where it has none yet, None where it is no version."""
    if numbered := _NUMBERED.fullmatch(name):
        return int(numbered[1])
    return 0 if _NOT_NUMBERED.fullmatch(name) else None


def _current_version(published: Path) -> str | None:
    """The name of the version that `current` points to, though it may be lost."""
    link = published / _CURRENT
    return link.readlink().name if link.is_symlink() else None


def _last_number(published: Path) -> int:
    names = [*_versions(published), _current_version(published) or ""]
    return max(_number(name) or 0 for name in names)


def _make_current(published: Path, version: str) -> None:
    link = published / f"{_BUILDING}{_CURRENT}"
    link.symlink_to(version)
    link.replace(published / _CURRENT)
    _sync(published)


def _remove_leftovers(published: Path) -> None:
    """Removes what was being built, and what was built but never made current, by killed runs."""
    for leftover in published.glob(f"{_BUILDING}*"):
        _remove(leftover)
    current = _current_version(published)
    number = _number(current) if current else None
    if number is None:
        return
    for name in _versions(published):
        if (_number(name) or 0) > number:
            _remove_version(published, name)


def _prune(published: Path, kept: int) -> None:
    """Removes the oldest versions, never the current one.

    One that cannot be removed is no reason to fail: the new one is published, and the next publish
    tries again.
    """
    others = [name for name in _versions(published) if name != _current_version(published)]
    for name in others[: max(len(others) - kept + 1, 0)]:
        try:
            _remove_version(published, name)
        except OSError as error:
            progress.warning(f"The old version {published / name} stays: {error.strerror}.")


def _remove_version(published: Path, name: str) -> None:
    """Takes the name away first, so that no half of a version has one."""
    leaving = published / f"{_BUILDING}{name}"
    (published / name).rename(leaving)
    _remove(leaving)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path)


def _sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
