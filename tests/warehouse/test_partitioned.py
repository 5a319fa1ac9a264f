"""Whatever is loaded in whatever order, tables built partition by partition equal a full build."""

import os

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.plain_sql import PlainProject
from tests.warehouse import invoices, web_shop
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.test_invariants import SQL_LAYERS, contents

COMPARED = ("inputs", "intermediate", "features")

# More of them: `PORTRAIT_EXAMPLES=100 pytest tests/warehouse/test_partitioned.py`.
some_examples = settings(
    max_examples=int(os.environ.get("PORTRAIT_EXAMPLES", "8")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FILES = st.sampled_from(["a", "b", "c"])

# A load delivers files, some of them again and with other rows, or, with None, takes them back.
invoice_loads = st.lists(
    st.lists(st.tuples(FILES, st.none() | invoices.lines()), min_size=1, max_size=3),
    min_size=2,
    max_size=4,
)
web_shop_loads = st.lists(
    st.lists(
        st.sampled_from(sorted(web_shop.ROWS)).flatmap(
            lambda table: st.tuples(st.just(table), FILES, st.none() | web_shop.ROWS[table])
        ),
        min_size=1,
        max_size=8,
    ),
    min_size=2,
    max_size=4,
)


@some_examples
@given(loads=invoice_loads)
def test_any_sequence_of_invoice_files_gives_what_a_full_build_gives(
    plain: PlainProject, loads: list[list[tuple[str, list[invoices.Invoice] | None]]]
) -> None:
    """A source whose lines are numbered, and whose orders are put together, across files."""
    with new_warehouse(plain) as connection:
        for number, load in enumerate(loads):
            for file, lines in load:
                _take_back(connection, "raw_online_retail.invoice_lines", file)
                invoices.load(connection, lines or [], file, f"load {number}")
            _check_update(connection, plain)


@some_examples
@given(loads=web_shop_loads)
def test_any_sequence_of_shop_files_gives_what_a_full_build_gives(
    plain: PlainProject, loads: list[list[tuple[str, str, list[web_shop.Row] | None]]]
) -> None:
    """A source that is read file by file, with every entity that features are made of."""
    with new_warehouse(plain) as connection:
        for number, load in enumerate(loads):
            for table, file, rows in load:
                _take_back(connection, f"raw_simulated.{table}", file)
                web_shop.deliver(connection, table, file, rows or [], f"load {number}")
            _check_update(connection, plain)


def _take_back(connection: duckdb.DuckDBPyConnection, table: str, file: str) -> None:
    connection.execute(f"delete from {table} where _origin_file = ?", [file])


def _check_update(connection: duckdb.DuckDBPyConnection, plain: PlainProject) -> None:
    """Brings the tables up to date, then builds them whole from the same rows: all are equal."""
    plain.update(connection, SQL_LAYERS)
    updated = {schema: contents(connection, schema) for schema in COMPARED}
    again = plain.update(connection, SQL_LAYERS)
    assert set(again.values()) == {"nothing"}
    plain.build(connection, SQL_LAYERS)
    assert updated == {schema: contents(connection, schema) for schema in COMPARED}
