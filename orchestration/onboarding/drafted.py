"""Which files of a staging folder are as they were drafted, told by their hashes."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

# dbt reads no such file; it belongs to the source's folder, and into version control with it.
DRAFTED = "_drafted.json"


def untouched(folder: Path) -> frozenset[str]:
    """Names of the drafted files that nobody has edited since; none where one of them is gone."""
    recorded = _recorded(folder)
    texts = {name: _read(folder / name) for name in recorded}
    if None in texts.values():
        return frozenset()
    return frozenset(
        name for name, text in texts.items() if text and _digest(text) == recorded[name]
    )


def drafted_digests(folder: Path, files: Mapping[Path, str]) -> str:
    """The record of a folder once these files are written in it."""
    new = {path.name: _digest(text) for path, text in files.items() if path.parent == folder}
    return json.dumps(dict(sorted({**_recorded(folder), **new}.items())), indent=2) + "\n"


def _recorded(folder: Path) -> dict[str, str]:
    try:
        read = json.loads((folder / DRAFTED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
