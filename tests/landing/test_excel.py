"""No cell of a sheet becomes empty, or another, without a word."""

import zipfile
from pathlib import Path

import pytest

from orchestration.landing.files import HashCache
from orchestration.onboarding.sample import sample_files

from .landings import Connection, land_location, refused, sales, shop
from .test_formats import write_excel
from .workbooks import HEADER, write_workbook

SHOP = shop("customer", "amount")


def row(cell: str) -> str:
    return f'{HEADER}<row r="2"><c r="A2" t="str"><v>anna</v></c>{cell}</row>'


UNREADABLE = {
    '<c r="B2" t="e"><v>#N/A</v></c>': "'S' holds the error #N/A in the cell B2",
    '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>': "holds the error #DIV/0! in the cell B2",
    '<c r="B2" t="e"><v>#SPILL!</v></c>': "holds the error #SPILL! in the cell B2",
    '<c r="B2"><f>1+1</f></c>': "holds a formula in the cell B2 that has no value",
    '<c r="B2"><f>1+1</f><v></v></c>': "holds a formula in the cell B2 that has no value",
    '<c r="B2" t="str"><f>"x"</f></c>': "holds a formula in the cell B2 that has no value",
    '<c r="AB2"><f>1+1</f></c>': "holds a formula in the cell AB2 that has no value",
    "<c><f>1+1</f></c>": "holds a formula in the cell B2 that has no value",
    '<c r="B2" s="1"><v>-5</v></c>': "holds a number below zero as a date or time in the cell B2",
    '<c r="B2" s="3"><v>-0.5</v></c>': "holds a number below zero as a date or time",
    '<c r="B2" s="2"><v>1e12</v></c>': "a.xlsx is no workbook that can be read",
    '<c r="B2"><v>1</v></c><c r="B2"><v>2</v></c>': "the cell B2 stands out of order",
    '<c r="B3"><v>1</v></c>': "the cell B3 stands out of order",
    '</row><row r="2"><c r="B2"><v>1</v></c>': "row 2 stands out of order",
    '</row><row r="1048576"><c r="XFD1048576"><v>1</v></c>': "reaches to the row 1,048,576 and the",
}


@pytest.mark.parametrize("cell", UNREADABLE)
def test_a_cell_that_cannot_be_read_is_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, cell: str
) -> None:
    write_workbook(tmp_path / "a.xlsx", row(cell))
    told = refused(warehouse, hashes, SHOP, tmp_path)
    assert "a.xlsx" in told and UNREADABLE[cell] in told


READABLE = {
    '<c r="B2"><f>1+1</f><v>2</v></c>': "2",
    '<c r="B2" t="str"><f>""</f><v></v></c>': None,
    '<c r="B2" t="str"><v>#N/A</v></c>': "#N/A",
    '<c r="B2" t="inlineStr"><is><r><t>1</t></r><r><t>.50</t></r></is></c>': "1.50",
    '<c r="B2"><v>0.30000000000000004</v></c>': "0.30000000000000004",
    '<c r="B2"><v>1234567890.12</v></c>': "1234567890.12",
    '<c r="B2"><v>1E-7</v></c>': "1e-07",
    '<c r="B2"><v>-5</v></c>': "-5",
    '<c r="B2" t="str"><v>00123</v></c>': "00123",
    '<c r="B2" t="str"><v>1899-12-31</v></c>': "1899-12-31",
    '<c r="B2" s="2"><v>-0.25</v></c>': "-1 day, 18:00:00",
    '<c r="B2" t="b"><v>0</v></c>': "false",
    '<c r="B2" t="str"><v>x&#13;y</v></c>': "x\ry",
    '<c r="B2"/><c r="XFD2" s="1"/></row><row r="1048576"><c r="XFD1048576" s="1"/>': None,
}


@pytest.mark.parametrize("cell", READABLE)
def test_a_cell_that_can_be_read_is_what_it_says(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, cell: str
) -> None:
    write_workbook(tmp_path / "a.xlsx", row(cell))
    land_location(warehouse, hashes, SHOP, tmp_path)
    assert sales(warehouse, "customer, amount, _origin_row") == [("anna", READABLE[cell], 1)]


def test_prefixes_of_xml_change_nothing(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    cells = row('<c r="B2"><f>1+1</f></c>').replace("</", "</x:").replace("<", "<x:")
    rows = cells.replace("<x:/x:", "</x:")
    namespace = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    write_workbook(tmp_path / "a.xlsx", rows.replace("<x:row", f"<x:row {namespace}"))
    assert "in the cell B2 that has no value" in refused(warehouse, hashes, SHOP, tmp_path)


def test_formulas_outside_of_cells_are_none(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    rules = "<extLst><ext><f>A1</f></ext></extLst>"
    write_workbook(tmp_path / "a.xlsx", row('<c r="B2"><v>1</v></c>'), after=rules)
    land_location(warehouse, hashes, SHOP, tmp_path)
    assert sales(warehouse, "amount") == [("1",)]


def test_rows_are_numbered_from_the_header_and_hidden_ones_count(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    cells = "".join(
        f'<row r="{number}" hidden="{number % 2}"><c r="D{number}" t="str"><v>{name}</v></c>'
        f'<c r="E{number}"><v>{number}</v></c></row>'
        for number, name in ((8, "anna"), (9, "bert"), (12, "cleo"))
    )
    header = HEADER.replace("1", "4").replace("A4", "D4").replace("B4", "E4")
    write_workbook(tmp_path / "a.xlsx", header + cells)
    land_location(warehouse, hashes, SHOP, tmp_path)
    rows = sales(warehouse, "_origin_row, customer, amount")
    assert rows == [(1, "anna", "8"), (2, "bert", "9"), (3, "cleo", "12")]


@pytest.mark.parametrize("cells", ["A2:A3", "A1:B1"])
def test_merged_cells_that_hold_a_value_are_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, cells: str
) -> None:
    merged = f'<mergeCells count="1"><mergeCell ref="{cells}"/></mergeCells>'
    more = row('<c r="B2"><v>1</v></c>') + '<row r="3"><c r="B3"><v>2</v></c></row>'
    write_workbook(tmp_path / "a.xlsx", more, after=merged)
    assert f"merged cells {cells}" in refused(warehouse, hashes, SHOP, tmp_path)
    write_workbook(tmp_path / "a.xlsx", more, after=merged.replace(cells, "C5:D9"))
    land_location(warehouse, hashes, SHOP, tmp_path)
    assert sales(warehouse, "customer, amount") == [("anna", "1"), (None, "2")]


BOMB = '<!DOCTYPE x [<!ENTITY a "xxxx"><!ENTITY b "&a;&a;&a;">]>'


def test_a_workbook_with_a_document_type_is_refused(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    write_workbook(tmp_path / "a.xlsx", row('<c r="B2" t="str"><v>&b;</v></c>'), before=BOMB)
    assert "it has a document type" in refused(warehouse, hashes, SHOP, tmp_path)


def test_a_workbook_with_a_part_twice_is_refused(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    write_workbook(tmp_path / "a.xlsx", row('<c r="B2"><v>1</v></c>'))
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(tmp_path / "a.xlsx", "a") as archive,
    ):
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    assert "a part of it is there twice" in refused(warehouse, hashes, SHOP, tmp_path)


def test_a_workbook_that_explodes_is_refused(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.landing.formats._ALWAYS_ALLOWED", 1 << 20)
    write_workbook(tmp_path / "a.xlsx", HEADER + " " * (1 << 21))
    told = refused(warehouse, hashes, SHOP, tmp_path)
    assert "a.xlsx unpacks to 0.0 GiB, too much for an Excel file" in told


def test_a_wrong_checksum_of_any_part_is_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    write_excel(tmp_path / "a.xlsx", ("S", [["customer", "amount"], ["anna", 1]]))
    content = (tmp_path / "a.xlsx").read_bytes()
    # In the list of contents the checksum stands thirty bytes before the name.
    place = content.rindex(b"xl/sharedStrings.xml") - 30
    damaged = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    (tmp_path / "a.xlsx").write_bytes(damaged)
    assert "a.xlsx is no workbook that can be read" in refused(warehouse, hashes, SHOP, tmp_path)


def test_a_sample_tells_of_errors_too(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", row('<c r="B2" t="e"><v>#REF!</v></c>'))
    write_workbook(tmp_path / "b.xlsx", row('<c r="B2"><v>1</v></c>'))
    with sample_files(tmp_path) as sample:
        assert [table.name for table in sample.tables] == ["b"]
        assert "a.xlsx: the sheet 'S' holds the error #REF!" in sample.unread[0]
