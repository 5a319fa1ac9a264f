"""What a snapshot was made from: when nothing of it has changed, a run has nothing to do."""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from orchestration.sources import Choice

# Beside the marts of a version.
FINGERPRINT_FILE = "made-from.json"

_CODE_SUFFIXES = {".sql", ".yml", ".yaml", ".csv", ".py", ".lock", ".md"}
_SKIPPED_FOLDERS = {"target", "logs", "dbt_packages", "__pycache__"}
_PACKAGES = (
    *("dagster", "dbt-core", "dbt-duckdb", "duckdb"),
    *("numpy", "pandas", "scikit-learn", "scipy", "skops"),
)

# Source system → raw table → file → SHA-256.
SourceHashes = Mapping[str, Mapping[str, Mapping[str, str]]]

Fingerprint = dict[str, Any]


def fingerprint(
    choice: Choice,
    sources: SourceHashes,
    as_of_date: str,
    code_hash: str,
    corrections: str = "",
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


def hash_code(paths: Iterable[Path]) -> str:
    """SHA-256 over the names and contents of all code files under the given paths."""
    digest = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted(_code_files(path))
        for file in files:
            content = file.read_bytes()
            digest.update(f"{path.name}/{file.relative_to(path)}:{len(content)}:".encode())
            digest.update(content)
    return digest.hexdigest()


def package_versions() -> dict[str, str]:
    """Versions of the packages that can change a result."""
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _code_files(folder: Path) -> Iterable[Path]:
    return (
        file
        for file in folder.rglob("*")
        if file.suffix in _CODE_SUFFIXES
        and not _SKIPPED_FOLDERS.intersection(file.relative_to(folder).parts)
    )
