"""The dbt project as two sets of assets: what comes before the Python steps, and what after."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import get_subset_selection_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration.defs.failures import failing_clearly
from orchestration.defs.resources import PortraitRun
from orchestration.defs.table_metadata import relation_metadata
from orchestration.defs.translator import LayerTranslator
from orchestration.warehouse.building import AFTER_ML, build_models
from orchestration.warehouse.manifest import Manifest


def build(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """Both sets of assets, with the data tests as checks."""
    translator = LayerTranslator()

    @dbt_assets(
        manifest=manifest,
        exclude=AFTER_ML,
        name="dbt_before_ml",
        dagster_dbt_translator=translator,
    )
    def dbt_before_ml(context: dg.AssetExecutionContext, run: PortraitRun) -> Iterator[Any]:
        yield from _build(context, run, manifest, translator, ["--exclude", AFTER_ML])

    @dbt_assets(
        manifest=manifest,
        select=AFTER_ML,
        name="dbt_after_ml",
        dagster_dbt_translator=translator,
    )
    def dbt_after_ml(context: dg.AssetExecutionContext, run: PortraitRun) -> Iterator[Any]:
        yield from _build(context, run, manifest, translator, ["--select", AFTER_ML])

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
    selection = _selection(context, manifest, translator, whole)
    expected = Counter(key.path[0] for key in context.selected_asset_keys)
    with failing_clearly():
        nodes = build_models(
            run.project, manifest, selection, expected, is_full_refresh=run.is_full_refresh
        )
        for node in nodes:
            message = DbtCoreCliEventMessage(raw_event=node.event, event_history_metadata={})
            for event in message.to_default_asset_events(manifest, translator, context):
                if isinstance(event, dg.Output) and node.relation:
                    shown = relation_metadata(node.relation)
                    yield event.with_metadata({**event.metadata, **shown})
                else:
                    yield event


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
