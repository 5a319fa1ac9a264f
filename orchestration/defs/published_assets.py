"""The published snapshot as an asset that depends on every mart, and the pages on it as another."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.defs.failures import failing_clearly
from orchestration.defs.resources import PortraitRun
from orchestration.defs.switched_off import not_checked
from orchestration.defs.table_metadata import pictures_metadata, rows_as_table, shown_pictures
from orchestration.pages.checking import MOST_BYTES, check_site
from orchestration.pages.site import add_site
from orchestration.progress import step
from orchestration.publishing.checks import CHECKS, SnapshotCheck
from orchestration.publishing.model_cards import CARDS
from orchestration.publishing.publish import Addition, Making, UnsoundSnapshotError, publish
from orchestration.publishing.reports.names import SITE
from orchestration.serving.customer_file import write_customers
from orchestration.warehouse.docs_page import add_docs
from orchestration.warehouse.manifest import Manifest, all_relations
from orchestration.warehouse.published_marts import published_marts

# What stands beside the marts of a version.
_ALSO: Sequence[Addition] = (write_customers, add_site)

_SNAPSHOT = dg.AssetKey(["published", "snapshot"])
_PAGES = dg.AssetKey(["published", "pages"])
_WHOLE = "pages_are_whole"
_WHOLE_SAYS = (
    "Every link of the pages leads to a page or file among them, every chart has data, and no page "
    f"is larger than {MOST_BYTES // 1000} kB. If it warns, the tables were published all the same: "
    "the result names the pages and what is wrong with them; run again with --force, and if it "
    "stays, a template or a question of orchestration/pages has a mistake."
)


def build(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """The snapshot of all marts that are to be published."""

    @dg.multi_asset(
        name="publish",
        group_name="published",
        specs=[
            dg.AssetSpec(
                _SNAPSHOT,
                deps=[[mart.schema, mart.name] for mart in published_marts(manifest).values()],
                description="The marts as people, BI tools and pages read them, beside "
                "`run_manifest`, which says what they were made from.",
                kinds={"duckdb", "parquet"},
            ),
            dg.AssetSpec(
                _PAGES,
                deps=[_SNAPSHOT],
                description="The pages on the snapshot, for a browser: portrait open, or "
                "portrait serve. They are files beside its tables, of the same version.",
                kinds={"html"},
                skippable=True,
            ),
        ],
        check_specs=[
            *(
                dg.AssetCheckSpec(name, asset=_SNAPSHOT, description=description, blocking=True)
                for name, description in CHECKS.items()
            ),
            dg.AssetCheckSpec(_WHOLE, asset=_PAGES, description=_WHOLE_SAYS),
        ],
    )
    def publish_snapshot(context: dg.AssetExecutionContext, run: PortraitRun) -> Iterator[Any]:
        """Copies, checks, swaps. A failure leaves the current snapshot as it is."""
        is_whole = _is_whole(context.run, manifest)
        making = Making(context.run.run_id, run.started_at, run.code_hash, is_whole)
        with failing_clearly(), step("published") as progress:
            try:
                published = publish(
                    run.project, manifest, making, (*_ALSO, _docs_of(run, manifest))
                )
            except UnsoundSnapshotError as error:
                # Of what was never published there is no materialization to point at.
                yield from (_evaluation(check) for check in error.checks)
                raise
            progress.rows = sum(published.rows.values())
            progress.detail = f"{published.table_count} tables"
        rows: list[dict[str, str | int | float]] = [
            {"table": name, "rows": count} for name, count in published.rows.items()
        ]
        yield dg.MaterializeResult(
            asset_key=_SNAPSHOT,
            metadata={
                "path": dg.MetadataValue.path(run.project.current.resolve()),
                "model cards": dg.MetadataValue.path(run.project.current.resolve() / CARDS),
                "tables": published.table_count,
                "rows by table": rows_as_table(rows),
                **shown_pictures(run.project.current.resolve(), published.pictures),
                **pictures_metadata(run.project.current, published.pictures),
            },
            check_results=[_result(check) for check in published.checks],
        )
        yield from _pages(run.project.current.resolve() / SITE)
        for mart in published_marts(manifest).values():
            if mart.is_view:
                # Counted as they were copied: when they were built it would have cost as much.
                told = {"dagster/row_count": published.rows[mart.name]}
                yield dg.AssetObservation([mart.schema, mart.name], metadata=told)

    return [publish_snapshot]


def _docs_of(run: PortraitRun, manifest: Manifest) -> Addition:
    return lambda folder, current: add_docs(run.project, manifest, folder)


def _is_whole(run: dg.DagsterRun, manifest: Manifest) -> bool:
    """Whether this run makes every asset anew, so that the snapshot is of one piece."""
    if run.parent_run_id is not None:  # Retried: the steps before were of another run.
        return False
    selected = run.asset_selection
    return not selected or {dg.AssetKey(key) for key in all_relations(manifest)} <= selected


def _pages(site: Path) -> Iterator[Any]:
    """The pages of the version that was just published, and whether they are whole."""
    found = check_site(site)
    told: dict[str, Any] = {
        "asset_key": _PAGES,
        "check_name": _WHOLE,
        "passed": not found.problems,
        "severity": dg.AssetCheckSeverity.WARN,
        "description": "; ".join(found.problems) or None,
        "metadata": {"links": found.links, "charts": found.charts, "largest (B)": found.largest},
    }
    if not found.pages:  # They could not be made: there is nothing to point at.
        yield dg.AssetCheckEvaluation(**{**told, "metadata": {}})
        yield not_checked(_PAGES, _WHOLE)
        return
    yield dg.MaterializeResult(
        asset_key=_PAGES,
        metadata={
            "first page": dg.MetadataValue.path(site / "index.html"),
            "pages": found.pages,
            "charts": found.charts,
        },
        check_results=[dg.AssetCheckResult(**told)],
    )


def _result(check: SnapshotCheck) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=_SNAPSHOT,
        check_name=check.name,
        passed=not check.problems,
        description=_told(check),
    )


def _evaluation(check: SnapshotCheck) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=_SNAPSHOT,
        check_name=check.name,
        passed=not check.problems,
        description=_told(check),
        blocking=True,
    )


def _told(check: SnapshotCheck) -> str | None:
    return "; ".join(check.problems) or None
