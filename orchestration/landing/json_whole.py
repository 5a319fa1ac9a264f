"""A file that is one JSON value, a list of objects as a rule, becomes JSON lines."""

import json
from collections.abc import Mapping
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.landing.files import DataFile
from orchestration.landing.scratch import scratch_file

# The whole value is held in memory.
_MOST_BYTES = 1 << 29
_HEAD_BYTES = 1 << 16


def as_json_lines(file: DataFile, path: Path, scratch: Path) -> Path:
    """The text itself where it is JSON lines, else a copy with one object a line.

    A list gives its objects, an object with nothing but one list the objects of that one, and any
    other object is one row. Numbers stay as they are written.

    Args:
        file: The file, for messages.
        path: The file or its copy, in UTF-8.
        scratch: Folder for the copy.

    Raises:
        PortraitError: It is a list of something else than objects, or too large to be opened.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        first = stream.read(_HEAD_BYTES).lstrip()[:1]
    is_named_so = file.name.lower().removesuffix(".gz").endswith(".json")
    if first != "[" and not (is_named_so and first == "{"):
        return path
    if path.stat().st_size > _MOST_BYTES:
        raise PortraitError(
            f"{file.label} is one JSON value of more than {_MOST_BYTES >> 20} MiB.",
            "Export it with one object a line (JSON Lines).",
        )
    try:
        value = json.loads(
            path.read_text(encoding="utf-8-sig"),
            parse_float=str,
            parse_int=str,
            object_pairs_hook=_without_twins,
        )
    except (ValueError, RecursionError):
        return path  # Whoever reads it line by line says where it is none.
    copy = scratch_file(scratch, ".txt")
    with copy.open("w", encoding="utf-8") as target:
        for number, row in enumerate(_rows(value), start=1):
            if not isinstance(row, Mapping):
                raise PortraitError(
                    f"{file.label}: element {number} is no JSON object.",
                    "Export a list of objects, or one object a line.",
                )
            target.write(json.dumps(row, ensure_ascii=False) + "\n")
    return copy


def _rows(value: object) -> list[object]:
    if isinstance(value, Mapping) and len(value) == 1:
        (only,) = value.values()
        value = only if isinstance(only, list) else value
    return value if isinstance(value, list) else [value]


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; one of its keys may be there once only, or a value would be lost."""
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a key is there twice")
    return read
