"""What a pattern finds is read or told; nothing is passed over."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import land
from orchestration.landing.unread import unread_files
from orchestration.onboarding.sample import sample_files

from .landings import Connection, land_location, refused, sales, shop

SHOP = shop("customer", files=("*.csv", "**/*.csv"))
GOOD = "customer\nanna\n"


def test_a_folder_that_is_named_like_a_file(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(GOOD)
    (tmp_path / "b.csv").mkdir()
    told = refused(warehouse, hashes, SHOP, tmp_path)
    assert "b.csv is no file, though it is named like one" in told


def test_a_folder_of_parts_may_be_named_like_a_file(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "b.csv").mkdir()
    (tmp_path / "b.csv" / "part-0.csv").write_text(GOOD)
    land_location(warehouse, hashes, shop("customer", files=("**/*.csv",)), tmp_path)
    assert sales(warehouse, "_origin_file") == [("b.csv/part-0.csv",)]


def test_other_folders_are_passed_over(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "data" / "old").mkdir(parents=True)
    (tmp_path / "data" / "a.csv").write_text(GOOD)
    land_location(warehouse, hashes, shop("customer", files=("*",)), tmp_path / "data")
    assert sales(warehouse, "customer") == [("anna",)]


@pytest.mark.parametrize("target", ["b.csv", "nothing.csv", "c.csv"])
def test_links_that_lead_nowhere(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, target: str
) -> None:
    (tmp_path / "a.csv").write_text(GOOD)
    (tmp_path / "b.csv").symlink_to(target)
    (tmp_path / "c.csv").symlink_to("b.csv")
    assert "b.csv cannot be read" in refused(warehouse, hashes, SHOP, tmp_path)
    assert "b.csv" in refused(warehouse, hashes, SHOP, tmp_path / "b.csv")


def test_a_folder_that_holds_itself_ends(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.csv").write_text(GOOD)
    (tmp_path / "deep" / "again").symlink_to(tmp_path)
    land_location(warehouse, hashes, shop("customer", files=("**/*.csv",)), tmp_path)
    assert sales(warehouse, "_origin_file") == [("deep/a.csv",)]


def test_something_else_than_a_file(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "a.csv")
    assert "a.csv is no file" in refused(warehouse, hashes, SHOP, tmp_path)


@pytest.mark.parametrize("closed", ["data", "data/2024"])
def test_a_folder_that_cannot_be_read(
    warehouse: Connection,
    hashes: HashCache,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    closed: str,
) -> None:
    data = tmp_path / "data"
    (data / "2024").mkdir(parents=True)
    for file in (data / "a.csv", data / "2024" / "b.csv"):
        file.write_text(GOOD)
    scan = os.scandir

    def refusing(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(path) == tmp_path / closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    told = refused(warehouse, hashes, shop("customer", files=("**/*.csv",)), data)
    assert f"{closed} cannot be read: Permission denied" in told


def test_empty_files_beside_others_are_left_out(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.csv").write_text("customer\nanna\n")
    (tmp_path / "b.csv").write_bytes(b"\xef\xbb\xbf \n")
    land_location(warehouse, hashes, shop("customer"), tmp_path)
    assert "shop: b.csv is empty and left out" in caplog.text
    (tmp_path / "b.csv").unlink()
    assert land_location(warehouse, hashes, shop("customer"), tmp_path).row_count == 1
    (tmp_path / "a.csv").write_text("")
    assert "a.csv is empty" in refused(warehouse, hashes, shop("customer"), tmp_path)


def test_files_that_no_table_reads_are_known(tmp_path: Path) -> None:
    for name in ("a.csv", "b.txt", ".hidden", "sub/_part.csv", "sub/c.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "d.csv").touch()
    system = shop("customer", files=("a*.csv",))
    assert unread_files(system, tmp_path) == ("b.txt", "d.csv (empty)", "sub/c.csv")
    assert unread_files(system, tmp_path / "a.csv") == unread_files(system, None) == ()


def test_a_sample_tells_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(GOOD)
    (tmp_path / "b.csv").symlink_to("nothing.csv")
    (tmp_path / "c.csv").mkdir()
    with sample_files(tmp_path) as sample:
        assert [table.name for table in sample.tables] == ["a"]
        assert [told.split()[0] for told in sample.unread] == ["b.csv", "c.csv"]


def test_files_that_excel_has_open_are_told_and_their_locks_passed_over(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    every = shop("customer", files=("*",))
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.csv").write_text(GOOD)
    (data / "~$a.csv").write_bytes(b"\x05anna" + bytes(160))
    (data / ".~lock.a.csv#").write_text(",anna;")
    land_location(warehouse, hashes, every, data)
    assert sales(warehouse, "customer") == [("anna",)]
    assert "a.csv is open in Excel, and read as it was saved last" in caplog.text
    assert unread_files(every, data) == ()
    with sample_files(data) as sample:
        assert sample.unread == ("~$a.csv only says that the file is open in Excel",)


def test_a_file_that_is_gone_takes_its_rows_and_is_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).write_text(f"customer\n{name}\n")
    land_location(warehouse, hashes, SHOP, tmp_path)
    (tmp_path / "a.csv").unlink()
    (tmp_path / "b.csv").rename(tmp_path / "d.csv")
    (tmp_path / "c.csv").write_text("customer\nanna\n")
    land_location(warehouse, hashes, SHOP, tmp_path)
    assert sales(warehouse, "customer, _origin_file") == [("anna", "c.csv"), ("b.csv", "d.csv")]
    gone = [record.message for record in caplog.records if "is gone" in record.message]
    assert gone == ["shop: a.csv is gone, and its rows of sales with it"]
    # Under a name that no pattern finds it is missed, and what is there is named.
    exact = shop("customer", files=("c.csv",))
    (tmp_path / "c.csv").rename(tmp_path / "c (1).csv")
    told = refused(warehouse, hashes, exact, tmp_path)
    assert "no file for the table sales" in told and "c (1).csv" in told


@pytest.mark.parametrize("content", [None, "", "x,y\n1,2\n", f"{GOOD}1,2,3,4,5\n"])
def test_a_table_that_no_model_reads_stops_nothing(
    warehouse: Connection,
    hashes: HashCache,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    content: str | None,
) -> None:
    (tmp_path / "a.csv").write_text(GOOD)
    read = shop("customer", files=("a.csv",))
    spare = replace(read.tables[0], name="spare", files=("b.csv",), is_read=False)
    both = replace(read, tables=(*read.tables, spare))
    (tmp_path / "b.csv").write_text(GOOD)
    land(warehouse, both, find_source_files(both, tmp_path), hashes)
    (tmp_path / "b.csv").unlink()
    if content is not None:
        (tmp_path / "b.csv").write_text(content)
    land(warehouse, both, find_source_files(both, tmp_path), hashes)
    assert "No model reads spare, so it is left empty" in caplog.text
    assert warehouse.execute("select count(*) from raw_shop.spare").fetchall() == [(0,)]
