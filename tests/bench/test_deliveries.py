"""A simulated shop's files come in parts, and no row is lost between them."""

from pathlib import Path

import duckdb
import pytest

from bench.deliveries import Delivery, correct, cut, hold_back

ORDERS = [
    ("A1", "2024-04-26T08:00:00Z"),
    ("A2", "2025-04-22T09:00:00Z"),
    ("A3", "2025-04-23T00:30:00+01:00"),
    ("A4", "2025-13-45T25:61:00Z"),
    ("A5", "2026-01-01T00:00:00Z"),
]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Web orders with a line each, one at no known time; receipts; products."""
    folder = tmp_path / "raw"
    tables = {
        "web_shop/orders": ORDERS,
        "web_shop/order_items": [(order, 1) for order, _ in ORDERS],
        "web_shop/products": [("tea", 1)],
        "till/receipts": [("R1", "26/04/2024 10:00")],
        "till/receipt_lines": [("R1", 1, 2), ("R1", 2, 2)],
    }
    columns = {
        "web_shop/orders": "order_no, placed_at",
        "web_shop/order_items": "order_no, pos",
        "web_shop/products": "sku, price",
        "till/receipts": "receipt_no, printed_at",
        "till/receipt_lines": "receipt_no, line_no, pieces",
    }
    for table, rows in tables.items():
        file = folder / f"{table}-000.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        values = ", ".join(str(row) for row in rows)
        duckdb.execute(f"copy (from (values {values}) as t ({columns[table]})) to '{file}'")
    return folder


def orders_in(folder: Path, table: str = "orders") -> list[str]:
    files = f"{folder}/web_shop/{table}-*.parquet"
    found = duckdb.execute(f"select order_no from '{files}' order by all").fetchall()
    return [order for (order,) in found]


def test_each_delivery_has_the_rows_of_its_days(raw: Path, tmp_path: Path) -> None:
    """A time that cannot be read is of the first; a line comes with its order."""
    start = Delivery(tmp_path / "start", None, "2025-04-22")
    day = Delivery(tmp_path / "day", "2025-04-22", "2025-04-23")
    assert cut(raw, [start, day]) == [2 * 2 + 1 + 1 + 2, 2 * 2]
    for table in ("orders", "order_items"):
        assert orders_in(start.folder, table) == ["A1", "A4"]
        assert orders_in(day.folder, table) == ["A2", "A3"]
    assert (day.folder / "web_shop" / "orders-000-day.parquet").exists()
    assert not (day.folder / "web_shop" / "products-000-day.parquet").exists()


def test_an_order_is_held_back_with_its_lines(raw: Path, tmp_path: Path) -> None:
    start = Delivery(tmp_path / "start", None, "2025-04-22")
    cut(raw, [start])
    assert hold_back(start.folder, tmp_path / "late", "2024-04-26") == 2
    for table in ("orders", "order_items"):
        assert orders_in(tmp_path / "late", table) == ["A1"]
        assert orders_in(start.folder, table) == ["A4"]


def test_one_line_is_corrected(raw: Path, tmp_path: Path) -> None:
    start = Delivery(tmp_path / "start", None, "2025-04-22")
    cut(raw, [start])
    correct(start.folder)
    (file,) = (start.folder / "till").glob("receipt_lines-*")
    assert duckdb.execute(f"select line_no, pieces from '{file}' order by all").fetchall() == [
        (1, 3),
        (2, 2),
    ]
