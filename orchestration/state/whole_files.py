"""Files written as a whole or not at all, whoever is killed meanwhile."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestration.errors import PortraitError


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file in one move; its mode stays, and so does a link that leads to it.

    For files that nothing but the user could write again. One caller at a time.

    Raises:
        PortraitError: The file cannot be written; it is as it was.
    """
    file = Path(os.path.realpath(path))
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            if isinstance(content, str):
                part.write_text(content, encoding="utf-8")
            else:
                part.write_bytes(content)
            if file.exists():
                shutil.copymode(file, part)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise PortraitError(
            f"{path} cannot be written: {error.strerror or error}.",
            "See that you may write to its folder; PORTRAIT_OWN can name another.",
        ) from error


@contextmanager
def written_together(files: Mapping[Path, str]) -> Iterator[None]:
    """Writes files, each in one move; if one cannot be, or the block fails, all are as before.

    Whoever is killed between two moves leaves the first files of the mapping: put those first that
    can stand alone.

    Args:
        files: Path → text, in the order of writing.

    Raises:
        OSError: A file cannot be written.
    """
    folders = _make_folders(files)
    parts = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in files}
    before = {path: path.read_bytes() if path.exists() else None for path in files}
    moved: list[Path] = []
    try:
        for path, text in files.items():
            parts[path].write_text(text, encoding="utf-8")
        for path, part in parts.items():
            part.replace(path)
            moved.append(path)
        yield
    except BaseException:
        for path in moved:
            _restore(path, before[path])
        raise
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
        for folder in reversed(folders):
            with suppress(OSError):  # It is not empty where all went well.
                folder.rmdir()


def _make_folders(files: Mapping[Path, str]) -> list[Path]:
    """Makes the folders that are lacking; gives them, the outermost first."""
    made = []
    for path in files:
        lacking = [folder for folder in path.parents if not folder.exists()]
        for folder in reversed(lacking):
            folder.mkdir()
            made.append(folder)
    return made


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)
