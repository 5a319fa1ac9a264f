"""The table `run_manifest` of a snapshot: what is in it, from what, made with which code."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from orchestration.code_digest import package_versions
from orchestration.connections.source_health import Health
from orchestration.landing.land import RAW_LOADS
from orchestration.publishing.snapshot import PublishedTable, add_table

# Grain: one row a published table.
_QUERY = """
    select
        unnest($tables)::varchar as table_name,
        unnest($row_counts)::bigint as row_count,
        unnest($content_hashes)::varchar as content_hash,
        $as_of_date::date as as_of_date,
        $run_id::varchar as run_id,
        $started_at::timestamp as started_at,
        $published_at::timestamp as published_at,
        $source_systems::varchar as source_systems,
        $source_health::varchar as source_health,
        $code_version::varchar as code_version,
        $package_versions::varchar as package_versions
    order by table_name
"""

# Source system → raw table → file → SHA-256.
LandedHashes = dict[str, dict[str, dict[str, str]]]


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run; times are UTC."""

    run_id: str
    as_of_date: date | None
    started_at: datetime
    published_at: datetime
    sources: LandedHashes
    source_health: Mapping[str, Health]
    code_version: str


def add_run_manifest(folder: Path, tables: Sequence[PublishedTable], facts: RunFacts) -> None:
    """Writes `run_manifest` into a snapshot."""
    parameters: Mapping[str, object] = {
        "tables": [table.name for table in tables],
        "row_counts": [table.row_count for table in tables],
        "content_hashes": [table.content_hash for table in tables],
        "as_of_date": facts.as_of_date,
        "run_id": facts.run_id,
        "started_at": facts.started_at.replace(tzinfo=None),
        "published_at": facts.published_at.replace(tzinfo=None),
        "source_systems": json.dumps(facts.sources, sort_keys=True),
        "source_health": json.dumps(
            {
                name: asdict(health)
                for name, health in sorted(facts.source_health.items())
                if name in facts.sources
            }
        ),
        "code_version": facts.code_version,
        "package_versions": json.dumps(package_versions(), sort_keys=True),
    }
    add_table(folder, "run_manifest", _QUERY, parameters)


def landed_hashes(warehouse: duckdb.DuckDBPyConnection) -> LandedHashes:
    """The files that the raw tables hold, with their hashes."""
    hashes: LandedHashes = {}
    for system, table, file, sha256 in warehouse.execute(
        f"select source_system, table_name, file_name, sha256 from {RAW_LOADS} order by all"
    ).fetchall():
        hashes.setdefault(system, {}).setdefault(table, {})[file] = sha256
    return hashes


def code_version(root: Path, code_hash: str) -> str:
    """The git commit, where the code lies in a repository, and the hash of the code's files."""
    command = ["git", "-C", str(root), "rev-parse", "--short=12", "HEAD"]
    try:
        commit = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return code_hash[:12]
    return f"{commit.stdout.strip()}+{code_hash[:12]}"
