"""Titles above a table and totals below it are no rows of it, and it is said what was left out."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from orchestration.landing.encodings import detect_encoding, is_utf8
from orchestration.landing.files import HashCache
from orchestration.landing.table_place import header_position
from orchestration.onboarding.sample import sample_files

from .landings import Connection, land_location, refused, sales, shop

SHOP = shop("customer", "amount")
ROWS = [("anna", "1.50"), ("bert", "2.25")]
TABLE = "customer,amount\nanna,1.50\nbert,2.25\n"


def landed(warehouse: Connection, hashes: HashCache, path: Path) -> list[tuple[object, ...]]:
    land_location(warehouse, hashes, SHOP, path)
    return sales(warehouse, "customer, amount")


def notes(path: Path) -> list[str]:
    with sample_files(path) as sample:
        table = sample.tables[0]
        assert [column.name for column in table.columns] == ["customer", "amount"]
        return list(table.notes)


@pytest.mark.parametrize(
    "above", ["Sales of March\n", "Sales of March\n\n", "Sales,2025-03\n\n,\n", "\nA\nB\n\n"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_title_stands_above_the_header(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, above: str, end: str
) -> None:
    (tmp_path / "a.csv").write_bytes((above + TABLE).replace("\n", end).encode())
    assert landed(warehouse, hashes, tmp_path) == ROWS


def test_a_title_is_told_when_a_source_is_added(tmp_path: Path) -> None:
    wide = TABLE.replace("customer,amount", "customer,amount,x").replace("0\n", "0,\n")
    (tmp_path / "a.csv").write_text("Sales of March\n\n" + wide.replace("5\n", "5,\n"))
    with sample_files(tmp_path) as sample:
        table = sample.tables[0]
    assert table.notes == ("a.csv: the table begins below `Sales of March`",)


@pytest.mark.parametrize(
    ("records", "declared", "position"),
    [
        ([["a", "b"], ["1", "2"]], (), 0),
        ([["Title", ""], ["a", "b"], ["1", "2"]], (), 1),
        ([["Title"], [], ["a", "b", "c"]], (), 2),
        ([["a", ""], ["1", "2"]], (), 0),  # A column without a name, and a row of data.
        ([["x", "y"], ["a", "b"]], ("a", "b"), 1),
        ([["x", "y"], ["a", "c"]], ("a", "b"), 0),
        ([["a"], ["1"]], (), 0),
        ([], (), 0),
    ],
)
def test_where_the_header_is(
    records: Sequence[Sequence[str]], declared: tuple[str, ...], position: int
) -> None:
    assert header_position(records, declared) == position


@pytest.mark.parametrize(
    ("below", "told"),
    [
        ("\n2 records downloaded\n", "`2 records downloaded`"),
        (",\n\nExported by\nSomebody\n", "`Exported by`, `Somebody`"),
    ],
)
def test_remarks_stand_below_the_table(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, below: str, told: str
) -> None:
    (tmp_path / "a.csv").write_text(TABLE + below)
    assert landed(warehouse, hashes, tmp_path) == ROWS
    assert notes(tmp_path) == [f"a.csv: not read, because it stands below the table: {told}"]


def test_a_file_that_was_cut_off_has_no_remark(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(TABLE + "cleo")
    assert "a.csv cannot be read" in refused(warehouse, hashes, SHOP, tmp_path)


@pytest.mark.parametrize("word", ["Total", "Grand total:", "Summe", "合计"])
def test_a_row_that_sums_the_others_is_no_row(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, word: str
) -> None:
    (tmp_path / "a.csv").write_text(f"{TABLE}{word},3.75\n")
    assert landed(warehouse, hashes, tmp_path) == ROWS
    assert notes(tmp_path) == [f"a.csv: not read, because it sums the rows above: `{word} 3.75`"]


@pytest.mark.parametrize("row", ["Total,3.74", "Totally,3.75", "cleo,3.75", "Total,"])
def test_other_rows_stay(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, row: str
) -> None:
    (tmp_path / "a.csv").write_text(f"{TABLE}{row}\n")
    assert len(landed(warehouse, hashes, tmp_path)) == 3


Sheets = dict[str, list[list[object]]]


def write_sheets(path: Path, sheets: Sheets, merged: str = "") -> None:
    with xlsxwriter.Workbook(path) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if merged:
                sheet.merge_range(merged, rows[0][0])


HEADER: list[object] = ["customer", "amount"]
WORKBOOKS: dict[str, Sheets] = {
    "title": {"S": [["Sales of March"], [], HEADER, ["anna", "1.50"], ["bert", "2.25"]]},
    "totals": {"S": [HEADER, ["anna", "1.50"], ["bert", "2.25"], ["Total", "3.75"]]},
    "months": {"January": [HEADER, ["anna", "1.50"]], "February": [HEADER, ["bert", "2.25"]]},
    "cover": {"Info": [["Read me"]], "S": [HEADER, ["anna", "1.50"], ["bert", "2.25"]]},
    "returns": {
        "S": [HEADER, ["anna", "1.50"], ["bert", "2.25"]],
        "Returns": [["order", "reason"], ["1", "broken"]],
    },
    "empty": {"S": [HEADER, ["anna", "1.50"], ["bert", "2.25"]], "Empty": []},
}
TOLD = {
    "title": ["a.xlsx: the table begins below `Sales of March`"],
    "totals": ["a.xlsx: not read, because it sums the rows above: `Total 3.75`"],
    "months": ["a.xlsx: sheets read together: January, February"],
    "cover": ["a.xlsx: the sheet `Info` is not read: its columns are others"],
    "returns": [],
    "empty": [],
}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_every_sheet_is_read_or_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, name: str
) -> None:
    write_sheets(tmp_path / "a.xlsx", WORKBOOKS[name])
    assert landed(warehouse, hashes, tmp_path) == ROWS
    assert notes(tmp_path) == TOLD[name]


def test_a_title_may_be_merged_and_cells_of_the_table_may_not(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    write_sheets(tmp_path / "a.xlsx", WORKBOOKS["title"], merged="A1:B1")
    assert landed(warehouse, hashes, tmp_path) == ROWS
    write_sheets(tmp_path / "a.xlsx", WORKBOOKS["empty"] | {"Empty": [["x"]]}, merged="A1:A2")
    assert "merged cells A1:A2" in refused(warehouse, hashes, SHOP, tmp_path)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", "订单编号,买家,金额\n1,晓雨,9.00\n2,大山,5.00\n"),
        ("gb18030", "order,customer\n1,王芳\n2,李雷\n"),
        ("big5", "訂單編號,買家,金額\n1,王小明,5\n2,陳大文,9\n"),
        ("cp932", "注文番号,顧客名\n1,山田太郎\n2,鈴木一郎\n"),
        ("cp949", "주문번호,고객,금액\n1,김철수,500\n2,이영희,700\n"),
        ("cp1252", "Kunde;Straße\nMüller;Hauptstraße\nJäger;Gasse\n"),
        ("cp1252", "customer,total\nJosé,€5.00\n"),
        ("cp1251", "номер;клиент\n1;Иванов\n2;Петров\n"),
    ],
)
def test_an_encoding_is_told_from_the_bytes(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    assert not is_utf8(path)
    assert detect_encoding(path) == encoding
    path.write_text(text, encoding="utf-8")
    assert is_utf8(path)


def test_damaged_utf8_is_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for content in (
        "订单,买家\n1,晓雨\n".encode()[:-2],
        "customer\nMüller\nJäger\n".encode() + b"B\xfcrger\n",
    ):
        path.write_bytes(content)
        assert not is_utf8(path)
        assert detect_encoding(path) is None


def test_another_encoding_lands_and_is_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_bytes("customer,amount\n王芳,1.50\n李雷,2.25\n".encode("gb18030"))
    assert sorted(landed(warehouse, hashes, tmp_path)) == [("李雷", "2.25"), ("王芳", "1.50")]
    assert notes(tmp_path) == ["a.csv is not UTF-8: it is read as gb18030"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("names", [("李雷", "王芳"), ("anna", "bert")])
def test_utf16_without_a_mark_is_told_from_its_zeros(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, encoding: str, names: tuple[str, str]
) -> None:
    text = f"customer,amount\n{names[0]},1.50\n{names[1]},2.25\n"
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert sorted(landed(warehouse, hashes, tmp_path)) == [(names[0], "1.50"), (names[1], "2.25")]
    assert notes(tmp_path) == [f"a.csv is not UTF-8: it is read as {encoding}"]


@pytest.mark.parametrize("name", ["Müller", "Jäger, Björk und Weiß"])
def test_what_is_declared_is_for_text_that_is_not_plainly_utf8(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, name: str
) -> None:
    declared = shop("customer", "amount", encoding="cp1252")
    for encoding in ("cp1252", "utf-8"):
        content = f'customer,amount\n"{name}",1\n'.encode(encoding)
        (tmp_path / f"{encoding}.csv").write_bytes(content)
    land_location(warehouse, hashes, declared, tmp_path)
    # Two bytes could as well be two characters: what is declared holds.
    expected = "MÃ¼ller" if name == "Müller" else name
    assert sales(warehouse, "customer") == sorted([(name,), (expected,)])
