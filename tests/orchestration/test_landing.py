"""Files become raw tables, or one clear sentence."""

import tarfile
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import Landed, land
from orchestration.project import Project
from orchestration.warehouse.manifest import SourceSystem
from tests.data_sets import PUBLIC_DATA, SMALL_AND_PUBLIC

from .conftest import shop

Connection = duckdb.DuckDBPyConnection

SALES = {"customer": "varchar", "quantity": "bigint", "sold_at": "timestamp"}
CSV = "customer,quantity,sold_at\nanna,1,2024-01-01 10:00:00\nbert,2,2024-01-02 11:00:00\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def land_folder(
    warehouse: Connection, hashes: HashCache, system: SourceSystem, path: Path
) -> list[Landed]:
    return land(warehouse, system, find_source_files(system, path), hashes)


def refused(warehouse: Connection, hashes: HashCache, system: SourceSystem, path: Path) -> str:
    """The error's message and hint."""
    with pytest.raises(PortraitError) as error:
        land_folder(warehouse, hashes, system, path)
    return f"{error.value.message} {error.value.hint}"


def write_parquet(path: Path, query: str) -> None:
    duckdb.sql(query).write_parquet(str(path))


def sales(warehouse: Connection, columns: str = "*") -> list[tuple[object, ...]]:
    return warehouse.execute(f"select {columns} from raw_shop.sales order by all").fetchall()


def test_csv_rows_know_where_they_came_from(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.csv").write_text(CSV)
    (folder / "b.csv").write_text(CSV.replace("anna", "carl"))

    landed = land_folder(warehouse, hashes, shop(SALES), folder)

    assert [(table.row_count, table.file_count) for table in landed] == [(4, 2)]
    assert sales(warehouse, "customer, _origin_file, _origin_row") == [
        ("anna", "a.csv", 1),
        ("bert", "a.csv", 2),
        ("bert", "b.csv", 2),
        ("carl", "b.csv", 1),
    ]
    assert len(set(sales(warehouse, "_load_id"))) == 2


def test_csv_columns_may_stand_in_any_order_and_be_more(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.csv").write_text(CSV)
    (folder / "b.csv").write_text("note;quantity;customer;sold_at\nhi;7;dora;2024-01-03\n")
    land_folder(warehouse, hashes, shop(SALES), folder)
    assert ("dora", 7) in sales(warehouse, "customer, quantity")


def test_a_file_may_be_named_instead_of_a_folder(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "january.csv").write_text(CSV)
    (folder / "february.csv").write_text(CSV)
    land_folder(warehouse, hashes, shop(SALES), folder / "january.csv")
    assert set(sales(warehouse, "_origin_file")) == {("january.csv",)}


def test_the_first_pattern_that_finds_something_counts(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.csv").write_text(CSV)
    write_parquet(
        folder / "a.parquet", "select 'eva' customer, 1 quantity, timestamp '2024-01-01' sold_at"
    )
    land_folder(warehouse, hashes, shop(SALES), folder)
    assert sales(warehouse, "customer") == [("eva",)]


def test_varchar_takes_any_type(warehouse: Connection, hashes: HashCache, folder: Path) -> None:
    write_parquet(folder / "a.parquet", "select 17850 as customer, 2.55::double as price")
    land_folder(warehouse, hashes, shop({"customer": "varchar", "price": "varchar"}), folder)
    assert sales(warehouse, "customer, price") == [("17850", "2.55")]


@pytest.mark.parametrize(
    ("value", "declared"),
    [("3::integer", "bigint"), ("3.0::double", "bigint"), ("'3.0'", "bigint"), ("3", "double")],
)
def test_lossless_casts_are_taken(
    warehouse: Connection, hashes: HashCache, folder: Path, value: str, declared: str
) -> None:
    write_parquet(folder / "a.parquet", f"select {value} as quantity")
    land_folder(warehouse, hashes, shop({"quantity": declared}), folder)
    assert sales(warehouse, "quantity") == [(3,)]


@pytest.mark.parametrize(
    "value", ["3.5::double", "'3.5'", "'three'", "[3]", "timestamp '2024-01-01'"]
)
def test_a_wrong_type_is_named_with_its_place(
    warehouse: Connection, hashes: HashCache, folder: Path, value: str
) -> None:
    write_parquet(folder / "a.parquet", f"select {value} as quantity")
    told = refused(warehouse, hashes, shop({"quantity": "bigint"}), folder)
    assert "a.parquet: the column quantity should be bigint, but is" in told


def test_lines_keep_the_text_without_header_and_blank_lines(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.txt").write_bytes(b" id  day\r\n 1  19970101\r\n\r\n 2  19970102\r\n")
    system = shop({"line": "varchar"}, files=("*.txt",), reader="lines", header_starts_with="id")
    land_folder(warehouse, hashes, system, folder)
    assert sales(warehouse, "_origin_row, line") == [(1, " 1  19970101"), (2, " 2  19970102")]


def test_lines_without_a_header_are_all_data(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.txt").write_text("1 a\n2 b")
    system = shop({"line": "varchar"}, files=("*.txt",), reader="lines", header_starts_with="id")
    land_folder(warehouse, hashes, system, folder)
    assert sales(warehouse, "_origin_row, line") == [(1, "1 a"), (2, "2 b")]


def test_missing_columns_are_named(warehouse: Connection, hashes: HashCache, folder: Path) -> None:
    (folder / "a.csv").write_text("customer\nanna\n")
    told = refused(warehouse, hashes, shop(SALES), folder)
    assert "a.csv has no column quantity, sold_at." in told


def test_a_renamed_column_is_suggested(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.csv").write_text(CSV.replace("quantity", "quantities"))
    told = refused(warehouse, hashes, shop(SALES), folder)
    assert "has no column quantity." in told
    assert "quantities looks like quantity renamed" in told


def test_a_missing_column_in_one_of_many_files_is_found(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    write_parquet(
        folder / "a.parquet", "select 'x' customer, 1 quantity, timestamp '2024-01-01' sold_at"
    )
    write_parquet(folder / "b.parquet", "select 'x' customer, timestamp '2024-01-01' sold_at")
    assert "b.parquet has no column quantity." in refused(warehouse, hashes, shop(SALES), folder)


def test_a_missing_column_in_one_of_many_csv_files_is_found(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.csv").write_text(CSV)
    (folder / "b.csv").write_text("customer,sold_at\nanna,2024-01-01\n")
    assert "b.csv has no column quantity." in refused(warehouse, hashes, shop(SALES), folder)


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_of_nothing_is_empty(
    warehouse: Connection, hashes: HashCache, folder: Path, content: str
) -> None:
    (folder / "a.csv").write_text(content)
    assert "a.csv is empty." in refused(warehouse, hashes, shop(SALES), folder)


def test_a_header_without_rows_is_empty(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.csv").write_text(CSV.splitlines()[0] + "\n")
    assert "it has no row of data" in refused(warehouse, hashes, shop(SALES), folder)


@pytest.mark.parametrize("content", [b"customer,quantity\n", b"PAR1 and then cut off"])
def test_a_parquet_that_is_none(
    warehouse: Connection, hashes: HashCache, folder: Path, content: bytes
) -> None:
    (folder / "a.parquet").write_bytes(content)
    assert "a.parquet is no Parquet file" in refused(warehouse, hashes, shop(SALES), folder)


def test_a_csv_that_is_binary(warehouse: Connection, hashes: HashCache, folder: Path) -> None:
    write_parquet(folder / "a.csv.parquet", "select 1 as a")
    (folder / "a.csv.parquet").rename(folder / "a.csv")
    assert "a.csv is binary" in refused(warehouse, hashes, shop(SALES), folder)


def test_a_csv_that_is_not_utf8(warehouse: Connection, hashes: HashCache, folder: Path) -> None:
    (folder / "a.csv").write_bytes(CSV.replace("anna", "ann\xe9").encode("latin-1"))
    land_folder(warehouse, hashes, shop(SALES), folder)
    assert [customer for (customer,) in sales(warehouse, "customer")] == ["ann\xe9", "bert"]


def test_other_endings_are_refused(warehouse: Connection, hashes: HashCache, folder: Path) -> None:
    (folder / "a.tar.gz").write_bytes(b"x")
    told = refused(warehouse, hashes, shop(SALES), folder / "a.tar.gz")
    assert "a.tar.gz ends in none of .parquet, .xlsx, .xlsm, .xls, .ods, .csv" in told


def test_a_path_that_is_not_there(warehouse: Connection, hashes: HashCache, folder: Path) -> None:
    told = refused(warehouse, hashes, shop(SALES), folder / "nowhere")
    assert "nowhere does not exist" in told


def test_a_folder_without_the_files(warehouse: Connection, hashes: HashCache, folder: Path) -> None:
    (folder / "readme.md").write_text("x")
    told = refused(warehouse, hashes, shop(SALES), folder)
    assert "looked for *.parquet or *.csv" in told
    assert "The folder holds readme.md." in told


def test_a_package_that_is_not_installed(warehouse: Connection, hashes: HashCache) -> None:
    system = shop(SALES, package="no_such_package_here")
    with pytest.raises(PortraitError, match="no_such_package_here"):
        find_source_files(system, None)


def test_a_refused_file_leaves_the_tables_as_they_were(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.csv").write_text(CSV)
    land_folder(warehouse, hashes, shop(SALES), folder)
    (folder / "a.csv").write_text(CSV.replace(",2,", ",two,"))
    refused(warehouse, hashes, shop(SALES), folder)
    assert len(sales(warehouse)) == 2
    assert warehouse.execute("select row_count from ingest.raw_loads").fetchall() == [(2,)]


def test_unchanged_files_are_not_landed_again(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.csv").write_text(CSV)
    is_new = [land_folder(warehouse, hashes, shop(SALES), folder)[0].is_new for _ in range(2)]
    (folder / "a.csv").write_text(CSV + "carl,3,2024-01-03\n")
    is_new.append(land_folder(warehouse, hashes, shop(SALES), folder)[0].is_new)
    fewer = shop({"customer": "varchar"})
    is_new.append(land_folder(warehouse, hashes, fewer, folder)[0].is_new)
    assert is_new == [True, False, True, True]


def test_a_table_that_lost_rows_is_landed_again(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.csv").write_text(CSV)
    land_folder(warehouse, hashes, shop(SALES), folder)
    warehouse.execute("delete from raw_shop.sales where customer = 'anna'")
    assert land_folder(warehouse, hashes, shop(SALES), folder)[0].is_new
    assert len(sales(warehouse)) == 2


def test_a_source_that_is_off_has_empty_typed_tables(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    (folder / "a.csv").write_text(CSV)
    land_folder(warehouse, hashes, shop(SALES), folder)
    land(warehouse, shop(SALES), None, hashes)
    described = warehouse.execute("describe raw_shop.sales").fetchall()
    assert sales(warehouse) == []
    assert [row[1] for row in described[:3]] == ["VARCHAR", "BIGINT", "TIMESTAMP"]
    assert warehouse.execute("select count(*) from ingest.raw_loads").fetchall() == [(0,)]


def test_hashes_are_remembered_until_a_file_changes(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("one")
    cache = HashCache(tmp_path / "hashes.json")
    assert cache.sha256(file).startswith("7692c3ad3540")
    file.write_text("three")
    assert not cache.sha256(file).startswith("7692c3ad3540")


@pytest.fixture(params=SMALL_AND_PUBLIC)
def invoices(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with `by-day/*.csv` and the same rows as a Parquet file: ours, or Online Retail."""
    folder = tmp_path / "invoices"
    folder.mkdir()
    if request.param == "public":
        public = PUBLIC_DATA / "online_retail_uci"
        with tarfile.open(public / "by-day_csv.tar.gz") as archive:
            archive.extractall(folder, filter="data")
        (folder / "online_retail.parquet").symlink_to(public / "online_retail.parquet")
        return folder
    (folder / "by-day").mkdir()
    with duckdb.connect() as connection:
        connection.execute("""
            create table lines as select
                n::varchar as InvoiceNo, 'sku ' || n % 7 as StockCode,
                case n % 3 when 0 then 'say "hi", LANTERN' when 1 then ' BAG ' end as Description,
                n % 11 - 3 as Quantity,
                timestamp '2011-01-01 08:00:00' + to_hours(n) as InvoiceDate,
                n % 50 / 20 as UnitPrice,
                case when n % 4 > 0 then 17000 + n % 9 end as CustomerID,
                'EIRE' as Country
            from range(200) as numbers (n)
        """)
        connection.execute(f"copy lines to '{folder / 'online_retail.parquet'}' (format parquet)")
        for (day,) in connection.execute("select distinct InvoiceDate::date from lines").fetchall():
            connection.execute(f"""
                copy (
                    select * replace (CustomerID || '.0' as CustomerID) from lines
                    where InvoiceDate::date = date '{day}'
                ) to '{folder / "by-day" / str(day)}.csv' (format csv, header)
            """)
    return folder


def test_daily_csv_files_give_the_rows_of_the_parquet(
    warehouse: Connection, hashes: HashCache, invoices: Path
) -> None:
    names = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice"]
    system = shop(dict.fromkeys([*names, "CustomerID", "Country"], "varchar"))
    # The CSV files write customers as 17850.0.
    rows = ", ".join(names) + ", CustomerID::double::bigint, Country"

    (landed,) = land_folder(warehouse, hashes, system, invoices / "by-day")
    warehouse.execute(f"create table daily as select {rows} from raw_shop.sales")
    land_folder(warehouse, hashes, system, invoices / "online_retail.parquet")
    warehouse.execute(f"create table whole as select {rows} from raw_shop.sales")

    assert (landed.row_count, landed.file_count) in [(200, 9), (541_909, 305)]
    for difference in ("daily except all from whole", "whole except all from daily"):
        assert warehouse.execute(f"select count(*) from (from {difference})").fetchall() == [(0,)]


def test_copies_that_a_killed_landing_left_are_removed(
    warehouse: Connection, hashes: HashCache, folder: Path
) -> None:
    left = Project.find().landing / "copies-killed"
    left.mkdir(parents=True)
    (left / "half.csv").write_text("id")
    land(warehouse, shop(SALES), None, hashes)
    assert not left.exists()
