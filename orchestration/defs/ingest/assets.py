"""One Dagster op a source system; one asset a raw table. What lands is decided in landing.py."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.failures import failing_clearly
from orchestration.defs.ingest.files import HashCache, find_source_files
from orchestration.defs.ingest.landing import land
from orchestration.defs.resources import PortraitRun
from orchestration.defs.table_metadata import declared_metadata
from orchestration.manifest import Manifest, SourceSystem, source_systems
from orchestration.progress import step
from orchestration.simulator.default_data import given_or_simulated
from orchestration.sources import check_choice, read_choice


def build(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """The raw assets of all declared source systems."""
    systems = source_systems(manifest)
    return [_raw_assets(name, systems) for name in systems]


def _raw_assets(name: str, systems: dict[str, SourceSystem]) -> dg.AssetsDefinition:
    system = systems[name]

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
    )
    def land_source(run: PortraitRun) -> Iterator[dg.MaterializeResult[None]]:
        with failing_clearly():
            choice = read_choice(run.project.sources_file, systems)
            check_choice(choice, systems)
            is_on = name in choice
            files = None
            if is_on:
                path = given_or_simulated(run.project, system, choice[name])
                files = find_source_files(system, path)
            with step(f"landing {name}") as progress, run.warehouse() as connection:
                landed = land(connection, system, files, HashCache(run.project.file_hashes))
                progress.rows = sum(table.row_count for table in landed)
                if not is_on:
                    progress.detail = "off"
                elif not landed[0].is_new:
                    progress.detail = "unchanged"
        for result in landed:
            yield dg.MaterializeResult(
                asset_key=[result.table.schema, result.table.name],
                metadata={
                    "dagster/row_count": result.row_count,
                    "files": result.file_count,
                    "landed anew": result.is_new,
                },
            )

    return land_source
