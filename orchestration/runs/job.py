"""Running the job in this process, with Dagster's and dbt's own talk kept out of the terminal."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import dagster as dg

from orchestration.definitions import portrait
from orchestration.defs.jobs import JOB, PAST_JOB
from orchestration.errors import PortraitError, chain_of
from orchestration.project import Project
from orchestration.quoting import plain_lines

# A failure is told once, by whoever catches it.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run_job(
    project: Project, name: str = JOB, as_of_date: str = "", *, full_refresh: bool = False
) -> None:
    """Makes every asset; recorded in the Dagster instance that the UI shows, if they are current.

    Args:
        project: The entered project.
        name: The job: all of it, or all but landing.
        as_of_date: The past day of the portraits, YYYY-MM-DD; empty: the current ones.
        full_refresh: Build every table whole, whatever is there.

    Raises:
        PortraitError: The run failed. What a user cannot put right is in the log that it names.
    """
    run = {"as_of_date": as_of_date, "is_collected": True, "is_full_refresh": full_refresh}
    # What Dagster shows of an asset is the current one: a past day leaves no events.
    instance = dg.DagsterInstance.ephemeral() if as_of_date else dg.DagsterInstance.get()
    with instance, _telling_errors(project):
        portrait().resolve_job_def(name).execute_in_process(
            run_config={"resources": {"run": {"config": run}}, **_QUIET}, instance=instance
        )


def run_past_job(project: Project, day: str, *, force: bool) -> None:
    """Publishes the portraits as of a past day, as a partition of the job that backfills run.

    Args:
        project: The entered project.
        day: YYYY-MM-DD.
        force: Make them though nothing is new.

    Raises:
        PortraitError: The run failed.
    """
    op = {"publish_past_day": {"config": {"force": force}}}
    with dg.DagsterInstance.get() as instance, _telling_errors(project):
        portrait().resolve_job_def(PAST_JOB).execute_in_process(
            run_config={"ops": op, **_QUIET}, instance=instance, partition_key=day
        )


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
    return PortraitError(
        f"The run failed: {type(error).__name__}: {' '.join(str(error).split())[:300]}",
        f"The whole story is in {project.run_log}.",
    )
