"""A checkout, a state folder and a source system, all small and temporary."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.files import HashCache
from orchestration.project import Project
from orchestration.warehouse.manifest import Column, RawTable, SourceSystem
from orchestration.warehouse.opening import open_warehouse

# A library of dagster-dbt's warns when it is imported, which is nothing that this project can mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import dagster_dbt  # noqa: F401

REPOSITORY = Path(__file__).resolve().parents[2]

ORIGIN = (
    Column("_origin_file", "varchar", ""),
    Column("_origin_row", "bigint", ""),
    Column("_load_id", "varchar", ""),
)


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PORTRAIT_HOME, for what works beside the warehouse."""
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """This checkout with an empty state folder."""
    project = Project(REPOSITORY, tmp_path / "home")
    project.home.mkdir(exist_ok=True)
    project.own.mkdir(exist_ok=True)
    return project


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(tmp_path / "warehouse.duckdb") as connection:
        yield connection


@pytest.fixture
def hashes(tmp_path: Path) -> HashCache:
    return HashCache(tmp_path / "hashes.json")


def shop(
    columns: dict[str, str],
    *,
    files: tuple[str, ...] = ("*.parquet", "*.csv"),
    reader: str = "auto",
    header_starts_with: str | None = None,
    package: str | None = None,
) -> SourceSystem:
    """A source system `shop` with one raw table `sales`."""
    business = tuple(Column(name, data_type, "") for name, data_type in columns.items())
    table = RawTable(
        schema="raw_shop",
        name="sales",
        description="",
        columns=business + ORIGIN,
        files=files,
        reader=reader,
        header_starts_with=header_starts_with,
    )
    return SourceSystem("shop", "raw_shop", "", (table,), package, "", is_default=False)
