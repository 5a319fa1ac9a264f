"""A publish: the marts are copied aside, compared, described and checked, then swapped in."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.connections.source_health import read_health
from orchestration.connections.sources import choose
from orchestration.errors import PortraitError
from orchestration.identity.rules_table import found_links_digest, rules_digest
from orchestration.landing.corrections import corrections_digest
from orchestration.modelling.pins_table import pins_digest
from orchestration.project import Project
from orchestration.publishing.checks import SnapshotCheck, check_snapshot
from orchestration.publishing.fingerprint import FINGERPRINT_FILE, fingerprint
from orchestration.publishing.model_cards import model_cards
from orchestration.publishing.profile_changes import add_profile_changes
from orchestration.publishing.reports.write import Picture, read_pictures, write_pictures
from orchestration.publishing.run_manifest import (
    RunFacts,
    add_run_manifest,
    code_version,
    landed_hashes,
    shop_facts,
)
from orchestration.publishing.served_models import served_models
from orchestration.publishing.snapshot import copy_marts
from orchestration.publishing.versions import kept_versions, new_version
from orchestration.warehouse.manifest import Manifest, Table, source_systems
from orchestration.warehouse.opening import open_warehouse, scalar
from orchestration.warehouse.published_marts import published_marts


@dataclass(frozen=True)
class Making:
    """How the marts were made.

    Attributes:
        run_id: Of the Dagster run.
        started_at: When it began, UTC.
        code_hash: Of the code as it was then.
        is_whole: It made every table, so that the next run may find that nothing is new.
    """

    run_id: str
    started_at: datetime
    code_hash: str
    is_whole: bool


@dataclass(frozen=True)
class Published:
    """What was published.

    Attributes:
        rows: Of each mart.
        table_count: How many tables.
        checks: What was checked.
        pictures: Names of the files with pictures.
    """

    rows: Mapping[str, int]
    table_count: int
    checks: Sequence[SnapshotCheck]
    pictures: Sequence[str] = ()


class UnsoundSnapshotError(PortraitError):
    """A snapshot failed its checks; the one before stays in place."""

    def __init__(self, checks: Sequence[SnapshotCheck]) -> None:
        """Names the problems."""
        problems = [f"{one.name}: {', '.join(one.problems)}" for one in checks if one.problems]
        super().__init__(
            f"The new snapshot is not sound ({'; '.join(problems)}).",
            "The last good snapshot stays in place. Look at the checks of published/snapshot.",
        )
        self.checks = checks


# Writes into the folder of a version whose marts are there; the second is the version before,
# which may not be there.
Addition = Callable[[Path, Path], object]


def publish(
    project: Project, manifest: Manifest, making: Making, also: Sequence[Addition] = ()
) -> Published:
    """Makes a new version the current one, of today's portraits or of those of a past day.

    Args:
        project: The entered project, whose run lock is held; with its past day, if it has one.
        manifest: Says which marts are published.
        making: How they were made.
        also: What is made of the marts and belongs to the same version.

    Raises:
        UnsoundSnapshotError: The version failed its checks.
    """
    published_at = datetime.now(UTC)
    marts = published_marts(manifest)
    is_past = bool(project.past_day)
    with open_warehouse(project.warehouse) as warehouse:
        rows = _count(warehouse, marts)
        facts = _facts(warehouse, project, making, published_at)
        written = (
            corrections_digest(warehouse),
            rules_digest(warehouse),
            found_links_digest(warehouse),
            pins_digest(warehouse),
        )
        pictures = _pictures(warehouse, facts)
        cards = model_cards(warehouse)
        models = served_models(warehouse)
    kept = 1 if is_past else kept_versions()
    with new_version(project.published, published_at, kept) as folder:
        tables = copy_marts(project.warehouse, list(marts.values()), folder)
        if not is_past:
            days = {shop: told.as_of_date for shop, told in facts.shops.items()}
            tables.append(add_profile_changes(folder, project.current, days, published_at, kept))
        add_run_manifest(folder, tables, facts)
        write_pictures(pictures, folder, project.current, making.code_hash)
        for file_name, text in cards.items():
            (folder / file_name).parent.mkdir(parents=True, exist_ok=True)
            (folder / file_name).write_text(text, encoding="utf-8")
        for file_name, content in models.items():
            (folder / file_name).write_bytes(content)
        for write in also:
            write(folder, project.current)
        if making.is_whole:
            choice = choose(project, source_systems(manifest), ())
            made_from = fingerprint(
                choice, facts.sources, project.past_day, making.code_hash, *written
            )
            (folder / FINGERPRINT_FILE).write_text(json.dumps(made_from))
        checks = _check(folder, rows)
    return Published(rows, len(tables) + 1, checks, [picture.file for picture in pictures])


def _count(warehouse: duckdb.DuckDBPyConnection, marts: Mapping[str, Table]) -> dict[str, int]:
    return {
        name: scalar(warehouse, f"select count(*) from {mart.relation}")
        for name, mart in marts.items()
    }


def _facts(
    warehouse: duckdb.DuckDBPyConnection,
    project: Project,
    making: Making,
    published_at: datetime,
) -> RunFacts:
    return RunFacts(
        run_id=making.run_id,
        shops=shop_facts(warehouse),
        started_at=making.started_at,
        published_at=published_at,
        sources=landed_hashes(warehouse),
        source_health=read_health(project.source_health),
        code_version=code_version(project.root, making.code_hash),
    )


def _pictures(warehouse: duckdb.DuckDBPyConnection, facts: RunFacts) -> list[Picture]:
    """What there is to draw of the shops with orders."""
    days = {shop: told.as_of_date for shop, told in facts.shops.items()}
    return read_pictures(warehouse, {shop: day for shop, day in days.items() if day})


def _check(folder: Path, rows: Mapping[str, int]) -> list[SnapshotCheck]:
    checks = check_snapshot(folder, rows)
    if any(check.problems for check in checks):
        raise UnsoundSnapshotError(checks)
    return checks
