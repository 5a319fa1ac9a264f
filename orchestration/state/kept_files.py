"""Files that can be made again, kept by what they were made from, for all state folders of a user.

What is not there, was damaged, or might be somebody else's, is as if it had never been kept: no
error comes from here.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

_MOST_FILES = 12
_OTHERS_MAY_WRITE = 0o022
_DIGEST_SIZE = hashlib.sha256().digest_size


def read_kept(folder: Path, made_from: str) -> bytes | None:
    """What was kept of this; None where nothing is, or other bytes than were written."""
    file = _file(folder, made_from)
    try:
        if not _is_the_users_alone(folder):
            return None
        digest, content = _split(file.read_bytes())
        os.utime(file)  # The files that were not read for longest go first.
    except OSError:
        return None
    return content if hashlib.sha256(content).digest() == digest else None


def keep(folder: Path, made_from: str, content: bytes) -> None:
    """Keeps it, in one move, and lets go of those that were not read for longest.

    Args:
        folder: Holds nothing else; made where it is not, for its user alone.
        made_from: Differs whenever the content may.
        content: What `read_kept` gives.
    """
    file = _file(folder, made_from)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    with suppress(OSError):  # The disk may be full, or the user may not write there.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_the_users_alone(folder):
            return
        try:
            part.write_bytes(hashlib.sha256(content).digest() + content)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
        for old in sorted(folder.iterdir(), key=_read_at, reverse=True)[_MOST_FILES:]:
            old.unlink(missing_ok=True)


def _file(folder: Path, made_from: str) -> Path:
    return folder / hashlib.sha256(made_from.encode()).hexdigest()


def _split(written: bytes) -> tuple[bytes, bytes]:
    return written[:_DIGEST_SIZE], written[_DIGEST_SIZE:]


def _is_the_users_alone(folder: Path) -> bool:
    """Whether nobody else can have put a file there: what it says is run as SQL."""
    state = folder.stat()
    return state.st_uid == os.getuid() and not state.st_mode & _OTHERS_MAY_WRITE


def _read_at(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0  # Another process has just removed it.
