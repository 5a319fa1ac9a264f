"""The same shop in another format is the same shop."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.shops import write_csv

HEADER = ["order_id", "customer_id", "order_date", "sku", "quantity", "unit_price"]
ROWS = [
    [f"o{n}", f"c{n % 5}", f"2024-03-{n + 1:02} 10:30:00", f"s{n % 3}", str(n % 4 + 1), "2.50"]
    for n in range(20)
]


def _csv(path: Path) -> None:
    write_csv(path, HEADER, ROWS)


def _csv_gz(path: Path) -> None:
    plain = path.with_suffix("")
    _csv(plain)
    path.write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()


def _json_lines(path: Path) -> None:
    objects = (dict(zip(HEADER, row, strict=True)) for row in ROWS)
    path.write_text("".join(json.dumps(one) + "\n" for one in objects))


def _excel(path: Path) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate([HEADER, *ROWS]):
            sheet.write_row(number, 0, row)


@pytest.mark.parametrize(
    ("name", "write", "reader"),
    [
        ("sales-2024-03.csv.gz", _csv_gz, "csv"),
        ("sales-2024-03.jsonl", _json_lines, "jsonl"),
        ("sales-2024-03.xlsx", _excel, "excel"),
    ],
)
def test_a_format_changes_nothing_of_what_is_guessed(
    tmp_path: Path, guess_at: Guesser, name: str, write: Callable[[Path], None], reader: str
) -> None:
    found = {}
    for folder, file, writer in (("csv", "sales-2024-03.csv", _csv), ("other", name, write)):
        (tmp_path / folder).mkdir()
        writer(tmp_path / folder / file)
        sample, guess = guess_at(tmp_path / folder)
        (table,) = sample.tables
        assert table.name == "sales"
        found[folder] = {
            entity: {column: one.profile.name for column, one in guessed.columns.items()}
            for entity, guessed in guess.entities.items()
        }
    assert found["csv"] == found["other"]
    assert {"orders", "order_lines"} <= found["csv"].keys()
    assert table.meta["reader"] == reader
    assert str(table.meta["files"]) == str([f"sales-*{name.removeprefix('sales-2024-03')}"])


def test_a_file_that_is_not_what_its_ending_says_is_told(tmp_path: Path, guess_at: Guesser) -> None:
    _csv(tmp_path / "orders.csv")
    (tmp_path / "more.xlsx").write_text("no workbook")
    (tmp_path / "lines.jsonl").write_text("[1, 2]\n")
    sample, _ = guess_at(tmp_path)
    assert [table.name for table in sample.tables] == ["orders"]
    lines, more = sample.unread
    assert lines.startswith("lines.jsonl") and "no JSON object" in lines
    assert more.startswith("more.xlsx")
