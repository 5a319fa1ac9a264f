"""Where a table is declared with `header: none`, its columns stand in the declared order."""

from pathlib import Path

import pytest
import xlsxwriter

from orchestration.errors import PortraitError
from orchestration.landing.files import HashCache
from orchestration.warehouse.options import read_options

from .landings import Connection, land_location, refused, sales, shop

SHOP = shop("customer", "amount", header="none")
ROWS = [("anna", "1.50"), ("bert", "2.25")]


@pytest.mark.parametrize(
    "text",
    ["anna,1.50\nbert,2.25\n", "\n\nanna;1.50\nbert;2.25", "Customer,AMOUNT\nanna,1.50\nbert,2.25"],
)
def test_the_first_line_is_a_row_unless_it_is_the_header(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, text: str
) -> None:
    (tmp_path / "a.csv").write_text(text)
    land_location(warehouse, hashes, SHOP, tmp_path)
    assert sales(warehouse, "customer, amount") == ROWS


def test_a_sheet_without_a_header(warehouse: Connection, hashes: HashCache, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(ROWS, start=2):
            sheet.write_row(at, 1, row)
    land_location(warehouse, hashes, SHOP, tmp_path)
    assert sales(warehouse, "customer, amount") == ROWS


def test_a_column_more_is_kept_and_one_less_is_refused(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("anna,1.50,web\nbert,2.25,shop\n")
    land_location(warehouse, hashes, SHOP, tmp_path)
    assert sales(warehouse, "customer, column3") == [("anna", "web"), ("bert", "shop")]
    (tmp_path / "a.csv").write_text("anna\nbert\n")
    told = refused(warehouse, hashes, SHOP, tmp_path)
    assert "has 1 columns and no header; raw_shop.sales has 2" in told


def test_a_header_is_there_or_none() -> None:
    with pytest.raises(PortraitError, match="`header: first`"):
        read_options("raw_shop.sales", {"header": "first"})
