"""Daily files of invoices, in order and shuffled, come to the tables of one full build."""

import csv
import os
import random
import tarfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import land
from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.manifest import source_systems
from orchestration.warehouse.plain_project import PlainProject
from tests.data_sets import PUBLIC_DATA, SMALL_AND_PUBLIC
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.invariants import SQL_LAYERS
from tests.warehouse.small_shops import HEADER

# One after the other: `PORTRAIT_FILES_A_LOAD=1 pytest tests/warehouse/test_replay.py`.
FILES_A_LOAD = int(os.environ.get("PORTRAIT_FILES_A_LOAD", "0"))
LOADS = 4
# Of Online Retail's year; all of it lands in tests/orchestration/test_landing.py, and is built in
# test_known_totals.py.
MOST_FILES = 100

Hashes = dict[str, tuple[Any, ...]]


@pytest.fixture(scope="module", params=SMALL_AND_PUBLIC)
def data(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def files(data: str, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A file a day: drawn ones, or Online Retail's."""
    folder = tmp_path_factory.mktemp("days")
    if data == "small":
        write_days(folder)
    else:
        with tarfile.open(PUBLIC_DATA / "online_retail_uci" / "by-day_csv.tar.gz") as archive:
            archive.extractall(folder, filter="data")
    return sorted(folder.rglob("*.csv"))[:MOST_FILES]


def write_days(folder: Path, days: int = 40) -> None:
    """Few customers and products, so that returns meet purchases of other days, and typos."""
    draw = random.Random(7)
    for day in (date(2011, 1, 1) + timedelta(days=4 * number) for number in range(days)):
        lines = [
            [
                # Numbers come again on other days: an invoice runs over several files.
                draw.choice(["", "", "C"]) + str(draw.randint(600_000, 600_060)),
                draw.choice(["85123A", "71053", "22633", "POST", "D"]),
                draw.choice(["LANTERN", ""]),
                draw.choice(["1", "2", "5", "-1", "-3", "six", "0"]),
                f"{day} {draw.randint(8, 20):02}:00:00",
                draw.choice(["2.55", "1.00", "0", "-1"]),
                draw.choice(["17850.0", "13047", "16446", ""]),
                draw.choice(["France", "Unspecified"]),
            ]
            for _ in range(draw.randint(1, 9))
        ]
        with (folder / f"{day}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([HEADER.split(","), *lines])


def land_and_update(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    plain: PlainProject,
    folder: Path,
    loads: Iterator[list[Path]],
) -> Hashes:
    """Delivers the files load by load; after each the tables are brought up to date."""
    system = source_systems(current_manifest(project))["online_retail"]
    for load in loads:
        for file in load:
            (folder / file.name).symlink_to(file)
        land(connection, system, find_source_files(system, folder), HashCache(project.file_hashes))
        plain.update(connection, SQL_LAYERS)
    return hashes_of(connection, plain)


def hashes_of(connection: duckdb.DuckDBPyConnection, plain: PlainProject) -> Hashes:
    """Rows and the sum of their hashes by relation; the time of landing differs and is left out."""
    others = "lambda name: name not in ('loaded_at', 'row_values')"
    return {
        statement.relation: connection.execute(
            f"select count(*), sum(hash(*columns({others}))) from {statement.relation}"
        ).fetchall()[0]
        for statement in plain.built
        if statement.layer in SQL_LAYERS - {"staging"}
    }


def in_loads(files: list[Path]) -> Iterator[list[Path]]:
    size = FILES_A_LOAD or -(-len(files) // LOADS)
    return (files[start : start + size] for start in range(0, len(files), size))


def test_daily_files_come_to_what_a_full_build_gives(
    project: Project, plain: PlainProject, files: list[Path], data: str, tmp_path: Path
) -> None:
    shuffled = random.Random(1).sample(files, len(files))
    found = []
    for order in (files, shuffled):
        folder = tmp_path / str(len(found))
        folder.mkdir()
        with new_warehouse(plain, is_large=True) as connection:
            found.append(land_and_update(connection, project, plain, folder, in_loads(order)))
            # In whatever order rows stand in raw tables, a full build gives the same: that is
            # tested on drawn rows (test_invariants.py).
            if order is files:
                plain.build(connection, SQL_LAYERS)
                assert found[0] == hashes_of(connection, plain)
    assert found[0] == found[1]
    lines = found[0]["inputs.input_order_lines"][0]
    assert (len(files), lines) == {"small": (40, 219), "public": (100, 148_117)}[data]
    assert found[0]["intermediate.int_return_matches"][0] > 10
