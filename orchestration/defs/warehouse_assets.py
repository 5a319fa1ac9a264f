"""The dbt project as two sets of assets: what comes before the Python steps, and what after."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import get_subset_selection_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration.connections.sources import choose
from orchestration.defs.failures import failing_clearly
from orchestration.defs.resources import PortraitRun
from orchestration.defs.switched_off import not_checked, not_made
from orchestration.defs.table_metadata import lineage_metadata, relation_metadata
from orchestration.defs.translator import LayerTranslator
from orchestration.project import Project
from orchestration.warehouse.building import AFTER_ML, build_models
from orchestration.warehouse.column_lineage import LineageReader
from orchestration.warehouse.manifest import Manifest, source_systems
from orchestration.warehouse.switched_off import staging_without_source


def build(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """Both sets of assets, with the data tests as checks."""
    translator = LayerTranslator(Project.find().dbt_project)

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
        off = _switched_off(run, manifest)
        reader = LineageReader(run.project, manifest)
        for node in nodes:
            message = DbtCoreCliEventMessage(raw_event=node.event, event_history_metadata={})
            for event in message.to_default_asset_events(manifest, translator, context):
                if isinstance(event, dg.Output) and node.relation:
                    unique_id = node.event["data"]["node_info"]["unique_id"]
                    shown = {
                        **relation_metadata(node.relation),
                        **lineage_metadata(reader.origins(unique_id, node.relation)),
                    }
                    event = event.with_metadata({**event.metadata, **shown})
                yield from _told(event, off)
        reader.keep()


def _switched_off(run: PortraitRun, manifest: Manifest) -> dict[str, tuple[dg.AssetKey, str]]:
    """Staging models of sources that are off, by the name of their output: key and source."""
    systems = source_systems(manifest)
    off = {}
    for system in systems.keys() - choose(run.project, systems, ()).keys():
        for relation in staging_without_source(manifest, {system}):
            key = dg.AssetKey(relation)
            off[key.to_python_identifier()] = (key, system)
    return off


def _told(event: Any, off: Mapping[str, tuple[dg.AssetKey, str]]) -> Iterator[Any]:
    """An event of dagster-dbt's, or what is told in its place of a source that is off."""
    if isinstance(event, dg.Output) and event.output_name in off:
        yield from not_made(*off[event.output_name])
    elif (
        isinstance(event, dg.AssetCheckResult)
        and event.asset_key
        and event.asset_key.to_python_identifier() in off
    ):
        yield not_checked(event.asset_key, str(event.check_name))
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
