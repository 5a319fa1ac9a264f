"""All definitions put together."""

import dagster as dg

from orchestration.defs import past, sensors
from orchestration.defs.ingest.assets import build as build_ingest
from orchestration.defs.ml.assets import build as build_ml
from orchestration.defs.publish.assets import build as build_publish
from orchestration.defs.resources import PortraitRun
from orchestration.defs.warehouse.assets import build as build_warehouse
from orchestration.manifest import Manifest

JOB = "portrait"
# All but landing: the raw rows stay as they are, corrections included.
JUDGE_AGAIN_JOB = "judge_again"


def portrait_definitions(manifest: Manifest) -> dg.Definitions:
    """All assets that the manifest declares, and the jobs that make them, in one process."""
    everything = dg.AssetSelection.all()
    raw = dg.AssetSelection.groups("raw")
    return dg.Definitions(
        assets=[
            *build_ingest(manifest),
            *build_warehouse(manifest),
            *build_ml(manifest),
            *build_publish(manifest),
        ],
        jobs=[
            dg.define_asset_job(JOB, selection=everything),
            dg.define_asset_job(JUDGE_AGAIN_JOB, selection=everything - raw),
            past.portraits_as_of,
        ],
        sensors=[sensors.dead_runs],
        resources={"run": PortraitRun()},
        executor=dg.in_process_executor,
    )
