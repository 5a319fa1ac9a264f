"""One run at a time: a file lock that the operating system lets go of when its process ends.

The lock belongs to the process, so whoever starts a run in a process that holds it already (the
`portrait` command, then Dagster's run resource) just goes on. A killed run leaves nothing behind.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from orchestration.errors import PortraitError

_PATIENCE_SECONDS = 0.3
# The sensor pulls databases and APIs before it knows whether there is news. So long it may take,
# and so long a run waits that Dagster starts meanwhile.
LONGEST_PULL_SECONDS = 7200

_held: set[Path] = set()


@contextmanager
def run_lock(path: Path, patience_seconds: float = _PATIENCE_SECONDS) -> Iterator[None]:
    """Holds the lock file `path` for the time of a run.

    Args:
        path: The file.
        patience_seconds: How long to wait for another process; by default a moment, because
            `is_locked` takes the lock for an instant to see if it can.

    Raises:
        PortraitError: Another process holds it.
    """
    if path in _held:
        yield
        return
    with path.open("a+") as file:
        if not _lock_within(file, patience_seconds):
            raise PortraitError(
                f"Another run is going on ({_holder(file)}).",
                "Wait until it has ended, or stop that process, and run again.",
            )
        file.truncate(0)
        started_at = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump({"pid": os.getpid(), "started_at": started_at}, file)
        file.flush()
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)
            file.truncate(0)


def is_locked(path: Path) -> bool:
    """Whether some process, this one included, holds the lock file `path`."""
    if path in _held:
        return True
    with path.open("a+") as file:
        return not _try_lock(file)


def _lock_within(file: IO[str], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not _try_lock(file):
        if time.monotonic() > deadline:
            return False
        time.sleep(min(seconds / 10, 1))
    return True


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: IO[str]) -> str:
    file.seek(0)
    try:
        holder = json.load(file)
    except ValueError:
        return "it has just begun"
    return f"process {holder['pid']}, started at {holder['started_at']}"
