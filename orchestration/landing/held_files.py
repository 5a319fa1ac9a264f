"""Files that stay the same from the moment they are hashed until their rows have been read.

A warehouse that holds the rows of one version under the hash of another would never notice. So a
file that has just been written is copied, and the copy is hashed and read; any other is looked at
again afterwards.
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.landing.file_state import FileState, is_settled, real_path, state_of
from orchestration.landing.files import DataFile
from orchestration.landing.formats import naming_unreadable
from orchestration.landing.scratch import scratch_file


class HeldFiles:
    """The files of one landing."""

    def __init__(self, scratch: Path) -> None:
        """Copies go to `scratch`, and must stay there until the landing is over."""
        self._scratch = scratch
        self._states: dict[Path, FileState] = {}

    def hold(self, file: DataFile) -> DataFile:
        """The file as it is to be hashed and read.

        Raises:
            PortraitError: It cannot be read, or is being written.
        """
        with naming_unreadable(file.label):
            path = real_path(file.path)
            state = state_of(path)
            if is_settled(state):
                self._states[path] = state
                return replace(file, path=path)
            return replace(file, path=self._copy(file, path))

    def check(self, files: Iterable[DataFile]) -> None:
        """Sees, after they have been read, that files are still what they were when held.

        Raises:
            PortraitError: One has changed, or something else has its name.
        """
        for file in files:
            with naming_unreadable(file.label):
                held = self._states.get(file.path)
                if held is not None and state_of(file.path) != held:
                    raise _changed(file)

    def _copy(self, file: DataFile, path: Path) -> Path:
        """A copy of one version: an open file stays what it is when another gets its name."""
        copy = scratch_file(self._scratch, path.suffix)
        with path.open("rb") as source, copy.open("wb") as target:
            before = os.fstat(source.fileno())
            shutil.copyfileobj(source, target)
            after = os.fstat(source.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise _changed(file)
        return copy


def _changed(file: DataFile) -> PortraitError:
    return PortraitError(
        f"{file.label} was changed or replaced while it was read.",
        "Run again when nothing writes to it any more.",
    )
