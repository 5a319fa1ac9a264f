"""What Dagster loads: all assets, one job."""

import dagster as dg

from orchestration.defs.assembly import portrait_definitions
from orchestration.project import enter
from orchestration.warehouse.current_manifest import current_manifest


@dg.definitions
def portrait() -> dg.Definitions:
    """The assets from raw to published, as the dbt project declares them now."""
    return portrait_definitions(current_manifest(enter()))
