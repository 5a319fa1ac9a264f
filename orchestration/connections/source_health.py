"""How each source answered last: when it was read without fault, and what has been wrong since.

A source that fails leaves its earlier rows in place and the others at work; what is published says
how old its rows are.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.errors import PortraitError


@dataclass(frozen=True)
class Health:
    """The last answer of a source; times are ISO 8601 in UTC.

    Attributes:
        read_at: When it was last read without fault; None: never.
        failed_at: When it failed since; None: it did not.
        error: What was wrong then.
    """

    read_at: str | None = None
    failed_at: str | None = None
    error: str | None = None

    def __str__(self) -> str:
        """The error with the age of what is used in its place."""
        since = f"its rows of {self.read_at} are used" if self.read_at else "it has no rows yet"
        return f"{self.error} Until then {since}."


def read_health(path: Path) -> dict[str, Health]:
    """What is known of each source; nothing where the file is missing or damaged."""
    try:
        return {name: Health(**health) for name, health in json.loads(path.read_text()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def record_success(path: Path, name: str) -> None:
    """Notes that the source was read without fault just now."""
    _write(path, read_health(path) | {name: Health(read_at=_now())})


def record_failure(path: Path, name: str, error: PortraitError) -> Health:
    """Notes what was wrong, and keeps when it was last right."""
    known = read_health(path)
    health = Health(known.get(name, Health()).read_at, _now(), error.message)
    _write(path, known | {name: health})
    return health


def _write(path: Path, health: Mapping[str, Health]) -> None:
    content = {name: asdict(one) for name, one in sorted(health.items())}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
