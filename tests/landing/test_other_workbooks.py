"""Workbooks of Excel before 2007 and of LibreOffice, and those that hold several tables."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import land
from orchestration.onboarding.sample import sample_files
from orchestration.warehouse.manifest import Column, SourceSystem

from .landings import Connection, land_location, refused, sales, shop
from .test_formats import write_excel
from .workbooks import ods_cell, ods_row, write_ods

# Written once with xlwt 1.3: sheets Orders, Lines and Notes.
OLD = (Path(__file__).parent / "examples" / "old.xls").read_bytes()
_TRUE_CELL = struct.pack("<HH", 0x0205, 8)
SHOP = shop("customer", "amount")
AMOUNT = ods_cell("1,50 €", 'office:value-type="float" office:value="1.5"')
DAY = ods_cell("1. März", 'office:value-type="date" office:date-value="2025-03-01"')
ERROR = 'office:value-type="string" table:formula="of:=1/0" calcext:value-type="error"'


def test_an_old_workbook_gives_its_cells(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.xls").write_bytes(OLD)
    columns = ("order_id", "customer", "day", "amount", "gift")
    land_location(warehouse, hashes, shop(*columns), tmp_path)
    assert sales(warehouse, ", ".join(columns)) == [
        ("1001", "anna", "2025-03-01", "1.5", "true"),
        ("1002", "Zürich", "2025-03-02 10:30:00", "1250", None),
    ]


def test_an_error_in_an_old_workbook_is_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    place = OLD.index(_TRUE_CELL) + 10
    # 42 is #N/A, if the byte behind it says that it is an error.
    (tmp_path / "a.xls").write_bytes(OLD[:place] + bytes([42, 1]) + OLD[place + 2 :])
    told = refused(warehouse, hashes, shop("order_id", "customer"), tmp_path)
    assert "a.xls: the sheet 'Orders' holds the error #N/A in the cell E2" in told


@pytest.mark.parametrize("end", [600, 3000, len(OLD) - 1000])
def test_an_old_workbook_that_is_cut_off_is_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, end: int
) -> None:
    (tmp_path / "a.xls").write_bytes(OLD[:end])
    told = refused(warehouse, hashes, shop("order_id", "customer"), tmp_path)
    assert "a.xls is no workbook that can be read" in told or "a.xls has no column" in told


def test_a_workbook_of_libreoffice_gives_its_cells(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    filler = '<table:table-cell table:number-columns-repeated="16382"/>'
    rows = ods_row("customer", "amount", "day", filler) + ods_row("anna", AMOUNT, DAY)
    write_ods(tmp_path / "a.ods", S=rows + ods_row(filler, repeated=1_048_570))
    land_location(warehouse, hashes, shop("customer", "amount", "day"), tmp_path)
    assert sales(warehouse, "customer, amount, day") == [("anna", "1.5", "2025-03-01")]


BAD_CELLS = {
    ods_cell("#DIV/0!", ERROR): "'S' holds the error #DIV/0! in the cell B2",
    '<table:table-cell table:formula="of:=A1"/>': "a formula in the cell B2 that has no value",
    ods_cell("x", 'office:value-type="string" table:number-rows-spanned="2"'): "merged cells B2:B3",
}


@pytest.mark.parametrize("cell", BAD_CELLS)
def test_a_cell_of_libreoffice_that_cannot_be_read_is_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, cell: str
) -> None:
    write_ods(tmp_path / "a.ods", S=ods_row("customer", "amount") + ods_row("anna", cell))
    assert BAD_CELLS[cell] in refused(warehouse, hashes, SHOP, tmp_path)


def test_a_workbook_of_libreoffice_that_is_too_wide_or_has_a_password_is_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    header = ods_row("customer", "amount")
    write_ods(tmp_path / "a.ods", S=header + ods_row("a", "1", repeated=90_000_000))
    assert "too far for a table" in refused(warehouse, hashes, SHOP, tmp_path)
    write_ods(tmp_path / "a.ods", manifest="<encryption-data/>", S=header)
    assert "a.ods has a password" in refused(warehouse, hashes, SHOP, tmp_path)


def of_sheets(folder: Path) -> SourceSystem:
    """A source as it would be declared of the sheets in a folder."""
    with sample_files(folder) as sample:
        tables = [(one.name, tuple(one.columns), tuple(one.meta["files"])) for one in sample.tables]
    columns = [frozenset(column.name.lower() for column in found) for _, found, _ in tables]
    (whole,) = shop("x").tables
    declared = [
        replace(
            whole,
            name=name,
            files=files,
            reader="excel",
            columns=tuple(Column(column.name, column.data_type, "") for column in found),
            beside=tuple(columns[:place] + columns[place + 1 :]),
        )
        for place, (name, found, files) in enumerate(tables)
    ]
    return replace(shop("x"), tables=tuple(declared))


def test_each_kind_of_sheet_is_a_table(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    book = folder / "shop.xlsx"
    lines = [["order_id", "sku", "day"], ["1", "MUG", "x"]]
    orders = [["order_id", "day"], ["1", "2025-03-01"]]
    april = [["day", "order_id"], ["2025-04-01", "2"]]
    write_excel(book, ("Lines", lines), ("March", orders), ("Info", [["Read me"]]))
    system = of_sheets(folder)
    assert [table.name for table in system.tables] == ["lines", "march"]
    # A new month with its columns in another order, and a column that nobody knew.
    more = ("May", [["order_id", "day", "note"], ["3", "2025-05-01", "late"]])
    write_excel(book, ("Lines", lines), ("March", orders), ("April", april), more)
    for location in (folder, book):
        land(warehouse, system, find_source_files(system, location), hashes)
        assert warehouse.execute("select order_id, sku from raw_shop.lines").fetchall() == [
            ("1", "MUG")
        ]
        found = warehouse.execute("select order_id, day, note from raw_shop.march order by 1")
        assert found.fetchall() == [
            ("1", "2025-03-01", None),
            ("2", "2025-04-01", None),
            ("3", "2025-05-01", "late"),
        ]


def test_a_sheet_that_nobody_reads_may_hold_what_it_likes(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad = ods_row("month", "sum") + ods_row("March", ods_cell("#REF!", ERROR))
    good = ods_row("customer", "amount") + ods_row("anna", AMOUNT)
    write_ods(tmp_path / "a.ods", Summary=bad, Sales=good)
    land_location(warehouse, hashes, SHOP, tmp_path)
    assert sales(warehouse, "customer, amount") == [("anna", "1.5")]
    assert "the sheet `Summary` is not read: its columns are others" in caplog.text
    write_ods(tmp_path / "a.ods", Summary=good, Sales=bad.replace("month", "customer"))
    assert land_location(warehouse, hashes, SHOP, tmp_path).row_count == 1
