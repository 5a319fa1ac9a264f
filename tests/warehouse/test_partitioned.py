"""Whatever is loaded in whatever order, tables built partition by partition equal a full build."""

import os

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.project import Project
from orchestration.warehouse.opening import columns_of, scalar
from orchestration.warehouse.plain_project import PlainProject
from orchestration.warehouse.plain_sql import compile_project
from tests.warehouse import invoices
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.drawing import Row, deliver
from tests.warehouse.drawn_sources import SOURCES
from tests.warehouse.full_build import LAYERS, check_full_build

# More and longer ones: `PORTRAIT_EXAMPLES=100 pytest tests/warehouse/test_partitioned.py`. To bring
# the tables up to date costs two seconds whatever is new: by default few examples of few loads, in
# which much comes at once.
EXAMPLES = int(os.environ.get("PORTRAIT_EXAMPLES", "4"))
MOST_LOADS = 4 if EXAMPLES > 4 else 3
some_examples = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FILES = st.sampled_from(["a", "b", "c"])

# A load delivers files, some of them again and with other rows, or, with None, takes them back.
invoice_loads = st.lists(
    st.lists(st.tuples(FILES, st.none() | invoices.lines()), min_size=1, max_size=3),
    min_size=2,
    max_size=MOST_LOADS,
)
# The raw tables of all sources, with what is drawn of each.
TABLES = {
    f"raw_{source}.{table}": rows
    for source, tables in SOURCES.items()
    for table, rows in tables.items()
}
mixed_loads = st.lists(
    st.lists(
        st.sampled_from(sorted(TABLES)).flatmap(
            lambda table: st.tuples(st.just(table), FILES, st.none() | TABLES[table])
        ),
        min_size=4,
        max_size=24,
    ),
    min_size=2,
    max_size=MOST_LOADS,
)


# How many of the relations a run makes before it is killed; None: it is not.
ends = st.none() | st.integers(0, 110)


@some_examples
@given(loads=invoice_loads, ends=st.lists(ends, min_size=MOST_LOADS, max_size=MOST_LOADS))
def test_any_sequence_of_invoice_files_gives_what_a_full_build_gives(
    plain: PlainProject,
    loads: list[list[tuple[str, list[invoices.Invoice] | None]]],
    ends: list[int | None],
) -> None:
    """A source whose lines are numbered, and whose orders are put together, across files."""
    with new_warehouse(plain) as connection:
        for number, load in enumerate(loads):
            for file, lines in load:
                _take_back(connection, "raw_online_retail.invoice_lines", file)
                invoices.load(connection, lines or [], file, f"load {number}")
            _run(connection, plain, ends[number])
        _check_nothing_new(connection, plain, ends[len(loads) - 1])


@some_examples
@given(loads=mixed_loads, ends=st.lists(ends, min_size=MOST_LOADS, max_size=MOST_LOADS))
def test_any_sequence_of_files_of_all_sources_gives_what_a_full_build_gives(
    plain: PlainProject,
    loads: list[list[tuple[str, str, list[Row] | None]]],
    ends: list[int | None],
) -> None:
    """Sources that are read file by file and others, with every entity there is."""
    with new_warehouse(plain) as connection:
        for number, load in enumerate(loads):
            for table, file, rows in load:
                _take_back(connection, table, file)
                deliver(connection, table, file, rows or [], f"load {number}")
            _run(connection, plain, ends[number])
        _check_nothing_new(connection, plain, ends[len(loads) - 1])


def _take_back(connection: duckdb.DuckDBPyConnection, table: str, file: str) -> None:
    connection.execute(f"delete from {table} where _origin_file = ?", [file])


def _run(connection: duckdb.DuckDBPyConnection, plain: PlainProject, end: int | None) -> None:
    """Brings the tables up to date, all or some; when all, they are those of a full build."""
    if end is not None:
        killed = PlainProject(plain.declared, plain.built[:end], plain.tests)
        killed.update(connection, LAYERS)
        return
    plain.update(connection, LAYERS)
    check_full_build(connection, plain)


def _check_nothing_new(
    connection: duckdb.DuckDBPyConnection, plain: PlainProject, end: int | None
) -> None:
    """After a run of all, nothing is to be made; the last one may have been killed."""
    if end is not None:
        _run(connection, plain, None)
    assert set(plain.update(connection, LAYERS).values()) == {"nothing"}


@some_examples
@given(
    loads=invoice_loads,
    ends=st.lists(ends, min_size=MOST_LOADS, max_size=MOST_LOADS),
    data=st.data(),
)
def test_what_has_changed_since_a_test_is_noted(
    plain: PlainProject,
    loads: list[list[tuple[str, list[invoices.Invoice] | None]]],
    ends: list[int | None],
    data: st.DataObject,
) -> None:
    """A test that looks at noted partitions alone misses nothing, whenever it looked last."""
    looked: dict[str, int] = {}
    with new_warehouse(plain) as connection:
        for number, load in enumerate(loads):
            for file, lines in load:
                _take_back(connection, "raw_online_retail.invoice_lines", file)
                invoices.load(connection, lines or [], file, f"load {number}")
            killed = PlainProject(plain.declared, plain.built[: ends[number]], plain.tests)
            killed.update(connection, LAYERS)
            for table, by in TESTED.items():
                _check_noted(connection, table, by, looked.get(table))
                if data.draw(st.booleans(), label=f"test {table}"):
                    looked[table] = _look_at(connection, table)


# Tables that note rows and tables that note partitions, read by others or by none.
TESTED = {
    "intermediate.int_orders_validated": "source_system, source_order_id",
    "intermediate.int_quarantine": "source_system, entity, row_key",
    "features.customer_features": "as_of_date",
    "features.training_labels": "as_of_date",
}


def _look_at(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Keeps the table as a test that passes sees it; gives the last build before."""
    if not columns_of(connection, table):
        return 0
    connection.execute(f"create or replace temp table {_seen(table)} as from {table}")
    return scalar(connection, "select coalesce(max(build), 0) from increments.builds")


def _check_noted(
    connection: duckdb.DuckDBPyConnection, table: str, by: str, looked: int | None
) -> None:
    """Each partition that differs from what was seen is noted, or the whole is to be looked at."""
    name = table.split(".")[1]
    if not looked or not columns_of(connection, _seen(table)):
        return
    is_noted = "select count(*) from increments.builds where relation = ? and complete_since <= ?"
    if not scalar(connection, is_noted, name, looked):
        return
    differing = f"""
        select distinct {by} from (
            (from {table} except all from {_seen(table)})
            union all
            (from {_seen(table)} except all from {table})
        )
    """
    noted = f"select {by} from increments.changed_{name} where _build > {looked}"
    assert not connection.execute(f"{differing} except {noted}").fetchall()


def _seen(table: str) -> str:
    return "seen_" + table.split(".")[1]


def test_a_reader_that_missed_what_is_no_longer_noted_is_built_whole(plain: PlainProject) -> None:
    """As after some releases without the model: the others have read on meanwhile."""
    line = ("100001", "85123A", "LANTERN", "1", "2011-03-01 10:00:00", "1.00", "17850", "France")
    with new_warehouse(plain) as connection:
        for number in range(4):
            invoices.load(connection, [line], f"{number}.csv", f"load {number}")
            made = plain.update(connection, LAYERS)
            if number == 1:
                ((seen,),) = connection.execute(
                    "select build from increments.builds where relation = 'int_order_totals'"
                ).fetchall()
        assert made["intermediate.int_order_totals"] == "partial"
        connection.execute(
            "update increments.builds set build = ? where relation = 'int_order_totals'", [seen]
        )
        made = plain.update(connection, LAYERS)
        assert made["intermediate.int_order_totals"] == "whole"
        assert made["inputs.input_orders"] == "nothing"


def test_built_in_slices_a_table_is_the_same(project: Project, plain: PlainProject) -> None:
    """As when all rows at once would be too many; partial builds afterwards are as ever."""
    sliced = compile_project(project, {"most_rows_at_once": 0})
    lines = [
        (f"10000{n}", "85123A", "LANTERN", "2", f"2011-0{n}-02 10:00:00", "1.00", "17850", "France")
        for n in range(1, 9)
    ]
    with new_warehouse(sliced) as connection:
        for number, line in enumerate(lines):
            invoices.load(connection, [line], f"{number}.csv", f"load {number}")
            if number in (6, 7):
                made = sliced.update(connection, LAYERS)
                check_full_build(connection, plain)
        days = connection.execute("select count(*) from features.as_of_dates").fetchall()
    assert days > [(3,)]
    assert made["features.feature_purchases"] == "partial"


def test_a_seed_that_says_something_else_is_seen(plain: PlainProject) -> None:
    with new_warehouse(plain) as connection:
        plain.update(connection, LAYERS)
        connection.execute("update seeds.bot_thresholds set maximum_events = 3")
        made = plain.update(connection, LAYERS)
    assert made["intermediate.int_bot_days"] == "whole"
    assert made["intermediate.int_events_validated"] == "whole"
    assert made["intermediate.int_orders_validated"] == "nothing"
