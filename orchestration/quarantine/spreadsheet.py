"""Cells of a CSV file that a person opens in a spreadsheet, and what comes back of them.

A spreadsheet takes a cell that begins with = + - @ for a formula, and a formula of a stranger can
do harm. Where such a sign could come to stand at the beginning, it gets an apostrophe in front, and
reading takes it off. That is at the beginning of a text, and behind what a spreadsheet of another
country takes for the end of a cell; blanks, quotes and apostrophes may stand between. A sign that
has apostrophes before it gets one more, so that every text comes back as it was. Numbers stay.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError
from orchestration.quoting import identifier, quoted
from orchestration.state.permissions import users_umask

TABLE = "_table"
FILE = "_origin_file"
ROW = "_origin_row"
LOAD = "_load_id"
REASONS = "_reasons"
KEYS = (TABLE, FILE, ROW, LOAD)

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t")
_END_OF_CELL = r"^|[;\p{Cc}\p{Zl}\p{Zp}]"
_BETWEEN = r"""[\p{C}\p{Z}"']*"""
_SIGN = "[=+@＝＋＠－-]"
_NUMBER = r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?"
_BARE = quoted(f"({_END_OF_CELL})({_BETWEEN})({_SIGN})")
_MARKED = quoted(f"({_END_OF_CELL})({_BETWEEN})'({_SIGN})")
_WITH_MARK, _WITHOUT_MARK = quoted(r"\1\2'\3"), quoted(r"\1\2\3")
_LONGEST_LINE = 200_000_000


def guarded(text: str) -> str:
    """SQL for a text cell as it is written.

    Args:
        text: An expression of type varchar.
    """
    marked = f"regexp_replace({text}, {_BARE}, {_WITH_MARK}, 'g')"
    return f"case when regexp_full_match({text}, {quoted(_NUMBER)}) then {text} else {marked} end"


def unguarded(text: str) -> str:
    """SQL for what a written cell stands for; the opposite of `guarded`."""
    return f"regexp_replace({text}, {_MARKED}, {_WITHOUT_MARK}, 'g')"


def guarded_names(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, str]:
    """Names of columns as they are written into the header."""
    return _each(connection, names, guarded("name"))


def as_text(load_id: str) -> str:
    """SQL for a load id as it is written: bare, a spreadsheet reads 1234567e8901 as a number."""
    return f"'load ' || {load_id}"


def write_csv(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Writes a query's rows with a mark that tells spreadsheets the text is UTF-8.

    Raises:
        PortraitError: The file cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        written = connection.execute(
            f"copy ({query}) to {quoted(part)} (format csv, header, delimiter ',')"
        ).fetchall()
        with users_umask(), part.open("rb") as content, path.open("wb") as target:
            target.write(_BYTE_ORDER_MARK)
            shutil.copyfileobj(content, target)
    except (OSError, duckdb.IOException) as error:
        raise PortraitError(
            f"{path} cannot be written: {str(error).splitlines()[0]}", "Name another file."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return int(written[0][0])


def read_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """Reads a file that came back into the temporary table `sheet`, all as text.

    Returns:
        The columns of the file.

    Raises:
        PortraitError: It is no exported file any more.
    """
    if not path.is_file():
        raise PortraitError(
            f"{path} does not exist.",
            "Name the file that `portrait quarantine export` wrote, and you have corrected.",
        )
    try:
        connection.execute(f"""
            create or replace temp table sheet as
            select * from read_csv(
                {quoted(path)}, delim = {quoted(_delimiter(path))}, quote = '"', escape = '"',
                header = true, all_varchar = true, null_padding = true, parallel = false,
                hive_partitioning = false, max_line_size = {_LONGEST_LINE}
            )
        """)
    except (OSError, duckdb.Error) as error:
        raise PortraitError(
            f"{path} cannot be read: {' '.join(str(error).split())[:300]}",
            "Save it from the spreadsheet as CSV in UTF-8.",
        ) from error
    columns = _take_marks_off_names(connection)
    missing = [name for name in KEYS if name not in columns]
    if missing:
        raise PortraitError(
            f"{path} has no column {', '.join(missing)}.",
            "Correct a file that `portrait quarantine export` wrote, and keep its first columns.",
        )
    return columns


def _take_marks_off_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Gives the columns of `sheet` the names that their headers stand for."""
    names = [str(row[0]) for row in connection.execute("describe sheet").fetchall()]
    meant = _each(connection, names, unguarded("name"))
    for name in names:
        if meant[name] != name:
            connection.execute(
                f"alter table sheet rename column {identifier(name)} to {identifier(meant[name])}"
            )
    return list(meant.values())


def _each(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], expression: str
) -> dict[str, str]:
    """What an expression over `name` gives for each of some names."""
    rows = connection.execute(
        f"select name, {expression} from (select unnest(?) as name)", [list(names)]
    ).fetchall()
    return dict(rows)


def _delimiter(path: Path) -> str:
    """What stands after the first column's name: a spreadsheet writes its country's separator."""
    with path.open("rb") as file:
        head = file.read(len(_BYTE_ORDER_MARK) + len(TABLE) + 4)
    head = head.removeprefix(_BYTE_ORDER_MARK).replace(b'"', b"").removeprefix(TABLE.encode())
    return next((mark for mark in _DELIMITERS if head.startswith(mark.encode())), _DELIMITERS[0])
