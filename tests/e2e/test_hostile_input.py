"""A shop whose every name and value tries to act, through every command: nothing does, all arrives.

What a payload does when it acts is to write a file called `acted`, to steer the terminal, or to
leave its place in a page or sheet.
"""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from tests.checkouts import copy_checkout
from tests.e2e.conftest import PORTRAIT, command_environment
from tests.e2e.forked import run_python
from tests.hostile import JINJA, LINES, MARK, TERMINAL, TURNED, VALUES, obeyed_in
from tests.warehouse.test_spreadsheet import FORMULA as BEGINS_FORMULA
from tests.warehouse.test_spreadsheet import NUMBER, cells_as_others_see_them

Portrait = Callable[..., str]

GOOD = 40
# Blanks at the ends are no part of a key, and what is blank or a NULL to all shops is none at all.
KEYS = [value for value in dict.fromkeys(value.strip() for value in VALUES) if value]
# Whom a till writes for nobody is no customer (seed placeholder_customers).
PEOPLE = [key for key in KEYS if key != "NULL"]
AMOUNT = Decimal("10.25")
# What a run makes of corrections stands in test_own_source.py.
JUDGES_NOTHING = "from orchestration.runs import job; job.run_without_landing = id; "


def day(number: int) -> str:
    return (date(2024, 1, 1) + timedelta(days=number % 90)).isoformat()


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *rows])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Orders, lines and customers; each value is a key, a status, a date and a header of some."""
    folder = tmp_path_factory.mktemp("data") / "status=completed {{ 1 }}"
    folder.mkdir()
    keys = [f"k{number}" for number in range(GOOD)] + KEYS
    write(
        folder / f"orders {JINJA}.csv",
        ["order_id", "customer_id", "order_date", "status", *KEYS],
        [
            *(
                [key, key if key in PEOPLE else f"c{number % 7}", day(number), "paid", *KEYS]
                for number, key in enumerate(keys)
            ),
            *([f"bad {key}", "c1", f"never {key}", key, *KEYS] for key in KEYS),
        ],
    )
    write(
        folder / "lines ;=1+1 %s.csv",
        ["order_id", "line_number", "sku", "quantity", "amount"],
        [[key, "1", key, "1", str(AMOUNT)] for key in keys],
    )
    write_sheet(folder / "customers [b] &a.xlsx", "={{ 1 }}<b>&a", keys[GOOD:])
    return folder


def write_sheet(path: Path, sheet: str, keys: list[str]) -> None:
    with xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, ["customer_id", "name", "city", "gender"])
        # A workbook cannot hold the characters that XML cannot.
        for number, key in enumerate((key for key in keys if not obeyed_in(key)), start=1):
            for column, cell in enumerate((key, key, key, "f")):
                page.write_string(number, column, cell)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home {{ 1 }} 'q'")


@pytest.fixture(scope="module")
def portrait(checkout: Path, home: Path) -> Portrait:
    """The command; gives what it printed, of which no terminal obeys a thing."""

    def run(*arguments: str, ends: int = 0, before: str = "") -> str:
        env = command_environment(home, PYTHONPATH=str(checkout), PYTHONUTF8="1")
        finished = run_python(before + PORTRAIT, *arguments, env=env, cwd=checkout)
        printed = finished.stdout + finished.stderr
        assert finished.returncode == ends, printed
        assert "Traceback" not in printed
        assert not obeyed_in(printed), printed
        return printed

    return run


@pytest.fixture(scope="module")
def published(portrait: Portrait, data: Path, home: Path) -> Path:
    """The snapshot, after adding, checking and running the source."""
    added = portrait("source", "add", "shop", "--files", str(data))
    assert "orders from" in added
    checked = portrait("source", "check", "shop")
    assert f"orders: {GOOD + 2 * len(KEYS)} rows read" in checked
    portrait("run", "--source", "shop")
    return home / "published" / "current"


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path.resolve()), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_every_row_and_all_money_arrives(published: Path, home: Path) -> None:
    """Rows that can be read are accepted, the others in quarantine; raw holds what was read."""
    counted = query(
        published / "marts.duckdb",
        "select entity, outcome, sum(row_count)::integer, sum(amount) from data_quality "
        "where outcome in ('accepted', 'quarantined') group by all",
    )
    found = {(entity, outcome): (rows, amount) for entity, outcome, rows, amount in counted}
    assert found["order_lines", "accepted"] == (GOOD + len(KEYS), AMOUNT * (GOOD + len(KEYS)))
    assert found["orders", "accepted"][0] == GOOD + len(KEYS)
    assert found["orders", "quarantined"][0] == len(KEYS)
    raw = query(
        home / "warehouse.duckdb",
        "select distinct status from raw_shop.orders_run_query_copy_select_to_acted",
    )
    assert {status for (status,) in raw} == {"paid", *KEYS}


def test_every_customer_can_be_shown_and_looked_for(published: Path, portrait: Portrait) -> None:
    ids = {
        row[0]
        for row in query(published / "marts.duckdb", "select customer_id from customer_profiles")
    }
    assert ids >= {f"shop:{key}" for key in PEOPLE}
    for key in (JINJA, TERMINAL, LINES):
        assert "customer, as of" in " ".join(portrait("show", f"shop:{key}").split())
    portrait("show", f"shop:none{TURNED}", ends=2)


def test_what_is_asked_for_by_a_hostile_name_is_told_plainly(
    published: Path, portrait: Portrait
) -> None:
    portrait("quarantine", "explain", TERMINAL, ends=2)
    portrait("quarantine", "list", "--source", LINES, ends=2)
    portrait("quarantine", "explain", "--row", f"{TURNED}:1", ends=2)
    portrait("run", "--source", f"{TERMINAL}=/nowhere", ends=2)
    portrait("source", "check", LINES, ends=2)


def test_quarantine_is_explained_exported_and_read_back(
    published: Path, portrait: Portrait, tmp_path: Path, home: Path
) -> None:
    portrait("quarantine", "list")
    portrait("quarantine", "explain", "unparseable_value", "--examples", "100")
    sheet = tmp_path / "$(touch acted) ;=1.csv"
    portrait("quarantine", "export", str(sheet), "--reason", "unparseable_value")
    text = sheet.read_bytes().decode("utf-8-sig")
    for cell in cells_as_others_see_them(text):
        assert NUMBER.fullmatch(cell) or not BEGINS_FORMULA.match(cell)
    # Saved again as it is, nothing is a correction.
    assert "changes nothing" in portrait("quarantine", "replay", str(sheet), ends=2)
    sheet.write_bytes(text.replace("never ", "").encode())
    portrait("quarantine", "replay", str(sheet), before=JUDGES_NOTHING)
    corrected = query(
        home / "warehouse.duckdb", "select distinct new_value from ingest.corrections"
    )
    assert {value for (value,) in corrected} == set(KEYS)


def test_pages_and_logs_only_show(published: Path, portrait: Portrait, home: Path) -> None:
    portrait("status")
    portrait("summary")
    portrait("source", "list")
    page = Path(portrait("docs").strip()).read_text()
    assert "</script><script>alert" not in page
    assert "<img src=x onerror" not in page
    for log in [path for path in (home / "logs").rglob("*") if path.is_file()]:
        assert not obeyed_in(log.read_text()) - {"\t"}, log


def test_nothing_acted(published: Path, checkout: Path, home: Path, data: Path) -> None:
    """The last test: whatever the others have done, no payload wrote its file."""
    for folder in (checkout, home, data, Path.cwd(), Path("/")):
        files = folder.iterdir() if folder == Path("/") else folder.rglob(MARK)
        assert MARK not in {file.name for file in files}
