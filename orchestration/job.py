"""Running the job in this process, with Dagster's and dbt's own talk kept out of the terminal."""

import traceback

import dagster as dg

from orchestration.definitions import portrait
from orchestration.defs.assembly import JOB
from orchestration.errors import PortraitError
from orchestration.project import Project


def run_job(project: Project, as_of_date: str, name: str = JOB) -> None:
    """Makes every asset, recorded in the Dagster instance that the UI shows.

    Args:
        project: The entered project.
        as_of_date: The day of the portraits, YYYY-MM-DD; empty: the day after the last order.
        name: The job: all of it, or all but landing.

    Raises:
        PortraitError: The run failed. What a user cannot put right is in the log that it names.
    """
    job = portrait().resolve_job_def(name)
    config = {
        "resources": {"run": {"config": {"as_of_date": as_of_date, "is_collected": True}}},
        # A failure is told once, by whoever catches it.
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    try:
        with dg.DagsterInstance.get() as instance:
            job.execute_in_process(run_config=config, instance=instance)
    except dg.DagsterExecutionInterruptedError as interruption:
        raise KeyboardInterrupt from interruption
    except Exception as error:
        project.run_log.write_text("".join(traceback.format_exception(error)))
        raise _user_error(error, project) from error


def _user_error(error: BaseException, project: Project) -> PortraitError:
    """The PortraitError that a chain of exceptions began with, or one that names the log."""
    # Dagster rethrows what it caught while handling it, so the chain can bite its own tail.
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        if isinstance(cause, PortraitError):
            return cause
        seen.append(cause)
        cause = cause.__cause__ or cause.__context__
    return PortraitError(
        f"The run failed: {type(error).__name__}: {' '.join(str(error).split())[:300]}",
        f"The whole story is in {project.run_log}.",
    )
