"""All definitions put together."""

import dagster as dg

from orchestration.defs import automation, past, schedules, sensors
from orchestration.defs.jobs import JOB, WITHOUT_LANDING_JOB
from orchestration.defs.ml_assets import build as build_ml
from orchestration.defs.ownership import RAW, in_order, linked, owned
from orchestration.defs.published_assets import build as build_publish
from orchestration.defs.raw_assets import build as build_ingest
from orchestration.defs.resources import PortraitRun
from orchestration.defs.warehouse_assets import build as build_warehouse
from orchestration.publishing.past_days import PastDays
from orchestration.warehouse.manifest import Manifest, source_limits

# What SQL reads and no run makes.
_WRITTEN = [
    dg.AssetSpec(
        ["ingest", "identity_rules"],
        group_name="ingest",
        description="What the user has decided about who is who, read from identity_rules.yml "
        "before each run: docs/identity.md.",
    ),
    dg.AssetSpec(
        ["ingest", "found_links"],
        group_name="ingest",
        description="Who was found to be one person without a shared identifier, read from "
        "found_links.jsonl before each run: docs/identity.md.",
    ),
]


def portrait_definitions(manifest: Manifest, days: PastDays | None) -> dg.Definitions:
    """All assets that the manifest declares, and the jobs that make them, in one process."""
    everything = dg.AssetSelection.all()
    return dg.Definitions(
        assets=in_order(
            automation.automate(
                owned(
                    [
                        dg.AssetsDefinition(specs=_WRITTEN),
                        *linked(
                            [
                                *build_ingest(manifest),
                                *build_warehouse(manifest),
                                *build_ml(manifest),
                                *build_publish(manifest),
                            ]
                        ),
                    ]
                ),
                source_limits(manifest),
            )
        ),
        jobs=[
            dg.define_asset_job(
                JOB,
                selection=everything,
                description="Reads every source, makes every table and publishes the portraits. "
                "If it fails, the last good snapshot stays; the error says what to do.",
            ),
            dg.define_asset_job(
                WITHOUT_LANDING_JOB,
                selection=everything - RAW,
                description="Makes everything behind the raw tables anew: after rows were "
                "corrected, or rules changed. If it fails, the last good snapshot stays, and so do "
                "the corrections; the error says what to do.",
            ),
            past.build(days),
        ],
        sensors=[sensors.close_killed_runs, sensors.run_on_new_data, automation.sensor],
        schedules=[schedules.daily],
        resources={"run": PortraitRun()},
        executor=dg.in_process_executor,
    )
