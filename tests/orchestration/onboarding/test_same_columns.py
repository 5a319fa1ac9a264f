"""A later file whose header is in another language is read where no column is doubtful."""

from pathlib import Path

import pytest

from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import land
from orchestration.onboarding.same_columns import same_columns
from tests.landing.landings import Connection, refused, sales, shop
from tests.orchestration.onboarding.conftest import Guesser

ENGLISH = ["order_id", "email", "order_date", "total", "remark"]
GERMAN = ["Bestellnummer", "E-Mail-Adresse", "Bestelldatum", "Gesamtbetrag", "Anmerkung"]
SHOP = shop(*ENGLISH)


@pytest.mark.parametrize(
    ("found", "pairs"),
    [
        (GERMAN, dict(zip(GERMAN, ENGLISH, strict=True))),
        (["remark", *GERMAN[3::-1]], dict(zip(GERMAN[:4], ENGLISH[:4], strict=True))),
        (["Order ID", "订单编号", *ENGLISH[1:]], {}),  # Two may be the order's number.
        ([*GERMAN[:2], *GERMAN[4:], *GERMAN[2:4]], {}),  # The remark stands elsewhere.
        ([*GERMAN[:4]], {}),
        ([*GERMAN[:4], "Rabatt"], {}),  # A discount is no remark.
        ([*GERMAN[:3], "Wert XY", "Anmerkung"], {}),  # A total is not told by its place.
        (["order_id", "email", "order_date", "amount due", "remark"], {}),
    ],
)
def test_names_that_mean_the_same(found: list[str], pairs: dict[str, str]) -> None:
    assert same_columns(ENGLISH, found) == pairs


def write(folder: Path, name: str, header: list[str], *row: str) -> None:
    (folder / name).write_text(f"{','.join(header)}\n{','.join(row)}\n", encoding="utf-8")


def test_it_lands_under_the_declared_names_and_says_so(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "1.csv", ENGLISH, "1", "a@post.example", "2025-03-01", "5.00", "x")
    write(tmp_path, "2.csv", GERMAN, "2", "b@post.example", "2025-03-02", "7.00", "y")
    write(tmp_path, "3.csv", ENGLISH[::-1], "z", "9.00", "2025-03-03", "c@post.example", "3")
    land(warehouse, SHOP, find_source_files(SHOP, tmp_path), hashes, same_columns)
    assert sales(warehouse, "order_id, email, total, remark") == [
        ("1", "a@post.example", "5.00", "x"),
        ("2", "b@post.example", "7.00", "y"),
        ("3", "c@post.example", "9.00", "z"),
    ]
    assert (
        "2.csv calls columns otherwise, and is read so: `Bestellnummer` is `order_id`"
        in caplog.text
    )
    assert "3.csv" not in caplog.text


def test_what_is_doubtful_stays_an_error(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    write(tmp_path, "2.csv", [*GERMAN[:3], "Summe A", "Anmerkung"], *"12345")
    assert "has no column order_id" in refused(warehouse, hashes, SHOP, tmp_path)


def test_a_source_is_added_with_files_in_two_languages(tmp_path: Path, guess_at: Guesser) -> None:
    write(tmp_path, "o_1.csv", ENGLISH, "1", "a@post.example", "2025-03-01", "5.00", "x")
    write(tmp_path, "o_2.csv", GERMAN, "2", "b@post.example", "2025-03-02", "7.00", "y")
    sample, guessed = guess_at(tmp_path)
    assert [column.name for column in sample.tables[0].columns] == ENGLISH
    assert "o_2.csv calls columns otherwise" in sample.tables[0].notes[0]
    assert guessed.entities["orders"].columns["total_amount"].profile.filled == 2
