"""The published snapshot as an asset that depends on every mart."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from orchestration.connections.source_health import read_health
from orchestration.connections.sources import choose
from orchestration.defs.failures import failing_clearly
from orchestration.defs.resources import PortraitRun
from orchestration.errors import PortraitError
from orchestration.landing.corrections import corrections_digest
from orchestration.modelling.pictures import SegmentSize, segments_chart
from orchestration.modelling.profiles import segment_sizes
from orchestration.modelling.tables import current_as_of_date
from orchestration.progress import step
from orchestration.publishing.checks import CHECKS, SnapshotCheck, check_snapshot
from orchestration.publishing.fingerprint import FINGERPRINT_FILE, fingerprint
from orchestration.publishing.profile_changes import add_profile_changes
from orchestration.publishing.run_manifest import (
    RunFacts,
    add_run_manifest,
    code_version,
    landed_hashes,
)
from orchestration.publishing.snapshot import copy_marts
from orchestration.publishing.versions import KEPT_VERSIONS, new_version
from orchestration.warehouse.manifest import (
    Manifest,
    all_relations,
    published_marts,
    raw_relations,
    source_systems,
)
from orchestration.warehouse.opening import scalar

_SNAPSHOT = dg.AssetKey(["published", "snapshot"])


def build(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """The snapshot of all marts that are to be published."""
    marts = published_marts(manifest)
    systems = source_systems(manifest)

    @dg.multi_asset(
        name="publish",
        group_name="published",
        specs=[
            dg.AssetSpec(
                _SNAPSHOT,
                deps=[[mart.schema, mart.name] for mart in marts.values()],
                description="The marts as people, BI tools and pages read them, beside "
                "`run_manifest`, which says what they were made from.",
                kinds={"duckdb", "parquet"},
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(name, asset=_SNAPSHOT, description=description, blocking=True)
            for name, description in CHECKS.items()
        ],
    )
    def publish(
        context: dg.AssetExecutionContext, run: PortraitRun
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        """Copies, checks, swaps. A failure leaves the current snapshot as it is."""
        published_at = datetime.now(UTC)
        project = run.project
        kept = 1 if run.as_of_date else KEPT_VERSIONS
        with failing_clearly(), step("published") as progress:
            with run.warehouse() as warehouse:
                rows = {
                    name: scalar(warehouse, f"select count(*) from {mart.relation}")
                    for name, mart in marts.items()
                }
                facts = RunFacts(
                    run_id=context.run_id,
                    as_of_date=current_as_of_date(warehouse),
                    started_at=run.started_at,
                    published_at=published_at,
                    sources=landed_hashes(warehouse),
                    source_health=read_health(project.source_health),
                    code_version=code_version(project.root, run.code_hash),
                )
                corrections = corrections_digest(warehouse)
                profiles = warehouse.execute("select * from ml.segment_profiles").df()
            with new_version(project.published, published_at, kept) as folder:
                tables = copy_marts(project.warehouse, list(marts.values()), folder)
                if not run.as_of_date:
                    tables.append(
                        add_profile_changes(folder, project.current, facts.as_of_date, published_at)
                    )
                add_run_manifest(folder, tables, facts)
                sizes = segment_sizes(profiles)
                (folder / "segments.svg").write_text(_chart(sizes, facts))
                if _is_whole(context.run, manifest, has_landed=not run.as_of_date):
                    choice = choose(project, systems, ())
                    made_from = fingerprint(
                        choice, facts.sources, run.as_of_date, run.code_hash, corrections
                    )
                    (folder / FINGERPRINT_FILE).write_text(json.dumps(made_from))
                checks = check_snapshot(folder, rows)
                yield from map(_check_result, checks)
                _raise_problems(checks)
            progress.rows = sum(rows.values())
            progress.detail = f"{len(tables) + 1} tables"
        yield dg.MaterializeResult(
            asset_key=_SNAPSHOT,
            metadata={
                "dagster/row_count": sum(rows.values()),
                "path": dg.MetadataValue.path(project.current.resolve()),
                **{f"rows of {name}": count for name, count in rows.items()},
            },
        )

    return [publish]


def _is_whole(run: dg.DagsterRun, manifest: Manifest, *, has_landed: bool) -> bool:
    """Whether this run makes every asset anew, so that the snapshot is of one piece.

    A run for a past day lands nothing: its raw tables are those of the current snapshot.
    """
    if run.parent_run_id is not None:  # Retried: the steps before were of another run.
        return False
    selected = run.asset_selection
    raw = raw_relations(manifest)
    made = {key for key in all_relations(manifest) if has_landed or key not in raw}
    return not selected or {dg.AssetKey(key) for key in made} <= selected


def _chart(sizes: list[SegmentSize], facts: RunFacts) -> str:
    customers = sum(segment.customers for segment in sizes)
    return segments_chart(
        sizes,
        f"{customers:,} customers in {len(sizes)} segments",
        f"As of {facts.as_of_date}: medians of what is known of their customers",
    )


def _check_result(check: SnapshotCheck) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=_SNAPSHOT,
        check_name=check.name,
        passed=not check.problems,
        metadata={"problems": dg.MetadataValue.json(check.problems)},
    )


def _raise_problems(checks: list[SnapshotCheck]) -> None:
    problems = [f"{check.name}: {', '.join(check.problems)}" for check in checks if check.problems]
    if problems:
        raise PortraitError(
            f"The new snapshot is not sound ({'; '.join(problems)}).",
            "The last good snapshot stays in place. Look at the checks of published/snapshot.",
        )
