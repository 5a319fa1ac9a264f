"""Blank lines, line ends and quotes of CSV neither make rows nor take any away."""

import codecs
from pathlib import Path

import pytest

from orchestration.landing.files import HashCache
from orchestration.onboarding.sample import sample_files

from .landings import Connection, land_location, refused, sales, shop

ROWS = [("anna", "1.50", 1), ("bert", "2.25", 2)]
TEXT = "customer,amount\nanna,1.50\nbert,2.25\n"
BLANK = {
    "nothing": "\n\n\n",
    "blanks and tabs": "  \n\t\n \t \n",
    "delimiters": ",,,\n,\n",
    "quotes": '"",""\n""\n',
    "all of them": '\n ,\t"" , \n\n',
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("above", BLANK)
def test_lines_that_hold_nothing_may_stand_above_the_header(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, above: str, mark: bytes, end: str
) -> None:
    text = (BLANK[above] + TEXT).replace("\n", end)
    (tmp_path / "a.csv").write_bytes(mark + text.encode())
    land_location(warehouse, hashes, shop("customer", "amount"), tmp_path)
    assert sales(warehouse, "customer, amount, _origin_row") == ROWS
    with sample_files(tmp_path) as sample:
        (table,) = sample.tables
        assert [column.name for column in table.columns] == ["customer", "amount"]
        assert len(sample.connection.execute(f"from {table.relation}").fetchall()) == len(ROWS)


def test_blank_lines_above_that_end_in_another_way_are_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_bytes(b"\r\n\n" + TEXT.replace("\n", "\r\n").encode())
    told = refused(warehouse, hashes, shop("customer", "amount"), tmp_path)
    assert "a.csv: the lines above the header end in another way" in told


def test_the_line_of_an_error_counts_the_blank_ones(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("\n,,\n" + TEXT + "ragged\n")
    told = refused(warehouse, hashes, shop("customer", "amount"), tmp_path)
    assert "a.csv cannot be read: CSV Error on Line: 6" in told


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_empty_line_between_rows_is_no_row(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, end: str
) -> None:
    text = "\ncustomer,amount\n\nanna,1.50\n\n\n,\nbert,2.25\n\n"
    (tmp_path / "a.csv").write_bytes(text.replace("\n", end).encode())
    land_location(warehouse, hashes, shop("customer", "amount"), tmp_path)
    rows = "_origin_row, customer, amount"
    assert sales(warehouse, rows) == [(1, "anna", "1.50"), (2, "bert", "2.25")]


def test_a_single_column_keeps_the_same_rule(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text('\ncustomer\n\nanna\n""\n\n x \n"\n"\n\n')
    land_location(warehouse, hashes, shop("customer"), tmp_path)
    assert sales(warehouse, "_origin_row, customer") == [
        (1, "anna"),
        (2, None),
        (3, " x "),
        (4, "\n"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("customer,amount\r\nanna,1\r\nbert,2\n", "line 3 ends in LF, the lines above it in CRLF"),
        ("customer,amount\nanna,1\r\nbert,2\n", "line 2 ends in CRLF, the lines above it in LF"),
        ('customer,amount\n"an\r\nna",1\nbert,2\rc,3\n', "line 4 ends in CR, the"),
    ],
)
def test_mixed_line_ends_are_told_with_their_line(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "a.csv").write_bytes(text.encode())
    said = refused(warehouse, hashes, shop("customer", "amount"), tmp_path)
    assert "a.csv cannot be read" in said and told in said


@pytest.mark.parametrize("columns", [("customer",), ("customer", "amount")])
def test_rows_behind_a_quote_that_never_closes_are_not_dropped(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, columns: tuple[str, ...]
) -> None:
    row = ",".join("x" for _ in columns)
    (tmp_path / "a.csv").write_text(f'{",".join(columns)}\n{row}\n{row[:-1]}"b\n{row}\n')
    assert "unterminated quote" in refused(warehouse, hashes, shop(*columns), tmp_path)


def test_lines_of_blanks_are_no_lines_of_text(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("\t\n \v\nid day\n1 2\n\t \n\f\n3 4\n")
    system = shop("line", reader="lines", header_starts_with="id")
    land_location(warehouse, hashes, system, tmp_path)
    assert sales(warehouse, "_origin_row, line") == [(1, "1 2"), (2, "3 4")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_sample_sees_the_delimiter_that_landing_sees(tmp_path: Path, delimiter: str) -> None:
    text = "customer|amount|note\nanna|1.50|a, b, c; d\n".replace("|", delimiter)
    (tmp_path / "a.csv").write_text(text.replace("a, b, c; d", '"a, b, c; d"'))
    with sample_files(tmp_path) as sample:
        (table,) = sample.tables
        assert [column.name for column in table.columns] == ["customer", "amount", "note"]


def test_a_sample_names_the_file_and_line_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(TEXT)
    (tmp_path / "bad.csv").write_text(TEXT + "ragged\n")
    with sample_files(tmp_path) as sample:
        (told,) = sample.unread
    assert told.startswith("bad.csv cannot be read: CSV Error on Line: 4")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("within", ["\n", "\r\n", "\r"])
def test_line_ends_within_the_header_are_no_ends_of_rows(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, within: str, end: str
) -> None:
    text = TEXT.replace("\n", end).replace("amount", f'amount,"in{within}cash"')
    text = text.replace("50", f'50,"a{within}b"').replace("25", "25,c")
    (tmp_path / "a.csv").write_bytes(text.encode())
    land_location(warehouse, hashes, shop("customer", "amount"), tmp_path)
    assert sales(warehouse, "customer, amount, _origin_row") == ROWS
