"""A source of any kind: asked what it holds now, and landed."""

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.connections.sources import Location
from orchestration.landing.columns import SameColumns, no_others
from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import Landed, land
from orchestration.project import Project
from orchestration.simulator.default_data import given_or_simulated
from orchestration.warehouse.manifest import ORIGIN_COLUMNS, SourceSystem

if TYPE_CHECKING:
    from orchestration.connections.declared import Connection

# Raw table → file, or the table itself → hash of the content.
Contents = dict[str, dict[str, str]]


def collect(
    project: Project, system: SourceSystem, origin: "Location | Connection | None"
) -> Contents:
    """What the source holds, as the fingerprint of a run names it.

    Raises:
        PortraitError: The source cannot be read, or is not what was declared.
    """
    if isinstance(origin, Path | str) or origin is None:
        hashes = HashCache(project.file_hashes)
        files = find_source_files(system, given_or_simulated(project, system, origin))
        return {table: hashes.hash_all(found) for table, found in files.items()}
    pull_source(project, system, origin)
    return pulled_contents(project, system)


def land_origin(
    project: Project,
    connection: duckdb.DuckDBPyConnection,
    system: SourceSystem,
    origin: "Location | Connection | None",
    *,
    is_pulled: bool = False,
    same_columns: SameColumns = no_others,
) -> list[Landed]:
    """Lands a source that is on, whatever its kind.

    Args:
        project: Says where things lie.
        connection: The warehouse.
        system: The declared source system.
        origin: Where its data is.
        is_pulled: A database or API was pulled just now; what came then is landed.
        same_columns: Tells which columns of a file are declared ones under another name.

    Raises:
        PortraitError: The source cannot be read, or does not fit; its tables stay as they were.
    """
    if isinstance(origin, Path | str) or origin is None:
        files = find_source_files(system, given_or_simulated(project, system, origin))
        return land(connection, system, files, HashCache(project.file_hashes), same_columns)
    from orchestration.connections.landing_file import Landing
    from orchestration.connections.pull import primary_keys
    from orchestration.landing.pulled import land_pulled

    if not is_pulled:
        pull_source(project, system, origin)
    landing = Landing(project.pulled(system.name))
    return land_pulled(connection, system, landing, primary_keys(origin))


def pull_source(project: Project, system: SourceSystem, origin: "Connection") -> dict[str, int]:
    """Brings the landing file of a database or API up to date; gives the rows that came.

    Raises:
        PortraitError: The source cannot be read, or has lost or retyped a column.
    """
    # dlt takes a second to import, which a run without such a source need not pay.
    from orchestration.connections.landing_file import Landing
    from orchestration.connections.pull import pull
    from orchestration.connections.secrets import Secrets

    expected = {
        table.name: [column.name for column in table.columns if column.name not in ORIGIN_COLUMNS]
        for table in system.tables
    }
    landing = Landing(project.pulled(system.name))
    return pull(system.name, origin, expected, landing, Secrets(system.name))


def pulled_contents(project: Project, system: SourceSystem) -> Contents:
    """What the landing file of a pulled source holds; empty where there is none."""
    from orchestration.connections.landing_file import Landing, content_hashes

    hashes = content_hashes(Landing(project.pulled(system.name)))
    if not hashes:
        return {}
    return {table.name: {table.name: hashes.get(table.name, "")} for table in system.tables}
