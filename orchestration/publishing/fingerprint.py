"""What a snapshot was made from: when nothing of it has changed, a run has nothing to do."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.code_digest import package_versions
from orchestration.connections.sources import Choice

# Beside the marts of a version.
FINGERPRINT_FILE = "made-from.json"

# Source system → raw table → file → SHA-256.
SourceHashes = Mapping[str, Mapping[str, Mapping[str, str]]]

Fingerprint = dict[str, Any]


def fingerprint(
    choice: Choice,
    sources: SourceHashes,
    as_of_date: str,
    code_hash: str,
    corrections: str = "",
    identity_rules: str = "",
    found_links: str = "",
    pinned_models: str = "",
) -> Fingerprint:
    """Everything that decides what a run makes, in parts that can be compared and named."""
    return {
        # The settings of a connection may hold what nobody should read in a published folder.
        "choice of sources": {
            name: str(origin) if isinstance(origin, Path | str | None) else _sha256(repr(origin))
            for name, origin in sorted(choice.items())
        },
        "source files": {
            name: {table: dict(sorted(files.items())) for table, files in sorted(tables.items())}
            for name, tables in sorted(sources.items())
        },
        "corrected rows": corrections,
        "identity rules": identity_rules,
        "found links": found_links,
        "pinned models": pinned_models,
        "as-of date": as_of_date,
        "code": code_hash,
        "packages": package_versions(),
    }


def changes(new: Fingerprint, old: Fingerprint | None) -> list[str]:
    """Names of the parts in which two fingerprints differ."""
    return [part for part in new if old is None or new[part] != old.get(part)]


def read_fingerprint(path: Path) -> Fingerprint | None:
    """The fingerprint that a publish wrote; None where there is none."""
    try:
        read: Fingerprint = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return read


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
