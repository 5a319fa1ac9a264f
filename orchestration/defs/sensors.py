"""What Dagster watches while its UI is open."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration.defs.jobs import JOB
from orchestration.defs.killed_runs import fail_killed_runs
from orchestration.entering import enter
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.publishing.news import look_for_news
from orchestration.state.lock import is_locked, run_lock

# A run that has just been launched takes some seconds until it holds the lock.
_STARTUP = timedelta(minutes=2)


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Marks runs whose process was killed as failed; the queue would wait for them for "
    "ever. If it fails, nothing is lost: the next run does the same before it begins.",
)
def close_killed_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Nobody holds the run lock: whatever is recorded as running is not."""
    if is_locked(Project.find().lock_file):
        return dg.SkipReason("A run is going on.")
    closed = fail_killed_runs(context.instance, silent_for=_STARTUP)
    return dg.SkipReason(f"{closed} runs had been killed, and are marked as failed.")


def _now() -> datetime:
    return datetime.now(UTC)


@dg.sensor(
    job_name=JOB,
    minimum_interval_seconds=60,
    description="Starts a run when a file is new or has changed, a database or an API has new "
    "rows, a row was corrected or the code is another. If a source cannot be asked, the reason "
    "stands beside the tick; a run that fails is tried again after an hour.",
)
def run_on_new_data() -> dg.RunRequest | dg.SkipReason:
    """Looks as `portrait run` does; what it pulls from databases is what the run then lands."""
    project = Project.find()
    if is_locked(project.lock_file):
        return dg.SkipReason("A run is going on; what comes meanwhile is seen when it has ended.")
    try:
        with run_lock(enter(project).lock_file):
            news = look_for_news(project)
    except PortraitError as error:
        return dg.SkipReason(f"{error.message} {error.hint}")
    if not news.changed:
        return dg.SkipReason("Nothing is new.")
    # One run for one state of the sources, however often they are looked at until it is made. If it
    # fails it is tried again an hour later, and not every minute.
    state = hashlib.sha256(json.dumps(news.made_from, sort_keys=True).encode()).hexdigest()
    return dg.RunRequest(
        run_key=f"{state}-{_now():%Y%m%dT%H}",
        run_config={"resources": {"run": {"config": {"is_collected": True}}}},
        tags={"portrait/reason": news.reason},
    )
