"""A run has nothing to do exactly when nothing has changed."""

from pathlib import Path

import pytest

from orchestration import fingerprint as module
from orchestration.fingerprint import changes, fingerprint, hash_code, read_fingerprint

SOURCES = {"shop": {"sales": {"a.csv": "1", "b.csv": "2"}}}
BASE = fingerprint({"shop": Path("/data")}, SOURCES, "", "code")


def test_the_same_is_the_same_whatever_the_order() -> None:
    again = {"shop": {"sales": {"b.csv": "2", "a.csv": "1"}}}
    assert changes(fingerprint({"shop": Path("/data")}, again, "", "code"), BASE) == []


def test_each_part_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    path = {"shop": Path("/data")}
    other_file = {"shop": {"sales": {"a.csv": "1", "b.csv": "3"}}}
    assert changes(fingerprint({"shop": Path("/x")}, SOURCES, "", "code"), BASE) == [
        "choice of sources"
    ]
    assert changes(fingerprint(path, other_file, "", "code"), BASE) == ["source files"]
    assert changes(fingerprint(path, SOURCES, "2024-01-01", "code"), BASE) == ["as-of date"]
    assert changes(fingerprint(path, SOURCES, "", "other code"), BASE) == ["code"]
    corrected = fingerprint(path, SOURCES, "", "code", corrections="of a row")
    assert changes(corrected, BASE) == ["corrected rows"]
    monkeypatch.setattr(module, "version", lambda package: "0")
    assert changes(fingerprint(path, SOURCES, "", "code"), BASE) == ["packages"]


def test_without_an_earlier_one_everything_is_new(tmp_path: Path) -> None:
    assert changes(BASE, read_fingerprint(tmp_path / "none.json")) == list(BASE)


def test_code_is_hashed_by_name_and_content(tmp_path: Path) -> None:
    package, lock = tmp_path / "ml", tmp_path / "requirements.lock"
    (package / "__pycache__").mkdir(parents=True)
    lock.write_text("a==1")
    (package / "a.py").write_text("1")
    hashes = [hash_code([package, lock])]
    (package / "__pycache__" / "a.py").write_text("ignored")
    (package / "a.pyc").write_text("ignored")
    assert hash_code([package, lock]) == hashes[0]

    lock.write_text("a==2")
    hashes.append(hash_code([package, lock]))
    (package / "a.py").write_text("2")
    hashes.append(hash_code([package, lock]))
    (package / "a.py").rename(package / "b.py")
    hashes.append(hash_code([package, lock]))
    assert len(set(hashes)) == 4
