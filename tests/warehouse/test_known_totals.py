"""Published and checked figures of real data sets, from raw rows to customer days."""

from pathlib import Path

import duckdb
import pytest

from orchestration.defs.ingest.files import HashCache, find_source_files
from orchestration.defs.ingest.landing import land
from orchestration.manifest import source_systems
from orchestration.manifest_file import current_manifest
from orchestration.plain_sql import PlainProject
from orchestration.project import Project
from orchestration.sources import Choice
from tests.warehouse.conftest import new_warehouse


@pytest.fixture(scope="module")
def three_sources(
    project: Project, plain: PlainProject, real_data: Path
) -> duckdb.DuckDBPyConnection:
    """All three source systems side by side, built up to the features."""
    return new_warehouse(plain)
