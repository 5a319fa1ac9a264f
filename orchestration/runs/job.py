"""Running the job in this process, with Dagster's and dbt's own talk kept out of the terminal."""

import traceback
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import duckdb

from orchestration.definitions import (
    JOB,
    PAST_JOB,
    WITHOUT_LANDING_JOB,
    fail_killed_runs,
    portrait,
)
from orchestration.errors import PortraitError, chain_of
from orchestration.loading import loading
from orchestration.project import Project
from orchestration.publishing.past_days import check_past_day
from orchestration.quoting import plain_lines
from orchestration.state.memory import MORE_MEMORY

# A failure is told once, by whoever catches it.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


# By these the UI finds a run: in its timeline, under its job and under its partition.
_REPOSITORY = {".dagster/repository": "__repository__@portrait"}
_PAST_DAYS = {"dagster/partition_set": f"{PAST_JOB}_partition_set"}


def run_everything(project: Project, *, full_refresh: bool = False) -> None:
    """Makes every asset, right after the sources were looked at.

    Args:
        project: The entered project.
        full_refresh: Build every table whole, whatever is there.

    Raises:
        PortraitError: The run failed. What a user cannot put right is in the log that it names.
    """
    run = {"is_collected": True, "is_full_refresh": full_refresh}
    _run(project, JOB, {"resources": {"run": {"config": run}}})


def run_without_landing(project: Project) -> None:
    """Makes every asset behind the raw tables anew.

    Raises:
        PortraitError: The run failed. What a user cannot put right is in the log that it names.
    """
    _run(project, WITHOUT_LANDING_JOB, {})


def run_past_day(project: Project, day: str, *, force: bool) -> None:
    """Publishes the portraits as of a past day, as a partition of the job that backfills run.

    Args:
        project: The entered project.
        day: YYYY-MM-DD.
        force: Make them though nothing is new.

    Raises:
        PortraitError: The run failed.
    """
    check_past_day(project, day)
    op = {"publish_past_day": {"config": {"force": force}}}
    _run(project, PAST_JOB, {"ops": op}, day)


def close_killed_runs() -> None:
    """Marks the unfinished runs of the instance as failed; for who knows that none is going on."""
    with dg.DagsterInstance.get() as instance:
        fail_killed_runs(instance)


@dataclass(frozen=True)
class RunRecord:
    """What Dagster remembers of a run; times are UTC, None where it has not come to that."""

    job: str
    status: str
    began_at: datetime | None
    ended_at: datetime | None

    @property
    def took(self) -> timedelta | None:
        """How long it took, once it has ended."""
        return self.ended_at - self.began_at if self.began_at and self.ended_at else None


def last_runs(count: int) -> list[RunRecord]:
    """The last runs of the instance, the latest first."""
    with dg.DagsterInstance.get() as instance:
        records = instance.get_run_records(limit=count)
    return [
        RunRecord(
            record.dagster_run.job_name,
            record.dagster_run.status.value.lower(),
            _moment(record.start_time),
            _moment(record.end_time),
        )
        for record in records
    ]


def _moment(timestamp: float | None) -> datetime | None:
    return datetime.fromtimestamp(timestamp, UTC) if timestamp else None


def _run(
    project: Project, name: str, run_config: Mapping[str, Any], partition: str | None = None
) -> None:
    """Runs a job in this process, recorded in the instance that Dagster's UI shows."""
    run_id = str(uuid.uuid4())
    with (
        dg.DagsterInstance.get() as instance,
        _telling_errors(project),
        _noting_stops(instance, run_id),
    ):
        with loading():
            job = portrait().resolve_job_def(name)
        job.execute_in_process(
            run_id=run_id,
            run_config={**run_config, **_QUIET},
            instance=instance,
            partition_key=partition,
            tags={**_REPOSITORY, **(_PAST_DAYS if partition else {})},
        )


@contextmanager
def _noting_stops(instance: dg.DagsterInstance, run_id: str) -> Iterator[None]:
    """A run that its user stops is canceled; Dagster calls it a failure that nobody asked for."""
    try:
        yield
    except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
        run = instance.get_run_by_id(run_id)
        if run and run.status != dg.DagsterRunStatus.CANCELED:
            instance.report_run_canceled(run, "The user has stopped this run.")
        raise


@contextmanager
def _telling_errors(project: Project) -> Iterator[None]:
    """Turns whatever stops a run into what a user can read.

    Raises:
        PortraitError: The run failed. What a user cannot put right is in the log that it names.
    """
    try:
        yield
    except dg.DagsterExecutionInterruptedError as interruption:
        raise KeyboardInterrupt from interruption
    except Exception as error:
        with suppress(OSError):  # The disk may be full.
            story = plain_lines("".join(traceback.format_exception(error)))
            project.run_log.write_text(story, encoding="utf-8")
        raise _user_error(error, project) from error


def _user_error(error: BaseException, project: Project) -> PortraitError:
    """The PortraitError that a chain of exceptions began with, or one that names the log."""
    for cause in chain_of(error):
        if isinstance(cause, PortraitError):
            return cause
        if isinstance(cause, duckdb.OutOfMemoryException):
            return PortraitError(f"The run failed: {' '.join(str(cause).split())}", MORE_MEMORY)
    return PortraitError(
        f"The run failed: {type(error).__name__}: {' '.join(str(error).split())[:300]}",
        f"The whole story is in {project.run_log}.",
    )
