"""Kinds of identifier, as the seed has them."""

import csv
from pathlib import Path

from orchestration.errors import PortraitError

_SHARED = ("link", "hint", "household")


def check_kind(seed: Path, kind: str) -> None:
    """Refuses a kind of which no two keys can share a value.

    Args:
        seed: seeds/identifier_kinds.csv.
        kind: The kind.

    Raises:
        PortraitError: With the kinds that there are.
    """
    with seed.open(encoding="utf-8", newline="") as file:
        kinds = [row["kind"] for row in csv.DictReader(file) if row["role"] in _SHARED]
    if kind not in kinds:
        raise PortraitError(
            f"There is no kind of identifier {kind!r}.", f"One of {', '.join(kinds)}."
        )
