"""How dbt nodes appear in Dagster: key [layer, name] from their schema, grouped by layer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from orchestration.defs.ownership import code_reference
from orchestration.warehouse.manifest import layer_of
from orchestration.warehouse.test_words import test_description


class LayerTranslator(DagsterDbtTranslator):
    """dagster-dbt's defaults, which give [schema, name], with one group a layer.

    Tests on source tables become checks too: the tables that Python writes are tested by dbt.
    """

    def __init__(self, dbt_project: Path) -> None:
        """Switches on checks for tests of sources; the folder is where the SQL files are."""
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))
        self._dbt_project = dbt_project

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer; sources have the groups of the assets that write them."""
        if dbt_resource_props["resource_type"] == "source":
            return None
        return layer_of(dbt_resource_props)

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """As dagster-dbt has it, with a link to the file that the node is written in."""
        file = self._dbt_project / dbt_resource_props["original_file_path"]
        return {**super().get_metadata(dbt_resource_props), **code_reference(file)}

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """What its yml says, and where its SQL is; not the SQL with its Jinja."""
        described = str(dbt_resource_props["description"]).strip()
        return f"{described}\n\n`dbt_project/{dbt_resource_props['original_file_path']}`"

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """The check of a data test: what it says, and what to do when it fails."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        return spec._replace(description=test_description(manifest["nodes"][unique_id]))
