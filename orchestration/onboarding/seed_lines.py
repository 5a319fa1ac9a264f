"""Lines that a source adds to seeds of the project: what its own words mean."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path


def with_lines(seed: Path, lines: Iterable[Sequence[str]], key: int = 2) -> str | None:
    """The text of a seed with lines that it has not; None where it has them all.

    Args:
        seed: The file.
        lines: Lines, cell by cell. One whose first cells stand there already is left out.
        key: How many cells make a line known.
    """
    text = seed.read_text(encoding="utf-8")
    known = {tuple(row[:key]) for row in csv.reader(io.StringIO(text))}
    added = [list(line) for line in lines if tuple(line[:key]) not in known]
    if not added:
        return None
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(added)
    return text.rstrip("\n") + "\n" + target.getvalue()
