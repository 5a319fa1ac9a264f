"""What the system says of a file whose content nobody reads, and how far that can be trusted."""

import os
import time
from pathlib import Path
from typing import NamedTuple

# A file system keeps time in ticks: of some milliseconds, or, where nanoseconds are all zero, of up
# to two seconds.
_TICK_NS, _COARSE_TICK_NS = 100_000_000, 2_000_000_000
_SECOND_NS = 1_000_000_000


class FileState(NamedTuple):
    """Differs once the content has changed, if the file was settled before.

    Size and time of modification alone do not: whoever writes a file can set both. The time of
    change is the system's own.
    """

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


def state_of(path: Path) -> FileState:
    """The state of a file; a link is followed."""
    stat = path.stat()
    return FileState(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


def is_settled(state: FileState) -> bool:
    """Whether the tick in which the file changed is over, so that any other change will show."""
    tick = _TICK_NS if state.changed_ns % _SECOND_NS else _COARSE_TICK_NS
    return time.time_ns() - state.changed_ns > tick


def real_path(path: Path) -> Path:
    """The path without links, so that none can be turned to another file between two looks."""
    return Path(os.path.realpath(path))
