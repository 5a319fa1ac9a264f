"""A place where damaged files are landed over good ones."""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.landing.files import HashCache
from orchestration.warehouse.opening import open_warehouse

from .damages import GOOD
from .landings import Connection, land_location, shop
from .other_readers import UnsureError, read_rows, total

SHOP = shop("customer", "quantity")


@dataclass(frozen=True)
class Trials:
    """A warehouse in which a good file has landed, and damaged ones then take its place."""

    warehouse: Connection
    file: Path
    hashes: HashCache

    def try_to_land(self, content: bytes) -> bool:
        """Says whether a file has landed, and sees that it has landed whole or not at all."""
        self.file.write_bytes(content)
        before = held(self.warehouse)
        try:
            land_location(self.warehouse, self.hashes, SHOP, self.file.parent)
        except PortraitError as error:
            assert self.file.name in error.message, error.message
            assert error.hint
            assert len(error.message) < 1000
            assert held(self.warehouse) == before
            return False
        self._check(content)
        return True

    def _check(self, content: bytes) -> None:
        """Sees that the tables hold what the content holds, under its hash."""
        *rows, numbers = zip(
            *self.warehouse.execute(
                "select customer, quantity, _origin_row from raw_shop.sales order by _origin_row"
            ).fetchall(),
            strict=True,
        )
        rows = list(zip(*rows, strict=True))
        assert list(numbers) == list(range(1, len(rows) + 1))
        recorded = self.warehouse.execute("select sha256, row_count from ingest.raw_loads")
        assert recorded.fetchall() == [(hashlib.sha256(content).hexdigest(), len(rows))]
        with contextlib.suppress(UnsureError):
            expected = read_rows(self.file.name, content, ("customer", "quantity"))
            assert [tuple(map(_plain, row)) for row in rows] == [
                tuple(map(_plain, row)) for row in expected
            ]
            assert total(rows, 1) == total(expected, 1)


def held(connection: Connection) -> list[list[tuple[object, ...]]]:
    """Everything that landing has written."""
    queries = ("from raw_shop.sales order by all", "from ingest.raw_loads order by all")
    return [connection.execute(query).fetchall() for query in queries]


def _plain(value: object) -> object:
    """Numbers in JSON lose zeros at their end, and nothing else."""
    try:
        return value if value is None else Decimal(str(value))
    except InvalidOperation:
        return value


@contextlib.contextmanager
def trials_of(folder: Path, ending: str) -> Iterator[Trials]:
    """Trials with files of an ending; what counts in the end is what has reached the disk."""
    file = folder / f"data-{ending}" / f"a.{ending}"
    file.parent.mkdir()
    database = folder / f"{ending}.duckdb"
    with open_warehouse(database) as warehouse:
        trials = Trials(warehouse, file, HashCache(folder / f"{ending}.json"))
        file.write_bytes(GOOD[ending]())
        land_location(warehouse, trials.hashes, SHOP, file.parent)
        yield trials
        last = held(warehouse)
    with open_warehouse(database) as warehouse:
        assert held(warehouse) == last
