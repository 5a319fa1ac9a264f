"""Numbers in JSON that a double would round: money must not lose a digit on its way.

DuckDB gives a JSON number with a fraction or an exponent as the double nearest to it. Up to fifteen
digits that is the same number; `1234567890123456.78` would arrive as `1234567890123456.8`.
"""

import re
from decimal import Decimal
from pathlib import Path

from orchestration.landing.scratch import scratch_file

# What a number of more than fifteen digits looks like; a text may look so too.
LONG_NUMBER = r"[0-9.]{17}|[0-9]{16}[eE]"

_STRING_OR_NUMBER = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9][0-9.eE+-]*')


def with_exact_numbers(path: Path, scratch: Path) -> Path:
    """A copy of JSON lines in which every number that a double would round is text."""
    copy = scratch_file(scratch, ".jsonl")
    with path.open("rb") as source, copy.open("wb") as target:
        for line in source:
            target.write(_STRING_OR_NUMBER.sub(_exact, line))
    return copy


def _exact(found: re.Match[bytes]) -> bytes:
    written = found[0]
    if written.startswith(b'"') or not set(written) & set(b".eE"):
        return written
    number = written.decode()
    return written if Decimal(repr(float(number))) == Decimal(number) else b'"%b"' % written
