"""The files that a source may be drafted of, those in zip archives among them."""

import stat
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.landing.archives import is_archive, unpacked
from orchestration.landing.formats import is_lock, reader_of


def find_files(path: Path, cache: Path) -> tuple[dict[str, Path], list[str]]:
    """What lies in a folder, or is named itself.

    Args:
        path: The folder, file or archive.
        cache: Where archives are unpacked.

    Returns:
        Name → file, and what else is named like one, with the reason why it is none.

    Raises:
        PortraitError: There is nothing, or the archive that is named cannot be unpacked.
    """
    if not path.exists():
        raise PortraitError(f"{path} does not exist.", "Name the folder or file with --files.")
    if path.is_file():
        if is_archive(path):
            return _in_folder(unpacked(path, cache=cache), cache)
        return {path.name: path}, []
    return _in_folder(path, cache)


def _in_folder(folder: Path, cache: Path) -> tuple[dict[str, Path], list[str]]:
    there: dict[str, Path] = {}
    unread: list[str] = []
    for found in sorted(folder.rglob("*")):
        name = found.relative_to(folder)
        if is_lock(name.name) and not name.name.startswith("."):
            unread.append(f"{name} only says that the file is open in Excel")
            continue
        if any(part.startswith((".", "_")) for part in name.parts):
            continue
        try:
            mode = found.stat().st_mode
            has_parts = stat.S_ISDIR(mode) and any(found.iterdir())
        except OSError as error:
            unread.append(f"{name} cannot be read: {error.strerror or error}")
            continue
        if stat.S_ISREG(mode) and is_archive(found):
            try:
                within, told = _in_folder(unpacked(found, name.as_posix(), cache), cache)
            except PortraitError as error:
                unread.append(f"{error.message} {error.hint}")
                continue
            there |= {f"{name.as_posix()}/{one}": file for one, file in within.items()}
            unread += [f"{name.as_posix()}: {one}" for one in told]
        elif stat.S_ISREG(mode):
            there[name.as_posix()] = found
        elif reader_of(found) and not has_parts:
            unread.append(f"{name} is no file, though it is named like one")
    return there, unread
