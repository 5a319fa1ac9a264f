"""The name of a folder says nothing about the rows in it."""

import re
from pathlib import Path

import pytest

from orchestration.landing.files import HashCache
from orchestration.onboarding.sample import sample_files

from .landings import Connection, land_location, sales, shop, write_parquet

REPOSITORY = Path(__file__).resolve().parents[2]
CSV = "customer,amount,status\nanna,1.25,cancelled\n"
JSON = '{"customer": "anna", "amount": "1.25", "status": "cancelled"}\n'
FOLDERS = "amount=999/status=completed/json=1/file_row_number=7"


def write(folder: Path, ending: str) -> Path:
    file = folder / FOLDERS / f"a.{ending}"
    file.parent.mkdir(parents=True)
    if ending == "parquet":
        write_parquet(file, "select 'anna' as customer, '1.25' as amount, 'cancelled' as status")
    else:
        file.write_text(JSON if ending == "jsonl" else CSV)
    return file


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "jsonl"])
def test_a_folder_sets_no_column(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, ending: str
) -> None:
    write(tmp_path / "data", ending)
    system = shop("customer", "amount", "status", files=(f"**/*.{ending}",))
    land_location(warehouse, hashes, system, tmp_path / "data")
    assert sales(warehouse, "* exclude (_load_id, _loaded_at)") == [
        ("anna", "1.25", "cancelled", f"{FOLDERS}/a.{ending}", 1)
    ]


def test_a_folder_sets_no_line(warehouse: Connection, hashes: HashCache, tmp_path: Path) -> None:
    folder = tmp_path / "line=no"
    folder.mkdir()
    (folder / "a.txt").write_text("yes\n")
    land_location(warehouse, hashes, shop("line", reader="lines"), folder)
    assert sales(warehouse, "line") == [("yes",)]


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_a_folder_sets_no_column_of_a_sample(tmp_path: Path, ending: str) -> None:
    write(tmp_path, ending)
    with sample_files(tmp_path) as sample:
        (table,) = sample.tables
        assert [column.name for column in table.columns] == ["customer", "amount", "status"]
        rows = sample.connection.execute(f"select customer, amount, status from {table.relation}")
        assert rows.fetchall() == [("anna", "1.25", "cancelled")]


def test_every_read_of_a_file_leaves_its_folders_aside() -> None:
    """Also where the folder is the user's own checkout."""
    readers = re.compile(r"(?<!\.)\b(read|scan)_(csv|parquet|json|ndjson)\w*\((?=[{?\"'])")
    texts = [
        (path, path.read_text())
        for folder in ("orchestration", "bench", "ml", "dbt_project")
        for path in (REPOSITORY / folder).rglob("*")
        if path.suffix in (".py", ".sql") and "target" not in path.parts
    ]
    calls = [
        (path, text[found.end() :][:600])
        for path, text in texts
        for found in readers.finditer(text)
    ]
    assert len(calls) >= 4
    assert [path for path, call in calls if "hive_partitioning" not in call] == []
