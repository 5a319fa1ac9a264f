"""Every kind of file gives its rows as they are."""

import codecs
import datetime as dt
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from orchestration.landing.files import HashCache

from .landings import Connection, land_location, refused, sales, shop, write_parquet

TEXT = "customer,city\nanna,Zürich\nbert,Genève\n"
ROWS = [("anna", "Zürich", 1), ("bert", "Genève", 2)]

Land = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def landed(warehouse: Connection, hashes: HashCache, tmp_path: Path) -> Land:
    """Lands one file and gives its customers, cities and row numbers."""

    def land(name: str, content: bytes, **options: str) -> list[tuple[object, ...]]:
        (tmp_path / name).write_bytes(content)
        system = shop("customer", "city", **options)
        land_location(warehouse, hashes, system, tmp_path / name)
        return sales(warehouse, "customer, city, _origin_row")

    return land


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_the_delimiter_is_the_one_that_shows_the_declared_columns(
    landed: Land, name: str, delimiter: str
) -> None:
    assert landed(name, TEXT.replace(",", delimiter).encode()) == ROWS


def test_an_odd_delimiter_and_quote_are_declared(landed: Land) -> None:
    content = "customer^city\n'an^na'^Zürich\n'bert\\'s'^\"Genève\"\n".encode()
    assert landed("a.csv", content, delimiter="^", quote="'", escape="\\") == [
        ("an^na", "Zürich", 1),
        ("bert's", '"Genève"', 2),
    ]


def test_quotes_are_double_quotes_though_the_first_rows_have_none(landed: Land) -> None:
    lines = "".join(f"c{number},x\n" for number in range(30_000))
    rows = landed("a.csv", f'customer,city\n{lines}"x, y","say ""hi"""\n'.encode())
    assert ("x, y", 'say "hi"', 30_001) in rows


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_unicode_is_known_by_its_first_bytes(
    landed: Land, encoding: str, mark: bytes, ending: str
) -> None:
    content = mark + TEXT.encode(encoding)
    packed = gzip.compress(content) if ending.endswith("gz") else content
    assert landed(f"a.{ending}", packed) == ROWS


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "latin-1", "cp1252", "utf-16-le"])
def test_other_encodings_are_declared(landed: Land, encoding: str) -> None:
    assert landed("a.csv", TEXT.encode(encoding), encoding=encoding) == ROWS


def test_a_character_may_lie_across_two_pieces(landed: Land) -> None:
    long = "x" * (1 << 20)
    content = f"customer,city\n{long},南京\n".encode("gb18030")
    for shift in range(2):
        text = content.replace(b"x", b"", shift)
        assert landed("a.csv", text, encoding="gb18030")[0][1] == "南京"


def test_a_wrong_encoding_is_told_with_likely_ones(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    system = shop("customer", "city", encoding="utf-8")
    (tmp_path / "a.csv").write_bytes("客户,城市\n安娜,南京\n".encode("gb18030"))
    told = refused(warehouse, hashes, system, tmp_path)
    assert "a.csv is not UTF-8" in told
    assert "gb18030" in told
    told = refused(warehouse, hashes, shop("customer", encoding="klingon"), tmp_path)
    assert "there is no encoding 'klingon'" in told


JSON_LINES = """
{"customer": "anna", "city": "Zürich", "n": 1.5, "tags": ["a", {"b": 1}], "no": null}

{"City": "Genève", "customer": "bert", "big": 12345678901234567890123, "ok": true}
"""


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jsonl.gz"])
def test_json_lines_bring_every_key(landed: Land, warehouse: Connection, name: str) -> None:
    text = JSON_LINES.replace('"City"', '"city"').encode()
    assert landed(name, gzip.compress(text) if name.endswith("gz") else text) == ROWS
    assert sales(warehouse, "n, tags, no, big, ok") == [
        ("1.5", '["a",{"b":1}]', None, None, None),
        (None, None, None, "12345678901234567890123", "true"),
    ]


def test_json_keys_may_be_odd(warehouse: Connection, hashes: HashCache, tmp_path: Path) -> None:
    odd = {"customer": "anna", "a/b~c": "1", 'say "x"': "2", "it's": "3", "": "4", "$.x[0]": "5"}
    (tmp_path / "a.jsonl").write_text(json.dumps(odd))
    land_location(warehouse, hashes, shop("customer"), tmp_path)
    assert sales(warehouse, """"a/b~c", "say ""x\""", "it's", column5, "$.x[0]" """) == [
        ("1", "2", "3", "4", "5")
    ]


@pytest.mark.parametrize("line", ["[1]", "3", '"x"', "null"])
def test_a_json_line_that_is_no_object(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, line: str
) -> None:
    (tmp_path / "a.jsonl").write_text('{"customer": "anna"}\n' + line + "\n")
    told = refused(warehouse, hashes, shop("customer"), tmp_path)
    assert "a.jsonl: row 2 is no JSON object" in told


def write_excel(path: Path, *sheets: tuple[str, list[list[Any]]]) -> None:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as workbook:
        for name, rows in sheets:
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


def test_excel_cells_are_text(warehouse: Connection, hashes: HashCache, tmp_path: Path) -> None:
    when = dt.datetime(2024, 5, 1, 10, 30)
    rows = [["customer", "id", "price", "sold", "ok"], ['an,\n"na', 17850, 2.5, when, True], ["x"]]
    write_excel(tmp_path / "a.xlsx", ("First", rows), ("Second", [["customer"], ["=1+1"]]))
    system = shop("customer", "id", "price", "sold", "ok")
    land_location(warehouse, hashes, system, tmp_path)
    assert sales(warehouse, "_origin_row, customer, id, price, sold, ok") == [
        (1, 'an,\n"na', "17850", "2.5", "2024-05-01 10:30:00", "true"),
        (2, "x", None, None, None, None),
    ]


def test_the_excel_sheet_is_declared(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    write_excel(tmp_path / "a.xlsx", ("One", [["x"], [1]]), ("Two", [["customer"], ["anna"]]))
    land_location(warehouse, hashes, shop("customer", sheet="Two"), tmp_path)
    assert sales(warehouse, "customer") == [("anna",)]
    told = refused(warehouse, hashes, shop("customer", sheet="Three"), tmp_path)
    assert "has no sheet 'Three'. It has One, Two." in told


def test_lines_are_read_in_pieces_and_numbered(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    content = "id day\n" + "".join(f' "{n}, \\ x\r\n \n' for n in range(50_000))
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(content.encode("utf-16")))
    system = shop("line", reader="lines", header_starts_with="id")
    assert land_location(warehouse, hashes, system, tmp_path).row_count == 50_000
    wrong = "line <> ' \"' || _origin_row - 1 || ', \\ x'"
    assert warehouse.execute(f"select * from raw_shop.sales where {wrong}").fetchall() == []


def test_parquet_keeps_types_and_rows(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    write_parquet(tmp_path / "a.parquet", "select range as id, [range] as list from range(300_000)")
    land_location(warehouse, hashes, shop("id bigint"), tmp_path)
    wrong = "id <> _origin_row - 1 or list[1] <> id or _origin_file <> 'a.parquet'"
    assert warehouse.execute(f"select * from raw_shop.sales where {wrong}").fetchall() == []


def test_names_that_look_like_patterns(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    for name in ("a[1].csv", "a*.csv", "it's ?.csv", "a1.csv"):
        (tmp_path / name).write_text(f"customer\n{name}\n")
    land_location(warehouse, hashes, shop("customer"), tmp_path)
    assert len(sales(warehouse)) == 4
    assert sales(warehouse, "customer") == sales(warehouse, "_origin_file")
