"""When each asset should be made anew, and how old it may get: declared, for Dagster to watch."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import dagster as dg

from orchestration.defs.ownership import RAW
from orchestration.warehouse.manifest import AgeLimits

# A night's run may be late by two hours; when a second night is missing, something is wrong.
_MARTS = AgeLimits(warn_after=timedelta(hours=26), error_after=timedelta(hours=50))
# What was never made waits for a whole run: dbt cannot build a table while one that it reads is not
# there, and of a source that is off nothing is ever made.
_FOLLOWING = (
    dg.AutomationCondition.any_deps_updated()
    & ~dg.AutomationCondition.missing()
    & ~dg.AutomationCondition.any_deps_in_progress()
    & ~dg.AutomationCondition.in_progress()
).with_label("something it reads is newer")

sensor = dg.AutomationConditionSensorDefinition(
    "remake_what_reads_a_newer_table",
    target=dg.AssetSelection.all() - RAW,
    description="Makes anew what lies behind an asset that was made by itself, such as a raw table "
    "that a person has landed in the UI. If one of its runs fails, the last good snapshot stays; "
    "run the job portrait, which makes everything.",
)


def automate(
    assets: Sequence[dg.AssetsDefinition], sources: Mapping[str, AgeLimits]
) -> list[dg.AssetsDefinition]:
    """Gives every asset behind the raw tables a condition, and marts and sources their limits.

    Args:
        assets: All assets.
        sources: Limits by schema of raw tables, as the sources declare them.
    """

    def automated(spec: dg.AssetSpec) -> dg.AssetSpec:
        schema = spec.key.path[0]
        limits = _MARTS if schema in ("marts", "published") else sources.get(schema)
        if limits:
            policy = dg.FreshnessPolicy.time_window(
                fail_window=limits.error_after, warn_window=limits.warn_after
            )
            spec = spec.replace_attributes(freshness_policy=policy)
        if spec.group_name == "raw":
            return spec
        return spec.replace_attributes(automation_condition=_FOLLOWING)

    return list(dg.map_asset_specs(automated, assets))
