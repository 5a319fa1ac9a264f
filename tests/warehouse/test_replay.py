"""Online Retail's daily files, in order and shuffled, come to the tables of one full build."""

import os
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.defs.ingest.files import HashCache, find_source_files
from orchestration.defs.ingest.landing import land
from orchestration.manifest import source_systems
from orchestration.manifest_file import current_manifest
from orchestration.plain_sql import PlainProject
from orchestration.project import Project
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.invariants import SQL_LAYERS

DAYS = 305
# One after the other: `PORTRAIT_FILES_A_LOAD=1 pytest tests/warehouse/test_replay.py`.
FILES_A_LOAD = int(os.environ.get("PORTRAIT_FILES_A_LOAD", "77"))

Hashes = dict[str, tuple[Any, ...]]


@pytest.fixture(scope="module")
def files(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("days")
    with tarfile.open(real_data / "online_retail_uci" / "by-day_csv.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    found = sorted(folder.rglob("*.csv"))
    assert len(found) == DAYS
    return found


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
    return (files[start : start + FILES_A_LOAD] for start in range(0, len(files), FILES_A_LOAD))


def test_daily_files_come_to_what_a_full_build_gives(
    project: Project, plain: PlainProject, files: list[Path], tmp_path: Path
) -> None:
    shuffled = random.Random(1).sample(files, len(files))
    found = []
    for order in (files, shuffled):
        folder = tmp_path / str(len(found))
        folder.mkdir()
        with new_warehouse(plain) as connection:
            found.append(land_and_update(connection, project, plain, folder, in_loads(order)))
            plain.build(connection, SQL_LAYERS)
            assert found[-1] == hashes_of(connection, plain)
    assert found[0] == found[1]
    assert found[0]["inputs.input_order_lines"][0] == 541_909
