"""What Dagster loads: all assets, one job."""

import dagster as dg

from orchestration.defs.assembly import portrait_definitions
from orchestration.manifest_file import current_manifest
from orchestration.project import enter


@dg.definitions
def portrait() -> dg.Definitions:
    """The assets from raw to published, as the dbt project declares them now."""
    return portrait_definitions(current_manifest(enter()))
