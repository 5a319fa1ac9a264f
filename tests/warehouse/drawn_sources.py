"""Everything that can be drawn of every source system, and how it is loaded."""

import duckdb
from hypothesis import strategies as st

from tests.warehouse import app_and_till, cd_shop, grocery, invoices, marketing, web_shop
from tests.warehouse.drawing import Row, deliver

Delivery = dict[str, list[Row]]

SOURCES: dict[str, dict[str, st.SearchStrategy[list[Row]]]] = {
    "online_retail": invoices.ROWS,
    "completejourney": grocery.ROWS,
    "cdnow": cd_shop.ROWS,
    "simulated": {**web_shop.ROWS, **app_and_till.ROWS, **marketing.ROWS},
}
# Raw tables whose rows staging numbers by what they say: which came first must not matter. In cdnow
# the place in the file is the order's number.
NUMBERED_BY_CONTENT = {("online_retail", "invoice_lines"), ("completejourney", "transactions")}


def deliveries(source: str) -> st.SearchStrategy[Delivery]:
    """Rows for all raw tables of a source, numbered as they stand in their file."""
    return st.fixed_dictionaries(SOURCES[source]).map(
        lambda drawn: {
            table: [{**row, "_origin_row": number} for number, row in enumerate(rows, start=1)]
            for table, rows in drawn.items()
        }
    )


def shuffles(source: str, delivery: Delivery) -> st.SearchStrategy[Delivery]:
    """The same rows, put in another order."""
    return st.fixed_dictionaries(
        {
            table: st.permutations(rows).map(
                _renumber if (source, table) in NUMBERED_BY_CONTENT else list
            )
            for table, rows in delivery.items()
        }
    )


def _renumber(rows: list[Row]) -> list[Row]:
    return [{**row, "_origin_row": number} for number, row in enumerate(rows, start=1)]


def load(connection: duckdb.DuckDBPyConnection, source: str, delivery: Delivery) -> None:
    """Adds the rows to the raw tables of a source, as one load of one file a table."""
    for table, rows in delivery.items():
        deliver(connection, f"raw_{source}.{table}", "drawn", rows, "load")
