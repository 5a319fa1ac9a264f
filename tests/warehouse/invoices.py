"""Drawn invoices of a shop that does everything: returns, guests, typos, duplicates, postage."""

from datetime import date, datetime, time, timedelta

import duckdb
from hypothesis import strategies as st

from tests.warehouse.drawing import Row

Invoice = tuple[str | None, ...]

FIRST_DAY = date(2011, 1, 1)

_customers = st.sampled_from(["17850.0", "17851", "顾客一", "O'Neil", None, ""])
_products = st.sampled_from(["85123A", "71053", "POST", "D", "M", None])
_quantities = st.one_of(
    st.integers(-4, 6).map(str), st.sampled_from(["0", "six", None, "1e3", " 2"])
)
_prices = st.one_of(
    st.integers(0, 500).map(lambda pence: f"{pence / 100:.2f}"),
    st.sampled_from(["-1.00", "free", None]),
)


def lines(first: date = FIRST_DAY, days: int = 300) -> st.SearchStrategy[list[Invoice]]:
    """Raw invoice lines dated within `days` days from `first` on."""
    times = st.builds(
        lambda day, hour: datetime.combine(first + timedelta(days=day), time(hour)).isoformat(" "),
        st.integers(0, days - 1),
        st.integers(0, 23),
    )
    numbers = st.builds(
        lambda kind, number: f"{kind}{number}",
        st.sampled_from(["", "C"]),
        st.integers(100_000 + first.toordinal() * 100, 100_000 + first.toordinal() * 100 + 30),
    )
    return st.lists(
        st.tuples(
            numbers,
            _products,
            st.sampled_from(["LANTERN", "damaged", None]),
            _quantities,
            times,
            _prices,
            _customers,
            st.sampled_from(["United Kingdom", "Unspecified", None]),
        ),
        max_size=40,
    )


_COLUMNS = (
    *("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice"),
    *("CustomerID", "Country"),
)
ROWS: dict[str, st.SearchStrategy[list[Row]]] = {
    "invoice_lines": lines().map(
        lambda drawn: [dict(zip(_COLUMNS, line, strict=True)) for line in drawn]
    ),
}


def load(
    connection: duckdb.DuckDBPyConnection,
    invoice_lines: list[Invoice],
    file: str,
    load_id: str = "load",
) -> None:
    """Adds the lines to the raw table as if they came from `file`."""
    if invoice_lines:
        connection.executemany(
            f"insert into raw_online_retail.invoice_lines values ({', '.join('?' * 12)})",
            [[*line, file, row, load_id, None] for row, line in enumerate(invoice_lines, start=1)],
        )
