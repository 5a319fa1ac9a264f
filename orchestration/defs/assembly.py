"""All definitions put together."""

import dagster as dg

from orchestration.defs import sensors
from orchestration.defs.ingest.assets import build as build_ingest
from orchestration.defs.ml.assets import build as build_ml
from orchestration.defs.publish.assets import build as build_publish
from orchestration.defs.resources import PortraitRun
from orchestration.defs.warehouse.assets import build as build_warehouse
from orchestration.manifest import Manifest

JOB = "portrait"


def portrait_definitions(manifest: Manifest) -> dg.Definitions:
    """All assets that the manifest declares, and the job that makes them, in one process."""
    return dg.Definitions(
        assets=[
            *build_ingest(manifest),
            *build_warehouse(manifest),
            *build_ml(manifest),
            *build_publish(manifest),
        ],
        jobs=[dg.define_asset_job(JOB, selection=dg.AssetSelection.all())],
        sensors=[sensors.dead_runs],
        resources={"run": PortraitRun()},
        executor=dg.in_process_executor,
    )
