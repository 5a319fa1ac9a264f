"""`customers.sqlite` of a version: the answer about each customer, and whose each key is.

It lies beside the marts that it is made of, in a folder that never changes once it has its name: so
the link `current` leads to both of one version, and a reader opens them without locks. A file that
is written by a run that is killed lies in a folder without a name, which the next run removes.
"""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from orchestration.publishing.reading import Snapshot
from orchestration.publishing.snapshot import MARTS_FILE
from orchestration.quoting import quoted
from orchestration.serving.customer_answers import PROFILES, Answer, customer_answers
from orchestration.serving.packed import Packed, pack
from orchestration.state.memory import limited_connection

CUSTOMERS_FILE = "customers.sqlite"
# Goes up when the tables below change; a reader of other code refuses the file.
LAYOUT = 1
# A page holds about three answers.
_TABLES = f"""
    pragma page_size = 16384;
    pragma journal_mode = off;
    pragma synchronous = off;
    pragma user_version = {LAYOUT};
    create table answers (
        customer_id text not null,
        start blob not null, plain_end blob not null, personal_end blob not null,
        plain_tag text not null, personal_tag text not null
    );
    create table aliases (alias text primary key, customer_id text not null) without rowid;
"""
# Afterwards: the answers stand in the order of the index.
_INDEX = "create unique index answers_by_customer on answers (customer_id)"
_MEMORY = "500MB"


class Found(NamedTuple):
    """The answer about a customer in one of its forms.

    Attributes:
        customer_id: The customer, whatever key was asked.
        answer: JSON, compressed by gzip.
        tag: Its hash.
    """

    customer_id: str
    answer: bytes
    tag: str


class CustomerFile:
    """An open file; one thread at a time may ask it."""

    def __init__(self, folder: Path) -> None:
        """Opens the file of a version.

        Raises:
            sqlite3.Error: There is none, or it is of other code.
        """
        uri = f"{(folder / CUSTOMERS_FILE).absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            ((layout,),) = self._connection.execute("pragma user_version").fetchall()
            if layout != LAYOUT:
                raise sqlite3.DatabaseError(f"its layout is {layout} and not {LAYOUT}")
        except BaseException:
            self._connection.close()
            raise

    def find(self, key: str, *, is_personal: bool) -> Found | None:
        """The answer about the customer who has a key; None where nobody has."""
        query = _FIND[is_personal]
        row = self._connection.execute(query, (key,)).fetchone()
        if row is None:
            alias = self._connection.execute(_ALIAS, (key,)).fetchone()
            row = self._connection.execute(query, alias).fetchone() if alias else None
        return Found(row[0], row[1] + row[2], row[3]) if row else None

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()


_FIND = {
    is_personal: f"select customer_id, start, {form}_end, {form}_tag "
    "from answers where customer_id = ?"
    for is_personal, form in ((False, "plain"), (True, "personal"))
}
_ALIAS = "select customer_id from aliases where alias = ?"


def write_customers(folder: Path, before: Path) -> None:
    """Writes the file of a version whose marts are there.

    Args:
        folder: The version.
        before: The version before, of which nothing is needed.
    """
    file = folder / CUSTOMERS_FILE
    file.unlink(missing_ok=True)
    with limited_connection(folder) as connection:
        marts = quoted(folder / MARTS_FILE)
        # What was read is not asked again, so to keep it is no help; and the other core packs.
        connection.execute(f"set memory_limit = '{_MEMORY}'; set threads = 1")
        connection.execute(f"attach {marts} as marts (read_only); use marts")
        snapshot = Snapshot(connection, folder)
        if not snapshot.has(PROFILES):
            return
        # Closing, a connection writes what it has: `with` alone would leave it open.
        customers = sqlite3.connect(file)
        try:
            customers.executescript(_TABLES)
            _write(customers, snapshot)
        finally:
            customers.close()


def _write(customers: sqlite3.Connection, snapshot: Snapshot) -> None:
    with customers:
        customers.executemany(
            "insert into answers values (?, ?, ?, ?, ?, ?)",
            ((customer, *packed) for customer, packed in _packed(customer_answers(snapshot))),
        )
        customers.executemany("insert into aliases values (?, ?)", snapshot.aliases())
        customers.execute(_INDEX)


def _packed(batches: Iterator[list[Answer]]) -> Iterator[tuple[str, Packed]]:
    """Packs answers while the next ones are made."""
    with ThreadPoolExecutor(1) as making:
        ahead = making.submit(next, batches, None)
        while (answers := ahead.result()) is not None:
            ahead = making.submit(next, batches, None)
            for one in answers:
                yield one.customer_id, pack(one.plain, one.personal)
