"""A simulated shop in the raw tables of a warehouse, landed as a run lands it."""

from pathlib import Path

import duckdb

from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import land
from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.manifest import source_systems


def land_shop(connection: duckdb.DuckDBPyConnection, project: Project, shop: Path) -> None:
    """Lands the files that `simulate` wrote into the folder `shop`."""
    system = source_systems(current_manifest(project))["simulated"]
    files = find_source_files(system, shop)
    land(connection, system, files, HashCache(shop.parent / "hashes.json"))
