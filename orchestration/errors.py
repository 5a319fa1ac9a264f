"""The one kind of error that a user is meant to read."""

import errno
from collections.abc import Iterator

from orchestration.quoting import abridged, plain_line

# Room for a path, a list of columns and what a database said.
_LONGEST = 2_000
# As the system, DuckDB and SQLite say it.
_FULL = ("no space left on device", "disk is full", "disk quota exceeded")


class PortraitError(Exception):
    """Something a user can put right.

    Attributes:
        message: One sentence that says what is wrong, with the names that matter.
        hint: What to do about it.
    """

    def __init__(self, message: str, hint: str) -> None:
        """Keeps the two halves apart, so that each face (terminal, Dagster) shows them its way.

        Names and values from data stand in both: they only show, and leave room for the sentence.
        """
        self.message = abridged(plain_line(message), _LONGEST)
        self.hint = abridged(plain_line(hint), _LONGEST)
        super().__init__(self.message)


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """An exception and what led to it, each once: Dagster's chains can bite their own tails."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        yield cause
        seen.append(cause)
        cause = cause.__cause__ or cause.__context__


def full_disk(error: BaseException) -> PortraitError | None:
    """The sentence for a disk without room, if that is what an exception comes from."""
    for cause in chain_of(error):
        is_full = isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)
        if is_full or any(words in str(cause).lower() for words in _FULL):
            return PortraitError(
                "The disk is full; what was published before stays as it is.",
                "Make room on the disk of PORTRAIT_HOME, then run again.",
            )
    return None
