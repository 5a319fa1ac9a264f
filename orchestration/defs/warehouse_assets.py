"""The dbt project as two sets of assets: what comes before the Python steps, and what after.

The graph makes one hop through Python. Everything that needs no output of it is built before, so
that a run invokes dbt twice and no more.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import get_subset_selection_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration import progress
from orchestration.defs.failures import failing_clearly
from orchestration.defs.relation_metadata import relation_metadata
from orchestration.defs.resources import PortraitRun
from orchestration.defs.translator import LayerTranslator
from orchestration.warehouse.acceptance import check_any_order_accepted
from orchestration.warehouse.build_outcome import LayerProgress, raise_failures
from orchestration.warehouse.dbt_in_process import Build, Event
from orchestration.warehouse.manifest import Manifest

# Models and tests downstream of the tables that Python writes, and the tests of these tables.
_AFTER_ML = "source:ml+"


def build(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """Both sets of assets, with the data tests as checks."""
    translator = LayerTranslator()

    @dbt_assets(
        manifest=manifest,
        exclude=_AFTER_ML,
        name="dbt_before_ml",
        dagster_dbt_translator=translator,
    )
    def dbt_before_ml(context: dg.AssetExecutionContext, run: PortraitRun) -> Iterator[Any]:
        yield from _build(context, run, manifest, translator, ["--exclude", _AFTER_ML])

    @dbt_assets(
        manifest=manifest,
        select=_AFTER_ML,
        name="dbt_after_ml",
        dagster_dbt_translator=translator,
    )
    def dbt_after_ml(context: dg.AssetExecutionContext, run: PortraitRun) -> Iterator[Any]:
        yield from _build(context, run, manifest, translator, ["--select", _AFTER_ML])

    return [dbt_before_ml, dbt_after_ml]


def _build(
    context: dg.AssetExecutionContext,
    run: PortraitRun,
    manifest: Manifest,
    translator: LayerTranslator,
    whole: list[str],
) -> Iterator[Any]:
    """Builds the selected assets and yields an output or a check result a node.

    Args:
        context: Says what is selected.
        run: The run.
        manifest: The manifest's JSON.
        translator: The translator that the assets were made with.
        whole: dbt's selection for all assets of this set.

    Yields:
        Dagster's events, as dagster-dbt makes them of dbt's.
    """
    with failing_clearly():
        selection = _selection(context, manifest, translator, whole)
        dbt_build = Build(run.project, [*selection, *_options(run)])
        layers = LayerProgress(manifest, _expected(context))
        # A connection of its own: DuckDB refuses a call on one that dbt is just using.
        with run.warehouse() as warehouse:
            for event in dbt_build:
                built = partial(_with_metadata, warehouse, manifest, layers, event)
                message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
                yield from map(
                    built, message.to_default_asset_events(manifest, translator, context)
                )
        for warned in dbt_build.nodes_with("warn"):
            progress.warning(str(warned))
        with run.warehouse() as warehouse:
            check_any_order_accepted(warehouse)
        failed = dbt_build.nodes_with("error", "fail")
        raise_failures(failed, dbt_build.exception, run.project.dbt_log)


def _selection(
    context: dg.AssetExecutionContext,
    manifest: Manifest,
    translator: LayerTranslator,
    whole: list[str],
) -> list[str]:
    """Arguments of `dbt build`: the whole set, or the names of what a person selected in the UI."""
    if not context.is_subset:
        return whole
    arguments, indirect_selection = get_subset_selection_for_context(
        context=context,
        manifest=manifest,
        select=None,
        exclude=None,
        selector=None,
        dagster_dbt_translator=translator,
        current_dbt_indirect_selection_env=None,
    )
    return [*arguments, "--indirect-selection", indirect_selection or "buildable"]


def _options(run: PortraitRun) -> list[str]:
    # Unit tests check the code, not the data: they belong to `make test`.
    options = ["--exclude-resource-type", "unit_test"]
    if run.is_full_refresh:
        options.append("--full-refresh")
    if run.as_of_date:
        options += ["--vars", f"{{as_of_date: '{run.as_of_date}'}}"]
    return options


def _expected(context: dg.AssetExecutionContext) -> Counter[str]:
    return Counter(key.path[0] for key in context.selected_asset_keys)


def _with_metadata(
    warehouse: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    layers: LayerProgress,
    event: Event,
    asset_event: Any,
) -> Any:
    """Adds rows and columns to the output of a built relation; leaves other events alone."""
    if not isinstance(asset_event, dg.Output):
        return asset_event
    info = event["data"]["node_info"]
    metadata = relation_metadata(warehouse, manifest["nodes"][info["unique_id"]])
    layers.add(info, metadata.get("dagster/row_count"))
    return asset_event.with_metadata({**asset_event.metadata, **metadata})
