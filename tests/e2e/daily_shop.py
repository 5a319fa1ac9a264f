"""A small shop that leaves a file every day, in the layout of Online Retail."""

import csv
from datetime import date, timedelta
from pathlib import Path

import duckdb

FIRST_DAY = date(2011, 1, 3)
_HEADER = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]
CUSTOMERS = 24


def write_days(folder: Path, first: int, last: int) -> None:
    """Writes the files of days number `first` to `last`, without the latter.

    Customer n buys every n + 2 days, and gives every fifth purchase back the day after.
    """
    folder.mkdir(exist_ok=True)
    for number in range(first, last):
        day = FIRST_DAY + timedelta(days=number)
        with (folder / f"{day}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_HEADER)
            for customer in range(CUSTOMERS):
                every = customer + 2
                visit, is_visit = divmod(number, every)
                if is_visit == 0:
                    writer.writerow(_line(f"{number:03}{customer:02}", customer, visit, day, 2))
                if is_visit == 1 and visit % 5 == 4:
                    invoice = f"C{number:03}{customer:02}"
                    writer.writerow(_line(invoice, customer, visit, day, -2))


def _line(invoice: str, customer: int, visit: int, day: date, quantity: int) -> list[object]:
    article = (customer + visit) % 7
    name = f"ARTICLE {article}"
    time = f"{day} {9 + customer % 9:02}:00:00"
    return [
        invoice, f"1000{article}", name, quantity, time, 1.5 + article, 12000 + customer, "France"
    ]  # fmt: skip


def snapshot(home: Path, query: str, day: str = "") -> list[tuple[object, ...]]:
    """Asks the current snapshot, or that of a past day, as a reader would."""
    published = home / "published" / "as_of" / day if day else home / "published"
    with duckdb.connect(
        str((published / "current" / "marts.duckdb").resolve()), read_only=True
    ) as connection:
        return connection.execute(query).fetchall()


def contents(home: Path, day: str = "") -> dict[object, object]:
    """The content hash of every mart; the feed of changes is about two snapshots."""
    query = (
        "select table_name, content_hash from run_manifest where table_name <> 'profile_changes'"
    )
    return dict(snapshot(home, query, day))  # type: ignore[arg-type]
