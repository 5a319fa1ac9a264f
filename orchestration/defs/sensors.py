"""What Dagster watches while its UI is open."""

from datetime import timedelta

import dagster as dg

from orchestration.housekeeping import fail_dead_runs
from orchestration.lock import is_locked
from orchestration.project import Project

# A run that has just been launched takes some seconds until it holds the lock.
_STARTUP = timedelta(minutes=2)


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Closes the records of killed runs, for which the queue would wait for ever.",
)
def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Nobody holds the run lock: whatever is recorded as running is not."""
    if is_locked(Project.find().lock_file):
        return dg.SkipReason("A run is going on.")
    return dg.SkipReason(f"{fail_dead_runs(context.instance, silent_for=_STARTUP)} runs were dead.")
