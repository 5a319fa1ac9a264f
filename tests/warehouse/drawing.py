"""What drawn rows of all sources have in common: their days, and how they get into raw tables."""

from datetime import date, datetime, timedelta

import duckdb
from hypothesis import strategies as st

Row = dict[str, object]

FIRST = datetime(2011, 1, 1, 9)

# Around midnight in Shanghai, and pauses shorter and longer than a session's.
moments = st.builds(
    lambda day, minute: FIRST + timedelta(days=day, minutes=minute),
    st.integers(0, 300),
    st.sampled_from([0, 20, 60, 405, 419, 421]),
)
days = moments.map(lambda moment: moment.date())
milliseconds = moments.map(
    lambda moment: int((moment - datetime(1970, 1, 1)).total_seconds()) * 1000
)


def texts(pattern: str) -> st.SearchStrategy[str]:
    """Moments as a system writes them."""
    return moments.map(lambda moment: moment.strftime(pattern))


def rows(size: int, **columns: st.SearchStrategy[object]) -> st.SearchStrategy[list[Row]]:
    """At most so many rows of these columns."""
    return st.lists(st.fixed_dictionaries(columns), max_size=size)


def deliver(
    connection: duckdb.DuckDBPyConnection, table: str, file: str, rows: list[Row], load_id: str
) -> None:
    """Adds rows to a raw table as if they came from `file`."""
    for number, row in enumerate(rows, start=1):
        values = {"_origin_row": number, **row, "_origin_file": file, "_load_id": load_id}
        connection.execute(
            f"insert into {table} by name "
            f"select {', '.join(f'{_literal(value)} as {name}' for name, value in values.items())}"
        )


def _literal(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, datetime | date):
        return f"timestamp '{value}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
