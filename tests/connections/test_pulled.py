"""What was pulled becomes raw tables: typed, with keys and origin, once, and all or nothing."""

import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.connections.declared import SqlDatabase
from orchestration.connections.landing_file import Landing
from orchestration.connections.pull import primary_keys, pull
from orchestration.connections.secrets import Secrets
from orchestration.errors import PortraitError
from orchestration.landing.land import RAW_LOADS, Landed
from orchestration.landing.pulled import land_pulled
from orchestration.warehouse.manifest import Column, RawTable, SourceSystem
from orchestration.warehouse.opening import open_warehouse
from tests.connections.servers import Api
from tests.connections.test_pull import PAGES, crm, order

ORIGIN = {"_origin_file": "varchar", "_origin_row": "bigint", "_load_id": "varchar"}


def system(**tables: dict[str, str]) -> SourceSystem:
    """A source `shop` with raw tables of the given columns."""
    raw = tuple(
        RawTable(
            schema="raw_shop",
            name=name,
            description="",
            columns=tuple(Column(*item, "") for item in {**columns, **ORIGIN}.items()),
            files=(),
            reader="auto",
            header_starts_with=None,
        )
        for name, columns in tables.items()
    )
    return SourceSystem("shop", "raw_shop", "", raw, None, "", is_default=False)


class Erp:
    """An SQLite database that is pulled and landed."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "erp.sqlite"
        self.declaration = SqlDatabase.model_validate(
            {
                "kind": "sql_database",
                "url": f"sqlite:///{self.file}",
                "tables": {"customers": {"primary_key": "id"}, "notes": None},
            }
        )
        self.landing = Landing(folder / "landing" / "shop")
        self.warehouse = folder / "warehouse.duckdb"
        self.run("create table customers (id integer primary key, name text)")
        self.run("create table notes (note text)")
        self.run("insert into customers values (7, 'Ann'), (8, 'Ça va')")
        self.run("insert into notes values ('x'), ('x')")

    def run(self, statement: str) -> None:
        connection = sqlite3.connect(self.file)
        with connection:
            connection.execute(statement)
        connection.close()

    def land(self, system: SourceSystem) -> list[Landed]:
        pull("shop", self.declaration, {}, self.landing, Secrets("shop"))
        with open_warehouse(self.warehouse) as connection:
            return land_pulled(connection, system, self.landing, primary_keys(self.declaration))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.warehouse) as connection:
            return connection.execute(query).fetchall()


SYSTEM = system(customers={"id": "bigint", "name": "varchar"}, notes={"note": "varchar"})


@pytest.fixture
def erp(tmp_path: Path) -> Erp:
    return Erp(tmp_path)


def test_every_row_says_where_it_came_from(erp: Erp) -> None:
    customers, notes = erp.land(SYSTEM)
    assert (customers.row_count, notes.row_count, customers.is_new) == (2, 2, True)
    rows = "select id, name, _origin_file, _origin_row from raw_shop.customers order by id"
    assert erp.rows(rows) == [
        (7, "Ann", "customers/7", 1),
        (8, "Ça va", "customers/8", 1),
    ]
    rows = "select note, _origin_file, _origin_row from raw_shop.notes order by all"
    assert erp.rows(rows) == [("x", "notes", 1), ("x", "notes", 2)]
    assert erp.rows("select count(*) from raw_shop.notes where _load_id is null") == [(0,)]


def test_the_same_rows_are_not_landed_twice(erp: Erp) -> None:
    erp.land(SYSTEM)
    assert not any(table.is_new for table in erp.land(SYSTEM))
    erp.run("update customers set name = 'Anne' where id = 7")
    assert all(table.is_new for table in erp.land(SYSTEM))
    assert erp.rows("select name from raw_shop.customers where id = 7") == [("Anne",)]
    assert not any(table.is_new for table in erp.land(SYSTEM))


def test_a_column_that_nobody_declared_is_kept_and_reported(
    erp: Erp, caplog: pytest.LogCaptureFixture
) -> None:
    erp.run("alter table customers add column tier text default 'gold'")
    erp.land(SYSTEM)
    (warning,) = caplog.messages
    assert warning == (
        "shop: customers: the column tier is not declared; raw_shop.customers keeps it"
    )
    assert erp.rows("select distinct tier from raw_shop.customers") == [("gold",)]


@pytest.mark.parametrize(
    ("customers", "told"),
    [
        ({"id": "bigint", "nickname": "varchar"}, "the table customers has no nickname"),
        ({"id": "bigint", "name": "integer"}, "column name should be integer"),
    ],
)
def test_what_does_not_fit_the_declaration_leaves_the_tables_alone(
    erp: Erp, customers: dict[str, str], told: str
) -> None:
    erp.land(SYSTEM)
    erp.run("insert into notes values ('y')")
    with pytest.raises(PortraitError, match=told):
        erp.land(system(notes={"note": "varchar"}, customers=customers))
    assert erp.rows("select count(*) from raw_shop.notes") == [(2,)]
    assert erp.rows(f"select count(*) from {RAW_LOADS}") == [(2,)]


def test_lists_in_records_are_tables_with_their_parents_key(api: Api, tmp_path: Path) -> None:
    api.records["orders"] = [order(1), order(2)]
    landing, declaration = Landing(tmp_path / "landing"), crm(api, paginator=PAGES)
    pull("shop", declaration, {}, landing, Secrets("shop"))
    tables = system(
        orders={"id": "bigint", "customer__email": "varchar"},
        orders__lines={"_parent_id": "bigint", "_position": "bigint", "sku": "varchar"},
    )
    with duckdb.connect() as connection:
        land_pulled(connection, tables, landing, primary_keys(declaration))
        lines = connection.execute(
            "select _parent_id, _position, sku, _origin_file, _origin_row "
            "from raw_shop.orders__lines order by all"
        ).fetchall()
    assert lines == [
        (1, 1, "s1", "orders__lines/1", 1),
        (1, 2, "t", "orders__lines/1", 2),
        (2, 1, "s2", "orders__lines/2", 1),
        (2, 2, "t", "orders__lines/2", 2),
    ]


def test_a_source_that_never_answered_has_empty_tables_or_none(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        landed = land_pulled(connection, SYSTEM, Landing(tmp_path / "nothing"), {})
    assert [(table.row_count, table.is_new) for table in landed] == [(0, False), (0, False)]
