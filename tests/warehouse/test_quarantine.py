"""`portrait quarantine`: listed, explained, exported, corrected, judged again."""

import csv
import fcntl
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from orchestration.project import Project
from orchestration.runs import job
from orchestration.warehouse.plain_project import DATABASE, PlainProject
from tests.warehouse.invoices import Invoice, load

DAY = "2011-03-01 10:00:00"
LINES: list[Invoice] = [
    ("100", "71053", "LANTERN", "6", DAY, "3.39", "17850", "United Kingdom"),
    ("100", "85123A", "=2+5", "six", DAY, "2.55", "17850", "United Kingdom"),
    ("101", "71053", "LANTERN", "1", DAY, "3.39", None, "France"),
    ("102", "71053", "灯笼, big", "0", DAY, "3.39", "顾客一", None),
]


@pytest.fixture(scope="module")
def judged(project: Project, plain: PlainProject) -> Path:
    """A warehouse that has judged four lines: one is accepted."""
    build(project, plain, LINES)
    return project.warehouse.rename(project.home / "judged.duckdb")


@pytest.fixture
def home(project: Project, judged: Path) -> Iterator[Project]:
    """A state folder with that warehouse."""
    shutil.copyfile(judged, project.warehouse)
    yield project
    project.warehouse.unlink()
    shutil.rmtree(project.own, ignore_errors=True)


def build(project: Project, plain: PlainProject, lines: list[Invoice] | None = None) -> None:
    if lines is not None:
        project.warehouse.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{project.warehouse}' as {DATABASE}; use {DATABASE}")
        if lines is not None:
            plain.create(connection)
            load(connection, lines, "drawn.csv")
        plain.build(connection, {"staging", "inputs", "intermediate"})
        connection.execute(f"use memory; detach {DATABASE}")


def quarantine(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["quarantine", *map(str, arguments)])


def rows_of(output: str) -> list[list[str]]:
    """The table's rows, blanks apart."""
    return [line.split() for line in output.splitlines() if line.startswith("online_retail")]


def test_list_counts_rows_and_money_with_names_and_advice(home: Project) -> None:
    told = quarantine("list").output
    assert rows_of(told) == [
        ["online_retail", "order_lines", "missing_customer", "No", "customer", "1", "3.39", "GBP"],
        ["online_retail", "order_lines", "unparseable_value", "Unreadable", "value", "1"],
        ["online_retail", "order_lines", "zero_quantity", "Quantity", "zero", "1", "0.00", "GBP"],
        ["online_retail", "orders", "missing_customer", "No", "customer", "1"],
    ]
    assert "zero_quantity: Expected for coupon-only lines." in told
    chosen = quarantine("list", "--entity", "orders", "--reason", "missing_customer").output
    assert len(rows_of(chosen)) == 1
    assert "No such row" in quarantine("list", "--reason", "bot").output


def test_a_name_that_nobody_has_is_refused(home: Project) -> None:
    result = quarantine("list", "--reason", "zero_quantiti")
    assert result.exit_code == 2
    assert "There is no reason 'zero_quantiti'. Did you mean zero_quantity?" in result.output
    assert "Known: online_retail." in quarantine("list", "--source", "shop").output
    assert "Like it: missing_c" in quarantine("explain", "missing_clustomer").output


def test_explain_shows_words_sql_and_rows(home: Project) -> None:
    as_json = json.loads(quarantine("explain", "zero_quantity", "--json").output)
    assert [one["reason"]["code"] for one in as_json["reasons"]] == ["zero_quantity"]
    assert [one["origin_row"] for one in as_json["reasons"][0]["examples"]]
    told = quarantine("explain", "zero_quantity").output
    assert "zero_quantity: Quantity zero (数量为零), severity info" in told
    assert "rule 13 of int_order_lines_validated: quantity = 0" in told
    assert "1 order_lines of online_retail" in told
    assert "drawn.csv:4  order_lines 102 / 1 of online_retail, zero_quantity: " in told
    flag = quarantine("explain", "orphan_product").output
    assert "flagged, not rejected" in flag
    assert "of int_flagged_rows: is_orphan_product" in flag


def test_explain_follows_a_row_of_a_file(home: Project) -> None:
    told = quarantine("explain", "--row", "drawn.csv:2").output
    assert "unparsed_values=Quantity=six" in told
    assert "rule 1 of int_orders_validated: unparsed_values is not null" in told
    nowhere = quarantine("explain", "--row", "drawn.csv:5")
    assert nowhere.exit_code == 2
    assert "Nothing accepted or in quarantine came from drawn.csv:5." in nowhere.output
    assert quarantine("explain").exit_code == quarantine("explain", "--row", "x").exit_code == 2


def test_explain_says_what_an_accepted_row_became(home: Project) -> None:
    accepted = quarantine("explain", "--row", "drawn.csv:1")
    assert accepted.exit_code == 0
    assert accepted.output.splitlines() == [
        "  drawn.csv:1  order_lines 100 / 1 of online_retail, accepted, "
        "customer online_retail:17850",
        "  drawn.csv:1  orders 100 of online_retail, accepted, customer online_retail:17850",
        "  drawn.csv:1  products 71053 of online_retail, accepted",
    ]
    as_json = json.loads(quarantine("explain", "--row", "drawn.csv:1", "--json").output)
    assert as_json["rows"] == as_json["reasons"] == []
    assert [one["key"] for one in as_json["accepted"]] == ["100 / 1", "100", "71053"]


def test_explain_tells_apart_what_was_made_of_one_row(home: Project) -> None:
    told = quarantine("explain", "--row", "drawn.csv:4").output
    assert "  drawn.csv:4  orders 102 of online_retail, accepted, " in told
    assert "  drawn.csv:4  order_lines 102 / 1 of online_retail, zero_quantity: " in told
    assert "order_lines 102 / 1 of online_retail, accepted" not in told


def test_export_writes_each_raw_row_once_and_no_formula(home: Project, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    assert "3 raw rows written" in quarantine("export", file).output
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["_origin_row"], row["_reasons"]) for row in rows] == [
        ("2", "unparseable_value"),
        ("3", "missing_customer"),
        ("4", "zero_quantity"),
    ]
    assert {row["_table"] for row in rows} == {"raw_online_retail.invoice_lines"}
    assert [row["Description"] for row in rows] == ["'=2+5", "LANTERN", "灯笼, big"]
    assert "Nothing in quarantine matches" in quarantine("export", file, "--reason", "bot").output
    nowhere = quarantine("export", tmp_path / "none" / "bad.csv")
    assert nowhere.exit_code == 2
    assert "cannot be written" in nowhere.output


def edit(file: Path, delimiter: str = ",", **columns: dict[str, str]) -> None:
    """Gives cells other values: column → origin row → value."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for column, cells in columns.items():
        for row in rows:
            row[column] = cells.get(row["_origin_row"], row.get(column, ""))
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def test_corrected_rows_are_judged_again_without_loading(
    home: Project, plain: PlainProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "run_without_landing", lambda project: build(project, plain))
    file = tmp_path / "bad.csv"
    quarantine("export", file)
    # As a spreadsheet in Germany saves it, and with the formula left as it was.
    edit(file, ";", Quantity={"2": "-3", "4": "0"}, CustomerID={"3": "顾客二"})
    result = quarantine("replay", file)
    assert result.exit_code == 0, result.output
    assert "raw_online_retail.invoice_lines.CustomerID, 1 in" in result.output
    assert "3 rows left quarantine; 1 are there now." in result.output
    assert ["online_retail", "order_lines", "zero_quantity", "1", "0", "0", "1"] in rows_of(
        result.output
    )
    with duckdb.connect(home.warehouse) as connection:
        corrected = connection.execute("""
            select origin_row, column_name, old_value, new_value from ingest.corrections order by 1
        """).fetchall()
        (line,) = connection.execute("""
            select quantity, net_amount from intermediate.int_order_lines where origin_row = 2
        """).fetchall()
        (text,) = connection.execute("""
            select Description from raw_online_retail.invoice_lines where _origin_row = 2
        """).fetchall()
    assert corrected == [(2, "Quantity", "six", "-3"), (3, "CustomerID", None, "顾客二")]
    assert [float(value) for value in line] == [-3.0, -7.65]
    assert text == ("=2+5",)
    # The file has no news any more, but rules may: judged again, nothing changes.
    assert "changes nothing" in quarantine("replay", file).output
    assert "0 rows left quarantine; 1 are there now." in quarantine("replay").output


def test_a_file_that_does_not_fit_changes_nothing(
    home: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def runs(project: Project) -> None:
        raise AssertionError("it ran")

    monkeypatch.setattr(job, "run_without_landing", runs)
    file = tmp_path / "bad.csv"

    def refused(**columns: dict[str, str]) -> str:
        quarantine("export", file)
        edit(file, **columns)
        result = quarantine("replay", file)
        assert result.exit_code == 2
        return result.output

    assert "drawn.csv:9 is not in the warehouse" in refused(_origin_row={"2": "9"})
    assert "drawn.csv:3 stands there twice" in refused(_origin_row={"2": "3"})
    assert "names no raw table, but x" in refused(_table={"2": "x"})
    assert "is not in the warehouse as it was" in refused(_load_id={"2": "load y"})
    assert "the column note, which no raw table has" in refused(note={"2": "six is 6"})
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert "has no column _table" in quarantine("replay", tmp_path / "other.csv").output
    assert "does not exist" in quarantine("replay", tmp_path / "none.csv").output
    with duckdb.connect(home.warehouse) as connection:
        assert connection.execute("from ingest.corrections").fetchall() == []


def test_without_a_judged_row_one_sentence_tells(home: Project) -> None:
    home.warehouse.unlink()
    told = quarantine("list")
    assert told.exit_code == 2
    assert "There is no quarantine yet" in told.output
    duckdb.connect(home.warehouse).close()
    assert "There is no quarantine yet" in quarantine("export", "x.csv").output
    assert "There is no quarantine yet" in quarantine("replay").output


def test_nothing_is_read_while_a_run_is_going_on(home: Project) -> None:
    with home.lock_file.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in (["list"], ["explain", "bot"], ["export", "x.csv"], ["replay"]):
            told = quarantine(*command)
            assert told.exit_code == 2
            assert "error: Another run is going on" in told.output
