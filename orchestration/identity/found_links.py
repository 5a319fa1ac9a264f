"""Links that were found: which keys are one person's by what they say, as text that can be read.

They are kept in `found_links.jsonl`, beside the other things that are the user's: a line that says
from which probability on was looked, and then a JSON object a pair. A line that is taken out takes
its link back; the file names no value of anybody's, only fields.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.errors import PortraitError
from orchestration.quoting import shortened
from orchestration.state.whole_files import write_whole

_VERSION = 1
_FIELDS = {"source_key", "other_source_key", "match_probability", "agreed_fields", "found_on"}


@dataclass(frozen=True, order=True)
class FoundLink:
    """Two keys that are one person's, as far as it can be told.

    Attributes:
        source_key: One of them, as `source_system:source_customer_id`; that which sorts first.
        other_source_key: The other.
        match_probability: That they are, 0..1.
        agreed_fields: Names of the fields in which they say the same.
        found_on: Last day of the shop's orders when it was found.
    """

    source_key: str
    other_source_key: str
    match_probability: float
    agreed_fields: tuple[str, ...]
    found_on: date

    @property
    def keys(self) -> tuple[str, str]:
        """Both keys."""
        return self.source_key, self.other_source_key


def read_found_links(file: Path) -> list[FoundLink]:
    """All links of the file, in its order; none where there is no file.

    Raises:
        PortraitError: The file is none of found links; names the line.
    """
    if not file.exists():
        return []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise _unreadable(file, 1, shortened(error)) from error
    told = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    for number, line in told[:1]:
        if _object(file, number, line).get("version") != _VERSION:
            raise _unreadable(file, number, f'it does not begin with {{"version": {_VERSION}}}')
    links: dict[tuple[str, str], FoundLink] = {}
    for number, line in told[1:]:
        link = _link(file, number, _object(file, number, line))
        if links.setdefault(link.keys, link) is not link:
            raise _unreadable(file, number, "an earlier line says it of the same two keys")
    return list(links.values())


def write_found_links(file: Path, links: Iterable[FoundLink], least: float) -> None:
    """Writes the file anew, in the order of the keys.

    Args:
        file: The file.
        links: What was found.
        least: The probability from which on it was looked for.

    Raises:
        PortraitError: It cannot be written; it is as it was.
    """
    entries: list[dict[str, Any]] = [{"version": _VERSION, "least_probability": least}]
    entries += [
        {
            "source_key": link.source_key,
            "other_source_key": link.other_source_key,
            "match_probability": link.match_probability,
            "agreed_fields": list(link.agreed_fields),
            "found_on": link.found_on.isoformat(),
        }
        for link in sorted(links)
    ]
    write_whole(file, "".join(f"{json.dumps(entry, ensure_ascii=False)}\n" for entry in entries))


def _object(file: Path, number: int, line: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except ValueError as error:
        raise _unreadable(file, number, shortened(error)) from error
    if not isinstance(read, dict):
        raise _unreadable(file, number, "it is no object of JSON")
    return read


def _link(file: Path, number: int, entry: dict[str, Any]) -> FoundLink:
    if {*entry} != _FIELDS:
        raise _unreadable(file, number, f"it does not say {', '.join(sorted(_FIELDS))}, each once")
    keys = [entry["source_key"], entry["other_source_key"]]
    if not all(isinstance(key, str) and ":" in key for key in keys) or keys[0] == keys[1]:
        raise _unreadable(file, number, "it needs two keys, each as 'source:customer'")
    probability = entry["match_probability"]
    is_number = isinstance(probability, int | float) and not isinstance(probability, bool)
    if not is_number or not 0 <= probability <= 1:
        raise _unreadable(file, number, "match_probability is no number from 0 to 1")
    agreed = entry["agreed_fields"]
    if not isinstance(agreed, list) or not all(isinstance(name, str) for name in agreed):
        raise _unreadable(file, number, "agreed_fields is no list of names")
    try:
        found_on = date.fromisoformat(entry["found_on"])
    except (TypeError, ValueError) as error:
        raise _unreadable(file, number, "found_on is no day like 2024-05-31") from error
    one, other = sorted(keys)
    return FoundLink(one, other, float(probability), tuple(agreed), found_on)


def _unreadable(file: Path, number: int, because: str) -> PortraitError:
    return PortraitError(
        f"{file} cannot be read: line {number}: {because}.",
        "Take the line out, or find the links anew: portrait identity find",
    )
