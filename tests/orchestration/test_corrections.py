"""A correction finds its row again after every landing, and never another one."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.landing.corrections import (
    CREATE_CORRECTIONS,
    apply_corrections,
    correct,
    corrections_digest,
)
from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import land
from orchestration.warehouse.manifest import Column, RawTable
from orchestration.warehouse.opening import transaction

from .conftest import shop

Connection = duckdb.DuckDBPyConnection

SHOP = shop({"customer": "varchar", "quantity": "bigint"})
(SALES,) = SHOP.tables
# Another table, whose rows come from the same places and are written down the other way round.
RETURNS = replace(SALES, name="returns", columns=(*SALES.columns[1::-1], *SALES.columns[2:]))
CSV = "customer,quantity\n,1\nbert,2\n,3\n"


class Shop:
    """A source whose files are written and landed into two tables."""

    def __init__(self, warehouse: Connection, hashes: HashCache, folder: Path) -> None:
        self.warehouse, self._hashes, self._folder = warehouse, hashes, folder

    def land(self, text: str, file: str = "a.csv", quantity: str = "bigint") -> bool:
        (self._folder / file).write_text(text)
        customer, _, *origin = SALES.columns
        sales = replace(SALES, columns=(customer, Column("quantity", quantity, ""), *origin))
        system = replace(SHOP, tables=(sales, RETURNS))
        files = find_source_files(system, self._folder)
        return land(self.warehouse, system, files, self._hashes)[0].is_new

    def switch_off(self) -> None:
        land(self.warehouse, replace(SHOP, tables=(SALES, RETURNS)), None, self._hashes)

    def correct(
        self,
        *cells: tuple[int, str, str | None, str | None],
        file: str = "a.csv",
        table: RawTable = SALES,
    ) -> None:
        """(row, column, old, new)"""
        self.warehouse.execute("""
            create or replace temp table changes (
                origin_file varchar, origin_row bigint, load_id varchar,
                column_name varchar, old_value varchar, new_value varchar
            )
        """)
        for row, *values in cells:
            self.warehouse.execute(
                "insert into changes values (?, ?, 'load', ?, ?, ?)", [file, row, *values]
            )
        with transaction(self.warehouse):
            correct(self.warehouse, table, datetime(2024, 1, 1, tzinfo=UTC))

    def rows(self, table: RawTable = SALES) -> list[tuple[object, ...]]:
        return self.warehouse.execute(
            f"select customer, quantity from {table.relation} order by _origin_file, _origin_row"
        ).fetchall()

    def remembered(self) -> list[tuple[object, ...]]:
        return self.warehouse.execute(
            "select origin_row, column_name, old_value, new_value, is_stale "
            "from ingest.corrections order by all"
        ).fetchall()


@pytest.fixture
def source(warehouse: Connection, hashes: HashCache, tmp_path: Path) -> Shop:
    folder = tmp_path / "data"
    folder.mkdir()
    source = Shop(warehouse, hashes, folder)
    source.land(CSV)
    return source


def test_cells_are_written_and_remembered_with_what_they_were(source: Shop) -> None:
    source.correct((1, "customer", None, "anna"), (2, "quantity", "2", None))
    assert source.rows() == [("anna", 1), ("bert", None), (None, 3)]
    assert source.remembered() == [
        (1, "customer", None, "anna", False),
        (2, "quantity", "2", None, False),
    ]


def test_the_same_files_are_not_landed_again_for_a_correction(source: Shop) -> None:
    source.correct((1, "customer", None, "anna"))
    assert source.land(CSV) is False
    assert source.rows()[0] == ("anna", 1)


def test_a_row_that_lands_anew_unchanged_is_corrected_again(source: Shop) -> None:
    source.correct((1, "customer", None, "anna"))
    assert source.land(CSV + "carl,4\n")
    assert source.rows() == [("anna", 1), ("bert", 2), (None, 3), ("carl", 4)]
    source.switch_off()
    assert source.rows() == []
    source.land(CSV)
    assert source.rows() == [("anna", 1), ("bert", 2), (None, 3)]
    assert source.remembered() == [(1, "customer", None, "anna", False)]


def test_another_row_in_the_same_place_is_left_alone_and_told(
    source: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    source.correct((1, "customer", None, "anna"))
    source.land("customer,quantity\n,7\n,1\n")
    assert source.rows() == [(None, 7), (None, 1)]
    assert source.remembered() == [(1, "customer", None, "anna", True)]
    assert "1 corrections of raw_shop.sales are stale" in caplog.text
    source.correct((1, "customer", None, "eva"))  # Made for the row that is there now.
    assert source.remembered() == [(1, "customer", None, "eva", False)]


def test_rows_that_stayed_corrected_are_not_stale(source: Shop) -> None:
    """Landing may replace only the files that are new."""
    source.correct((1, "customer", None, "anna"))
    applied = apply_corrections(source.warehouse, SALES)
    assert (applied.applied, applied.stale) == (0, 0)
    assert source.rows()[0] == ("anna", 1)


def test_a_row_may_be_corrected_again_and_back(source: Shop) -> None:
    source.correct((1, "customer", None, "anna"))
    source.correct((1, "customer", "anna", "eva"), (1, "quantity", "1", "5"))
    assert source.remembered() == [
        (1, "customer", None, "eva", False),
        (1, "quantity", "1", "5", False),
    ]
    source.land(CSV + "carl,4\n")
    assert source.rows()[0] == ("eva", 5)
    source.correct((1, "customer", "eva", None))
    assert source.remembered() == [(1, "quantity", "1", "5", False)]
    source.land(CSV)
    assert source.rows()[0] == (None, 5)
    source.correct((1, "quantity", "5", "1"))
    assert source.remembered() == []
    assert source.rows()[0] == (None, 1)


def test_where_some_files_stay_the_rows_of_new_ones_are_corrected_again(source: Shop) -> None:
    source.land("customer,quantity\n,8\n,9\n", "b.csv")
    source.correct((1, "customer", None, "anna"))
    source.correct((1, "customer", None, "olga"), file="b.csv")
    expected = [("anna", 1), ("bert", 2), (None, 3), ("olga", 8), (None, 9)]
    assert source.rows() == expected
    assert source.land("customer,quantity\n,8\n,9\neva,7\n", "b.csv")
    assert source.rows() == [*expected, ("eva", 7)]
    assert source.land(CSV + "carl,4\n")
    assert source.rows() == [*expected[:3], ("carl", 4), *expected[3:], ("eva", 7)]


def test_rows_of_another_table_are_other_rows(source: Shop) -> None:
    source.correct((1, "customer", None, "anna"))
    source.correct((1, "quantity", "1", "5"), (2, "customer", "bert", None), table=RETURNS)
    source.correct((1, "customer", None, "eva"), table=RETURNS)
    source.correct((1, "customer", "eva", "ida"), table=RETURNS)
    before = source.rows(), source.rows(RETURNS), source.remembered()
    assert before == (
        [("anna", 1), ("bert", 2), (None, 3)],
        [("ida", 5), (None, 2), (None, 3)],
        [
            (1, "customer", None, "anna", False),
            (1, "customer", None, "ida", False),
            (1, "quantity", "1", "5", False),
            (2, "customer", "bert", None, False),
        ],
    )
    source.switch_off()
    source.land(CSV)
    assert (source.rows(), source.rows(RETURNS), source.remembered()) == before
    source.correct((1, "customer", "anna", None))
    assert source.rows() == [(None, 1), ("bert", 2), (None, 3)]
    assert source.remembered() == before[2][1:]


def test_a_row_of_another_table_with_the_same_values_is_another(source: Shop) -> None:
    source.land("customer,quantity\n7,7\n")
    source.correct((1, "quantity", "7", "8"))
    source.correct((1, "customer", "7", "eva"), table=RETURNS)
    source.switch_off()
    source.land("customer,quantity\n7,7\n")
    assert (source.rows(), source.rows(RETURNS)) == ([("7", 8)], [("eva", 7)])


def test_a_row_that_is_corrected_anew_forgets_what_was_said_of_another(source: Shop) -> None:
    source.correct((1, "quantity", "1", "5"), (3, "customer", None, "olga"))
    source.land("customer,quantity\n,7\nbert,2\n,3\n")
    source.correct((1, "customer", None, "eva"))
    assert source.rows() == [("eva", 7), ("bert", 2), ("olga", 3)]
    assert source.remembered() == [
        (1, "customer", None, "eva", False),
        (3, "customer", None, "olga", False),
    ]


def test_a_value_that_a_new_type_cannot_hold_is_left_out(source: Shop) -> None:
    source.land("customer,quantity\nanna,1\n", quantity="varchar")
    source.correct((1, "quantity", "1", "many"), (1, "customer", "anna", "eva"))
    source.land("customer,quantity\nanna,1\n", quantity="bigint")
    assert source.rows() == [("eva", 1)]


def test_the_digest_follows_the_corrections_and_not_their_landing(source: Shop) -> None:
    before = corrections_digest(source.warehouse)
    source.correct((1, "customer", None, "anna"))
    corrected = corrections_digest(source.warehouse)
    assert before == "" != corrected
    source.land("customer,quantity\n,7\n")
    source.switch_off()
    assert corrections_digest(source.warehouse) == corrected
    source.land(CSV)
    source.correct((1, "customer", "anna", None))
    assert corrections_digest(source.warehouse) == ""


def test_dbt_declares_the_corrections_as_landing_makes_them(warehouse: Connection) -> None:
    """Whoever comes first creates the table."""
    path = Path(__file__).resolve().parents[2] / "dbt_project/models/staging/_ingest.yml"
    (tables,) = [source["tables"] for source in yaml.safe_load(path.read_text())["sources"]]
    (table,) = [table for table in tables if table["name"] == "corrections"]
    warehouse.execute(CREATE_CORRECTIONS)
    made = warehouse.execute("describe ingest.corrections").fetchall()
    assert [(column["name"], column["data_type"].upper()) for column in table["columns"]] == [
        (row[0], row[1]) for row in made
    ]
