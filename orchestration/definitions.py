"""What Dagster loads: all assets, their jobs, schedules and sensors."""

import dagster as dg

from orchestration.defs.jobs import JOB, PAST_JOB, WITHOUT_LANDING_JOB
from orchestration.defs.killed_runs import fail_killed_runs
from orchestration.entering import enter
from orchestration.publishing.past_days import past_days
from orchestration.warehouse.current_manifest import current_manifest

# For those above: nobody else looks into `defs`.
__all__ = ["JOB", "PAST_JOB", "WITHOUT_LANDING_JOB", "fail_killed_runs", "portrait"]


@dg.definitions
def portrait() -> dg.Definitions:
    """The assets from raw to published, as the dbt project declares them now."""
    # dagster-dbt and all that assets work with: who asks how the last runs ended needs none of it.
    from orchestration.defs.assembly import portrait_definitions

    project = enter()
    return portrait_definitions(current_manifest(project), past_days(project.current))
