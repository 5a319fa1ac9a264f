"""A run has nothing to do exactly when nothing has changed."""

from pathlib import Path

import pytest

from orchestration import code_digest
from orchestration.code_digest import hash_code
from orchestration.connections.declared import SqlDatabase
from orchestration.project import Project
from orchestration.publishing.fingerprint import changes, fingerprint, read_fingerprint

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
    decided = fingerprint(path, SOURCES, "", "code", identity_rules="of a person")
    assert changes(decided, BASE) == ["identity rules"]
    found = fingerprint(path, SOURCES, "", "code", found_links="of a person")
    assert changes(found, BASE) == ["found links"]
    pinned = fingerprint(path, SOURCES, "", "code", pinned_models="of a version")
    assert changes(pinned, BASE) == ["pinned models"]
    monkeypatch.setattr(code_digest, "version", lambda package: "0")
    assert changes(fingerprint(path, SOURCES, "", "code"), BASE) == ["packages"]


def test_without_an_earlier_one_everything_is_new(tmp_path: Path) -> None:
    assert changes(BASE, read_fingerprint(tmp_path / "none.json")) == list(BASE)


DECIDING = [
    "dbt_project/dbt_project.yml",
    "dbt_project/profiles.yml",
    "dbt_project/macros/engine/dates.sql",
    "dbt_project/models/marts/orders.sql",
    "dbt_project/models/marts/orders.yml",
    "dbt_project/models/marts/words.md",
    "dbt_project/models/staging/till/more.yaml",
    "dbt_project/seeds/currencies.csv",
    "dbt_project/tests/assert_money.sql",
    "ml/prediction.py",
    "orchestration/defs/resources.py",
    "orchestration/onboarding/values.yml",
    "orchestration/simulator/data/names.csv",
    "orchestration/simulator/sql/world/products.sql",
    "requirements.lock",
]
IDLE = [
    "README.md",
    "dbt_project/logs/dbt.sql",
    "dbt_project/target/manifest.yml",
    "ml/__pycache__/prediction.py",
    "ml/prediction.pyc",
    "requirements-dev.lock",
    "tests/test_a.py",
]


@pytest.fixture
def checkout(tmp_path: Path) -> Project:
    project = Project(tmp_path / "root", tmp_path / "home")
    for name in [*DECIDING, *IDLE]:
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_text("as it was")
    return project


@pytest.mark.parametrize("name", DECIDING)
def test_each_file_that_decides_what_is_made_counts(checkout: Project, name: str) -> None:
    before = hash_code(checkout.code)
    file = checkout.root / name
    file.write_text("as it is!")  # As long as before.
    changed = hash_code(checkout.code)
    assert changed != before
    if file.parent != checkout.root:
        file.rename(file.with_stem("renamed"))
        assert hash_code(checkout.code) not in (before, changed)


@pytest.mark.parametrize("name", IDLE)
def test_other_files_do_not_count(checkout: Project, name: str) -> None:
    before = hash_code(checkout.code)
    (checkout.root / name).write_text("changed")
    assert hash_code(checkout.code) == before


def test_files_are_not_taken_for_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "ml"
    folder.mkdir()
    hashes = set()
    for one, other in (("ab", "c"), ("a", "bc"), ("c", "ab")):
        (folder / "a.py").write_text(one)
        (folder / "b.py").write_text(other)
        hashes.add(hash_code([folder]))
    assert len(hashes) == 3


def test_no_kind_of_file_in_the_code_is_overlooked() -> None:
    """A new ending belongs among those that decide, or into a folder that is skipped."""
    paths = (path for folder in Project.find().code for path in folder.rglob("*"))
    kinds = {
        path.suffix
        for path in paths
        if path.is_file() and not code_digest._SKIPPED_FOLDERS.intersection(path.parts)
    }
    assert {".py", ".sql", ".yml", ".csv"} <= kinds <= code_digest._CODE_SUFFIXES


def test_a_part_that_the_earlier_one_lacks_is_new() -> None:
    for part in BASE:
        earlier = {name: value for name, value in BASE.items() if name != part}
        assert changes(BASE, earlier) == [part]


def test_a_damaged_fingerprint_makes_everything_new(tmp_path: Path) -> None:
    (tmp_path / "made-from.json").write_text('{"code": ')
    assert changes(BASE, read_fingerprint(tmp_path / "made-from.json")) == list(BASE)


def database(url: str) -> SqlDatabase:
    return SqlDatabase.model_validate(
        {"kind": "sql_database", "url": url, "tables": {"orders": None}}
    )


def test_what_a_connection_is_told_by_shows_no_secret() -> None:
    made = [
        fingerprint({"erp": database(f"sqlite:///{name}"), "till": None}, {}, "", "code")
        for name in ("secret", "other", "other")
    ]
    assert "secret" not in str(made[0])
    assert changes(made[1], made[0]) == ["choice of sources"]
    assert changes(made[2], made[1]) == []
