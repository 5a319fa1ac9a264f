"""One Dagster op a source system; one asset a raw table. What lands is decided in landing.py."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from orchestration import progress
from orchestration.connections.source_health import (
    Health,
    read_health,
    record_failure,
    record_success,
)
from orchestration.connections.sources import Choice, check_choice, choose, is_connection
from orchestration.defs.failures import failing_clearly
from orchestration.defs.resources import PortraitRun
from orchestration.defs.switched_off import not_checked, not_made
from orchestration.defs.table_metadata import declared_metadata
from orchestration.errors import PortraitError
from orchestration.landing.collect import land_origin
from orchestration.landing.files import HashCache
from orchestration.landing.land import Landed, land
from orchestration.onboarding.same_columns import same_columns
from orchestration.progress import step
from orchestration.warehouse.manifest import Manifest, SourceSystem, source_systems
from orchestration.warehouse.opening import count_rows

_CHECK = "is_up_to_date"


def build(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """The raw assets of all declared source systems."""
    systems = source_systems(manifest)
    return [_raw_assets(name, systems) for name in systems]


def _raw_assets(name: str, systems: dict[str, SourceSystem]) -> dg.AssetsDefinition:
    system = systems[name]
    first = dg.AssetKey([system.tables[0].schema, system.tables[0].name])

    @dg.multi_asset(
        name=f"land_{name}",
        group_name="raw",
        specs=[
            dg.AssetSpec(
                key=[table.schema, table.name],
                description=f"{table.description}\n\n{system.description}",
                metadata=declared_metadata(table),
                kinds={"duckdb"},
            )
            for table in system.tables
        ],
        check_specs=[
            dg.AssetCheckSpec(
                _CHECK,
                asset=first,
                description="The source could be read, so that its raw tables are what it holds. "
                "If it warns, they are what it held when it was read last, and the other sources "
                "were published: its error says what to put right, then run again. Of a source "
                "that is switched off it is skipped.",
            )
        ],
    )
    def land_source(run: PortraitRun) -> Iterator[Any]:
        with failing_clearly():
            choice = choose(run.project, systems, ())
            check_choice(choice, systems)
            landed = _land_or_keep(run, system, choice)
        if name not in choice:
            for table in system.tables:
                yield from not_made(dg.AssetKey([table.schema, table.name]), name)
            yield not_checked(first, _CHECK)
            return
        for result in landed:
            yield dg.MaterializeResult(
                asset_key=[result.table.schema, result.table.name],
                metadata={
                    "dagster/row_count": result.row_count,
                    "files": result.file_count,
                    "files read": result.read_count,
                    "landed anew": result.is_new,
                },
            )
        yield _check(read_health(run.project.source_health).get(name), first)

    return land_source


def _land_or_keep(run: PortraitRun, system: SourceSystem, choice: Choice) -> list[Landed]:
    """Lands the source; where that fails and other sources are on, its tables stay as they were.

    Raises:
        PortraitError: The only source that is on cannot be landed.
    """
    name = system.name
    with step(f"landing {name}") as current:
        try:
            landed = _land(run, system, choice)
        except PortraitError as error:
            if len(choice) == 1:
                raise
            health = record_failure(run.project.source_health, name, error)
            progress.warning(f"{health} {error.hint}")
            landed = _standing(run, system)
            current.detail = "could not be read; its earlier rows stay"
        else:
            current.detail = _detail(name in choice, landed)
        current.rows = sum(table.row_count for table in landed)
    return landed


def _land(run: PortraitRun, system: SourceSystem, choice: Choice) -> list[Landed]:
    project = run.project
    if system.name not in choice:
        with run.warehouse() as connection:
            return land(connection, system, None, HashCache(project.file_hashes))
    origin = choice[system.name]
    is_pulled = run.is_collected and is_connection(origin)
    health = read_health(project.source_health).get(system.name)
    if is_pulled and health is not None and health.error is not None:
        # A pull that died may have taken old rows out of the landing file and not put in the new.
        return _standing(run, system)
    with run.warehouse() as connection:
        landed = land_origin(
            project, connection, system, origin, is_pulled=is_pulled, same_columns=same_columns
        )
    if not is_pulled:  # Whoever pulled it has noted how that went.
        record_success(project.source_health, system.name)
    return landed


def _standing(run: PortraitRun, system: SourceSystem) -> list[Landed]:
    """The raw tables as they are."""
    with run.warehouse() as connection:
        return [
            Landed(table, count_rows(connection, table.relation), 0, 0, is_new=False)
            for table in system.tables
        ]


def _detail(is_on: bool, landed: Sequence[Landed]) -> str:
    if not is_on:
        return "off"
    return "" if any(table.is_new for table in landed) else "unchanged"


def _check(health: Health | None, asset: dg.AssetKey) -> dg.AssetCheckResult:
    is_fine = health is None or health.error is None
    metadata = {} if health is None else {"read at": health.read_at or "never"}
    if health and health.error:
        metadata |= {"error": health.error, "failed at": health.failed_at or ""}
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=_CHECK,
        passed=is_fine,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )
