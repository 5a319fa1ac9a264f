"""Where in a file its table begins and ends: titles stand above it, totals and remarks below."""

import csv
import re
from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb

from orchestration.quoting import code_span, identifier

# So many records are looked at for the header, and lines for what stands below the table.
MOST_RECORDS = 40
_MOST_LINES_BELOW = 20
_TAIL_BYTES = 1 << 16
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")
# What a cell holds that names no column.
_VALUE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*"  # a day
    r"|\d+[.,]\d{2}"  # an amount
    r"|\S+@\S+\.\S+"  # a mailbox
)
_BLANKS = " \t\v\f\r\n"
# How a row that sums the others calls itself, at the beginning of one of its first cells.
_TOTALS = (
    *("total", "grand total", "sum", "subtotal", "overall", "all orders"),
    *("summe", "gesamt", "gesamtsumme", "insgesamt", "totaal", "totale", "totales", "somme"),
    *("suma", "итого", "всего", "合计", "总计", "總計", "合計", "小计", "汇总"),
)
# What tables are called in which goods are given back.
_RETURNS = {
    *("return", "returns", "returned", "refund", "refunds", "refunded", "rma", "creditnotes"),
    *("retoure", "retouren", "rückgabe", "rückgaben", "rücksendung", "rücksendungen"),
    *("gutschrift", "gutschriften", "erstattung", "erstattungen", "retour", "retours", "avoirs"),
    *("remboursement", "remboursements", "devolución", "devoluciones", "devolucion", "reembolsos"),
    *("resi", "reso", "rimborsi", "devolução", "devoluções", "devolucoes", "terugbetalingen"),
}
_RETURNS_WITHIN = ("退货", "退貨", "退款", "返品", "返金")
_FIRST_CELLS = 3
_NO_DIGITS = "[¥￥$€£ ,]"


def header_position(records: Sequence[Sequence[str]], declared: Collection[str]) -> int:
    """Which of a file's first records is its header.

    Args:
        records: The first of them.
        declared: Names of the declared columns in lower case; with them the header is the record
            that holds them all. Without, or where none does, it is the first that fills more than
            half of the columns, unless it holds numbers: then nothing stands above the table.
    """
    if declared:
        for position, record in enumerate(records):
            if set(declared) <= {name.strip().lower() for name in record}:
                return position
    widest = max((_filled(record) for record in records), default=0)
    for position, record in enumerate(records):
        if _filled(record) >= 2 and _filled(record) * 2 > widest:
            is_data = any(_NUMBER.fullmatch(cell.strip()) for cell in record)
            return 0 if is_data else position
    return 0


def values_among(names: Sequence[str]) -> list[str]:
    """What stands in place of a column's name and is a value: the table has no header then."""
    return [name for name in names if _VALUE.fullmatch(name.strip())]


def numbers_among(names: Sequence[str]) -> list[str]:
    """What stands in place of a column's name and is a number."""
    return [name for name in names if re.fullmatch(r"[+-]?\d+(?:[.,]\d+)*", name.strip())]


def speaks_of_returns(name: str) -> bool:
    """Whether the name of a file, sheet or column says that goods were given back."""
    words = re.findall(r"[^\W\d_]+", name.lower())
    return bool(_RETURNS.intersection(words)) or any(word in name for word in _RETURNS_WITHIN)


def _filled(record: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in record)


def told_above(label: str, above: Sequence[Sequence[str]]) -> list[str]:
    """What is said of the records above a header."""
    texts = [" ".join(cell.strip() for cell in record if cell.strip()) for record in above]
    shown = ", ".join(code_span(text) for text in texts if text)
    return [f"{label}: the table begins below {shown}"] if shown else []


def lines_below(path: Path, delimiter: str, quote: str, width: int) -> tuple[int, list[str]] | None:
    """What stands below the table: a blank line, and lines that have fewer fields.

    A short line without a blank one above it is none of them: a file that was cut off ends so.

    Args:
        path: A text in UTF-8.
        delimiter: Between fields.
        quote: Around fields; may be empty.
        width: Fields of the table.

    Returns:
        How many bytes of the file are the table, and the lines behind; None: there are none.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _TAIL_BYTES))
        lines = stream.read().splitlines(keepends=True)
    first, last_blank = len(lines), None
    for at in range(len(lines) - 1, max(0, len(lines) - _MOST_LINES_BELOW - 1), -1):
        text = lines[at].decode("utf-8", "replace")
        if quote and text.count(quote) % 2:
            break
        if not text.strip(_BLANKS + delimiter + quote):
            last_blank = at
        elif len(next(csv.reader([text], delimiter=delimiter))) >= width:
            break
        first = at
    if last_blank is None or first != last_blank or first == 0:
        return None
    below = [line.decode("utf-8", "replace").strip(_BLANKS) for line in lines[first:]]
    told = [line for line in below if line.strip(delimiter)]
    return (size - sum(map(len, lines[first:])), told) if told else None


def last_record(path: Path, delimiter: str, quote: str) -> list[str]:
    """The fields of the last line that holds something; none where a quote goes over lines."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        lines = stream.read().decode("utf-8", "replace").splitlines()
    text = next((line for line in reversed(lines) if line.strip(_BLANKS + delimiter + quote)), "")
    if quote and text.count(quote) % 2:
        return []
    return next(csv.reader([text], delimiter=delimiter, quotechar=quote or None), [])


def is_called_total(record: Sequence[str]) -> bool:
    """Whether one of the first cells of a record says that it sums the others."""
    cells = [cell.strip(_BLANKS + ":").casefold() for cell in record[:_FIRST_CELLS]]
    return any(cell == word or cell.startswith(f"{word} ") for cell in cells for word in _TOTALS)


def row_of_total(
    connection: duckdb.DuckDBPyConnection, sql: str, names: Sequence[str]
) -> int | None:
    """The last row of a relation, if a number in it is the sum of the column above it.

    Args:
        connection: Any connection.
        sql: Gives the columns and `_origin_row`.
        names: The columns.
    """
    numbers = ", ".join(
        f"try_cast(regexp_replace({identifier(name)}::varchar, '{_NO_DIGITS}', '', 'g') "
        f"as decimal(18, 4)) as n{position}"
        for position, name in enumerate(names)
    )
    last, above = "max_by(n{0}, _origin_row)", "sum(n{0}) - max_by(n{0}, _origin_row)"
    agree = " or ".join(
        f"({last.format(n)} <> 0 and {last.format(n)} = {above.format(n)})"
        for n in range(len(names))
    )
    try:
        row = connection.execute(
            f"select count(*), {agree} from (select _origin_row, {numbers} from ({sql}))"
        ).fetchone()
    except duckdb.Error:  # Whoever reads the file says what is wrong with it.
        return None
    return int(row[0]) if row and row[0] > 2 and row[1] else None
