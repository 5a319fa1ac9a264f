"""What cannot be read is told with its file and place; nothing of it lands."""

import gzip
from pathlib import Path

import pytest

from orchestration.landing import formats
from orchestration.landing.files import HashCache

from .landings import Connection, land_location, refused, sales, shop, write_parquet

GOOD = "customer,city\nanna,Bern\n"
PACKED = gzip.compress(GOOD.encode(), mtime=0)  # the time would make a test's name the clock's


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "a.csv",
            GOOD + "bert\n",
            "a.csv cannot be read: CSV Error on Line: 3",
        ),
        ("a.csv", GOOD + "a,b,c\n", "Expected Number of Columns: 2 Found: 3"),
        ("a.csv", GOOD + 'a,"b\n' + "x,y\n" * 9, "unterminated quote"),
        ("a.csv", '"customer,city\nanna,Bern\n', "a.csv has no header that can be read"),
        ("a.csv", "x" * (1 << 20), "a.csv has no header: its first line is longer"),
        ("a.csv", ",".join(map(str, range(9999))) + "\n", "a.csv has 9,999 columns"),
        ("a.csv", "customer,city,_load_id\na,b,c\n", "has a column _load_id, which landing"),
        ("a.csv.gz", GOOD, "a.csv.gz is no gzip file"),
        ("a.csv.gz", PACKED[:-9], "a.csv.gz cannot be unpacked"),
        ("a.jsonl", '{"customer": "a", "city": "b"}\n{"cus', "a.jsonl: line 2 is no JSON object"),
        ("a.xlsx", GOOD, "a.xlsx is text, though it is named like a workbook. Give its name the"),
        ("a.xls", "<html><table>", "a.xls is a web page, though it is named like a workbook"),
        ("a.xls", b"\0\1\2", "a.xls is no Excel file"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0 and so on", "a.xlsx is no workbook that can be read"),
        ("a.xlsx", b"PK\x03\x04 and so on", "a.xlsx is no workbook that can be read"),
        ("a.csv", b"PK\x03\x04\0\0 a zip", "a.csv is binary"),
    ],
)
def test_the_place_is_told(
    warehouse: Connection,
    hashes: HashCache,
    tmp_path: Path,
    name: str,
    content: str | bytes,
    told: str,
) -> None:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    assert told in refused(warehouse, hashes, shop("customer", "city"), tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "gb18030"])
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_text_that_ends_within_a_character_is_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, encoding: str, ending: str
) -> None:
    content = f"{GOOD}bert,南京".encode(encoding)[:-1]
    packed = gzip.compress(content) if ending == "csv.gz" else content
    (tmp_path / f"a.{ending}").write_bytes(packed)
    declared = {"encoding": encoding} if encoding == "gb18030" else {}
    told = refused(warehouse, hashes, shop("customer", "city", **declared), tmp_path)
    assert f"a.{ending}" in told


def test_the_checksum_of_gzip_is_looked_at(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    packed = bytearray(PACKED)
    packed[-6] ^= 255
    (tmp_path / "a.csv.gz").write_bytes(packed)
    assert "CRC" in refused(warehouse, hashes, shop("customer", "city"), tmp_path)


def test_a_gzip_bomb_is_not_unpacked(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "_ALWAYS_ALLOWED", 1 << 20)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(GOOD.encode() + b"a,b\n" * (1 << 21)))
    told = refused(warehouse, hashes, shop("customer", "city"), tmp_path)
    assert "a.csv.gz unpacks to more than 200 times its size" in told


def test_one_of_many_is_named(warehouse: Connection, hashes: HashCache, tmp_path: Path) -> None:
    for day in range(70):
        write_parquet(tmp_path / f"{day}.parquet", f"select {day} as customer from range(9000)")
    damaged = tmp_path / "66.parquet"
    content = bytearray(damaged.read_bytes())
    content[4:40] = b"\xff" * 36
    damaged.write_bytes(content)
    assert "66.parquet cannot be read" in refused(warehouse, hashes, shop("customer"), tmp_path)


def test_a_field_may_have_ten_megabytes(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("customer\n" + "x" * 10_000_000 + "\n")
    (tmp_path / "b.csv").write_text('customer\n"' + "y\n" * 5_000_000 + '"\n')
    land_location(warehouse, hashes, shop("customer"), tmp_path)
    assert sales(warehouse, "length(customer)") == [(10_000_000,), (10_000_000,)]


def test_a_header_may_have_the_same_name_twice_or_none(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("customer, Customer,,x\nanna,1,2,3\n")
    land_location(warehouse, hashes, shop("customer"), tmp_path)
    assert sales(warehouse, "customer, customer_1, column3, x") == [("anna", "1", "2", "3")]
