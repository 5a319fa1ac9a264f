"""Simulated shops, small and of the size at which shares settle."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.simulator.generate import simulate
from orchestration.simulator.plan import Plan

PLAN = Plan(customers=12_000, days=200, seed=7)


class Shop:
    """A simulated folder, to be asked in SQL: `{raw}` and `{truth}` stand for its halves."""

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.folder = folder
        self._connection = connection

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        halves = {"raw": self.folder / "raw", "truth": self.folder / "truth"}
        return self._connection.execute(sql.format(**halves)).fetchall()

    def numbers(self, sql: str) -> tuple[float, ...]:
        (row,) = self.ask(sql)
        return tuple(float(value) for value in row)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("simulated") / "shop"
    simulate(PLAN, folder)
    with duckdb.connect() as connection:
        data = Path(simulate.__code__.co_filename).parent / "data"
        for name in ("personas", "dirt", "review_phrases"):
            connection.execute(f"create table {name} as from '{data / name}.csv'")
        yield Shop(folder, connection)
