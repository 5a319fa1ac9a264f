"""Cells that leave for a spreadsheet are no formulas there, and come back as they were."""

import csv
import io
import re
from pathlib import Path

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.quarantine.spreadsheet import (
    KEYS,
    guarded,
    guarded_names,
    read_csv,
    unguarded,
    write_csv,
)
from orchestration.quoting import identifier

cells = st.text(st.sampled_from("'\"=+-@＝\t\n;, 1e.") | st.characters(codec="utf-8"), max_size=8)
# Of a spreadsheet a number is no harm, whatever sign it has.
NUMBER = re.compile(r"[+-]?[0-9.,]+([eE][+-]?[0-9]+)?")
FORMULA = re.compile(r"[\s\ufeff\u3000\xa0]*[=+@＝＋＠－-]")


def cells_as_others_see_them(text: str) -> list[str]:
    """The fields of a CSV file for spreadsheets of all countries, and for a reader of lines."""
    lines = [line for mark in ",;\t" for line in csv.reader(text.splitlines(True), delimiter=mark)]
    return [cell for line in lines for cell in line] + re.split(r"[;\t\r\n]", text)


@settings(deadline=None)
@given(text=cells)
@example(text="'=1")
@example(text="''-5")
@example(text="-5")
@example(text="'-5")
@example(text="a;=1+1")
@example(text="x\n \t@y")
@example(text=';"＝1')
@example(text="-inf")
def test_a_guarded_cell_is_no_formula_anywhere_and_comes_back_as_it_was(text: str) -> None:
    with duckdb.connect() as connection:
        ((cell, back),) = connection.execute(
            f"select {guarded('cell')} as guarded, {unguarded('guarded')} from (select ? as cell)",
            [text],
        ).fetchall()
        assert back == text
        written = io.StringIO()
        csv.writer(written).writerow(["row", cell, guarded_names(connection, [text])[text]])
    for seen in cells_as_others_see_them(written.getvalue()):
        assert NUMBER.fullmatch(seen) or not FORMULA.match(seen)


def test_an_exported_file_reads_back_as_it_was(tmp_path: Path) -> None:
    """Also under a header that is a formula, with cells that hold line ends and quotes."""
    texts = ["=1+1", "a;=1", 'a"b', "a\r\n=b", "x\ty", " pad ", "-5", "－1", "a" * 10_000]
    with duckdb.connect() as connection:
        connection.execute("create table bad (_id integer, \"=cmd|'/c calc'!A1\" varchar)")
        connection.executemany("insert into bad values (?, ?)", list(enumerate(texts)))
        names = guarded_names(connection, ["=cmd|'/c calc'!A1"])
        ((name, header),) = names.items()
        keys = ", ".join(f"'t' as {key}" for key in KEYS)
        query = f'select {keys}, _id, {guarded(identifier(name))} as "{header}" from bad'
        assert write_csv(connection, query, tmp_path / "bad.csv") == len(texts)
        assert read_csv(connection, tmp_path / "bad.csv") == [*KEYS, "_id", name]
        back = connection.execute(
            f"select {unguarded(identifier(name))} from sheet order by _id::integer"
        ).fetchall()
    assert header == "'=cmd|'/c calc'!A1"
    assert [text for (text,) in back] == texts
