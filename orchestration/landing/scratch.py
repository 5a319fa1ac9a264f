"""Names for copies that last as long as a landing."""

from itertools import count
from pathlib import Path

_NUMBERS = count()


def scratch_file(folder: Path, ending: str) -> Path:
    """A path in a folder of this process that nothing has yet."""
    return folder / f"{next(_NUMBERS)}{ending}"
