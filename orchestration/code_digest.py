"""What code and which packages made something: when they change, it is made anew."""

import hashlib
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_CODE_SUFFIXES = {
    *(".sql", ".yml", ".yaml", ".csv", ".py", ".lock", ".in", ".md"),
    *(".html", ".css", ".js", ".txt"),
}
_SKIPPED_FOLDERS = {"target", "logs", "dbt_packages", "__pycache__"}
_PACKAGES = (
    *("dagster", "dbt-core", "dbt-duckdb", "duckdb"),
    *("numpy", "pandas", "scikit-learn", "scipy", "skops"),
)

# Of a commit and of the code's hash, where people read them.
CODE_DIGITS = 12


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


def _code_files(folder: Path) -> Iterable[Path]:
    return (
        file
        for file in folder.rglob("*")
        if file.suffix in _CODE_SUFFIXES
        and not _SKIPPED_FOLDERS.intersection(file.relative_to(folder).parts)
    )
