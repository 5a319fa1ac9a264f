"""Files in which people decide: a version, and a list of entries under one key."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import PortraitError
from orchestration.quoting import shortened


def read_entries(
    file: Path, key: str, version: int, unreadable: Callable[[Path, str], PortraitError]
) -> list[Any]:
    """The entries of a file, none where there is no file.

    Args:
        file: The file, yml.
        key: Under which they stand.
        version: Of the form in which they are written.
        unreadable: Gives the error for a file and what is wrong with it.

    Raises:
        PortraitError: It is no such file.
    """
    if not file.exists():
        return []
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise unreadable(file, shortened(error)) from error
    if not isinstance(read, dict) or read.get("version", version) != version:
        raise unreadable(file, f"it does not begin with version: {version}")
    entries = read.get(key) or []
    if not isinstance(entries, list):
        raise unreadable(file, f"{key} is no list")
    return entries
