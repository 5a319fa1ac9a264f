"""Files in the folder of a source that no table of it reads."""

from contextlib import suppress
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.landing.archives import is_archive, split_pattern, unpacked
from orchestration.landing.formats import is_empty, is_lock
from orchestration.quoting import plain_line
from orchestration.warehouse.manifest import SourceSystem


def unread_files(system: SourceSystem, location: object) -> tuple[str, ...]:
    """Names of the files in a local folder that no pattern of the source's tables finds.

    Args:
        system: The declared source system.
        location: Where its data is; what is no folder on this machine has no such files.
    """
    if not isinstance(location, Path) or not (location.is_dir() or is_archive(location)):
        return ()
    try:
        folder = unpacked(location) if is_archive(location) else location
    except PortraitError:  # The run says what is wrong with it.
        return ()
    if system.folder and (folder / system.folder).is_dir():
        folder = folder / system.folder
    read: set[str] = set()
    opened: dict[str, Path] = {}
    for table in system.tables:
        found = (_names_found(folder, pattern, opened) for pattern in table.files)
        read.update(next((names for names in found if names), ()))
        for pattern in table.files_beside:
            read |= _names_found(folder, pattern, opened)
    read -= set(system.left_out)
    there = _names_in(folder, "")
    for name, within in opened.items():
        there |= _names_in(within, f"{name}/")
    return tuple(
        plain_line(name) + (" (empty)" if is_empty(there[name]) else "")
        for name in sorted(there.keys() - read - opened.keys())
        if there[name].is_file() and not any(_is_hidden(part) for part in name.split("/"))
    )


def _names_in(folder: Path, above: str) -> dict[str, Path]:
    return {above + path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}


def _names_found(folder: Path, pattern: str, opened: dict[str, Path]) -> set[str]:
    """Names of what a pattern finds, as landing finds it; notes the archives that it leads into."""
    inside = split_pattern(pattern)
    if inside is None:
        return {path.relative_to(folder).as_posix() for path in folder.glob(pattern)}
    names = set()
    for archive in folder.glob(inside[0]):
        name = archive.relative_to(folder).as_posix()
        with suppress(PortraitError):
            opened[name] = unpacked(archive)
            names |= {f"{name}/{one}" for one in _names_found(opened[name], inside[1], {})}
    return names


def _is_hidden(part: str) -> bool:
    return part[0] in "._" or is_lock(part)
