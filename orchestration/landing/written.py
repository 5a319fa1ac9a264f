"""Whether new files write a column as its source did when it was added.

A draft reads one way of writing a column. A file that writes it in another is no file of bad rows:
it is asked about, and stops its source until somebody says which is right.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

import duckdb

from orchestration.errors import PortraitError
from orchestration.landing.readers import Readable
from orchestration.quoting import code_span, identifier, quoted
from orchestration.warehouse.manifest import RawTable

ISO, INSTANT, PLAIN = "iso", "instant", "plain"
DATE = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
CLOCK = r"[ T]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?"
# What tells the offset of a time from UTC, as in the macro `try_parse_instant`.
OFFSET = r"[ ]*(Z|z|UTC|GMT|[+-]\d{2}(:?\d{2})?)"
NUMBER = r"[+-]?\d*\.?\d+"
_BLANKS = " \u00a0\u202f\u2009"
# A currency beside an amount: `R$`, `EUR`, `kr`; as in the macro `bare_amount`.
CURRENCY = "(?:[A-Z]{0,3}[¥￥$€£₩₹₽₺₴₫฿₱₪]|[A-Z]{3}|kr[.]?|zł|Kč|Ft|Fr[.]|lei|Rs[.]?|元|円)"
# What is taken off an amount, in this order, until its number is left.
_BARE = (
    ("\u2212", "-"),
    (r"^[(](.*)[)]$", r"-\1"),
    (rf"^([+-]?)[{_BLANKS}]*{CURRENCY}[{_BLANKS}]*", r"\1"),
    (rf"[{_BLANKS}]*{CURRENCY}$", ""),
    (r"([.,])[-–—]+$", r"\g<1>00"),
    (r"^([^+-].*)-$", r"-\1"),
)
# Digits as wide as Chinese and Japanese letters, and the marks beside them.
_WIDE, _NARROW = "０１２３４５６７８９．，＋－", "0123456789.,+-"
_NARROWED = str.maketrans(_WIDE, _NARROW)
# Decimal mark → what a number looks like once currencies are gone; lakhs are written 1,23,456.50.
MONEY = {
    ".": rf"[+-]?(?:(?:\d+|\d{{1,3}}(?:[,'’{_BLANKS}]\d{{3}})+|\d{{1,2}}(?:,\d{{2}})+,\d{{3}})"
    r"(?:\.\d+)?|\.\d+)",
    ",": rf"[+-]?(?:(?:\d+|\d{{1,3}}(?:[.'’{_BLANKS}]\d{{3}})+)(?:,\d+)?|,\d+)",
}
_AMOUNTS = {PLAIN: "1250.50", ".": "1,250.50", ",": "1.250,50"}
_DAY = datetime(2025, 3, 31, 14, 5, tzinfo=UTC)
# What else could be a time or an amount; a word such as `unknown` is neither.
_LIKE_A_TIME = r".*\d[-/.: 年T].*\d.*"
_LIKE_AN_AMOUNT = rf"[(+-]?(?:{CURRENCY}|[{_BLANKS}])*[+-]?\d[\d.,'’{_BLANKS}]*(?:{CURRENCY}|[)-])?"
# From this share of a file's values on it writes the column in another way; below, rows are bad.
_CONTRADICTS = 0.1


def check_written(
    connection: duckdb.DuckDBPyConnection, table: RawTable, read: Iterable[Readable]
) -> None:
    """Looks at what has just been read from files.

    Args:
        connection: The warehouse, in the transaction that read them.
        table: The table; `written` says how its columns were written.
        read: The files.

    Raises:
        PortraitError: A file writes a column in another way.
    """
    labels = {one.file.name: one.file.label for one in read}
    columns = {column.name for column in table.business_columns}
    for name in columns.intersection(table.written) if labels else ():
        style = table.written[name]
        value = f"trim({identifier(name)}::varchar)"
        other = _LIKE_AN_AMOUNT if style in _AMOUNTS else _LIKE_A_TIME
        found = connection.execute(f"""
            select
                _origin_file,
                count(*) filter (is_other) as others,
                count(*) as filled,
                min(_origin_row) filter (is_other),
                arg_min(written, _origin_row) filter (is_other)
            from (
                select
                    _origin_file, _origin_row, {value} as written,
                    not coalesce({reads_as(style, value)}, false)
                        and regexp_full_match({value}, {quoted(other)}) as is_other
                from {table.relation}
                where _origin_file in ({", ".join(map(quoted, labels))}) and {value} <> ''
            )
            group by _origin_file
            having others >= {_CONTRADICTS} * filled and others > 0
            order by _origin_file
            limit 1
        """).fetchone()
        if found:
            file, others, filled, row, example = found
            raise _contradiction(labels[file], name, style, (others, filled, row, example))


def reads_as(style: str, value: str) -> str:
    """SQL: whether a text is written in a style of times or amounts; NULL may stand for no."""
    if style == ISO:
        return f"regexp_full_match({value}, {quoted(f'{DATE}({CLOCK})?')})"
    if style == INSTANT:
        return f"regexp_full_match({value}, {quoted(DATE + CLOCK + OFFSET)})"
    if style == PLAIN:
        return f"regexp_full_match({value}, {quoted(NUMBER)})"
    if style in MONEY:
        return f"regexp_full_match({bare_amount_sql(value)}, {quoted(MONEY[style])})"
    return f"try_strptime({value}, {quoted(style)}) is not null"


def bare_amount(value: str) -> str:
    """An amount without its currency, the minus before it: `(1,5 €)` is `-1,5`, `12,-` 12,00."""
    value = value.translate(_NARROWED)
    for pattern, instead in _BARE:
        value = re.sub(pattern, instead, value.strip(_BLANKS))
    return value


def bare_amount_sql(value: str) -> str:
    """The same in SQL."""
    value = f"translate({value}, {quoted(_WIDE)}, {quoted(_NARROW)})"
    for pattern, instead in _BARE:
        instead = instead.replace("\\g<1>", "\\1")
        trimmed = f"trim({value}, {quoted(_BLANKS)})"
        value = f"regexp_replace({trimmed}, {quoted(pattern)}, {quoted(instead)})"
    return value


def _contradiction(
    label: str, column: str, style: str, found: tuple[int, int, int, str]
) -> PortraitError:
    others, filled, row, example = found
    return PortraitError(
        f"{label}: the column {column} was written like {code_span(_shown(style))} when the source "
        f"was added, and {others:,} of {filled:,} values are not, such as {code_span(example[:60])}"
        f" in row {row}: which is right?",
        "Export the file again as before, or leave it out: portrait source add NAME --leave-out "
        "FILE. If it stays like that, correct how the staging model reads the column, and take it "
        "out of `written` in the source's _sources.yml.",
    )


def _shown(style: str) -> str:
    """An example of a style."""
    if style in _AMOUNTS:
        return _AMOUNTS[style]
    told = {ISO: "%Y-%m-%d %H:%M:%S", INSTANT: "%Y-%m-%dT%H:%M:%SZ"}
    return _DAY.strftime(told.get(style, style))
