"""All definitions put together."""

import dagster as dg

from orchestration.defs import automation, past, schedules, sensors
from orchestration.defs.jobs import JOB, JUDGE_AGAIN_JOB
from orchestration.defs.ml_assets import build as build_ml
from orchestration.defs.published_assets import build as build_publish
from orchestration.defs.raw_assets import build as build_ingest
from orchestration.defs.resources import PortraitRun
from orchestration.defs.warehouse_assets import build as build_warehouse
from orchestration.warehouse.manifest import Manifest, source_limits


def portrait_definitions(manifest: Manifest) -> dg.Definitions:
    """All assets that the manifest declares, and the jobs that make them, in one process."""
    everything = dg.AssetSelection.all()
    raw = dg.AssetSelection.groups("raw")
    return dg.Definitions(
        assets=automation.automate(
            [
                *build_ingest(manifest),
                *build_warehouse(manifest),
                *build_ml(manifest),
                *build_publish(manifest),
            ],
            source_limits(manifest),
        ),
        jobs=[
            dg.define_asset_job(JOB, selection=everything),
            dg.define_asset_job(JUDGE_AGAIN_JOB, selection=everything - raw),
            past.portraits_as_of,
        ],
        sensors=[sensors.dead_runs, sensors.new_data, automation.sensor],
        schedules=[schedules.daily],
        resources={"run": PortraitRun()},
        executor=dg.in_process_executor,
    )
