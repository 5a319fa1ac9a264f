"""Portraits as of a past day: made on a copy of the warehouse, published beside the others."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.project import Project, entered
from orchestration.publishing.fingerprint import (
    FINGERPRINT_FILE,
    Fingerprint,
    changes,
    read_fingerprint,
)
from orchestration.warehouse.opening import open_warehouse


def make_past_portraits(project: Project, day: str, *, force: bool) -> Path:
    """Publishes the portraits as of a past day beside the current ones, from the same raw rows.

    Args:
        project: The entered project, whose run lock is held.
        day: YYYY-MM-DD.
        force: Make them in any case.

    Returns:
        The folder of the snapshot.

    Raises:
        PortraitError: There are no current portraits yet, or the run failed.
    """
    past = replace(project, past_day=day)
    made_from = {**_made_from(project), "as-of date": day}
    _check_any_order_before(project, day)
    if force or changes(made_from, read_fingerprint(past.current / FINGERPRINT_FILE)):
        progress.logger.info("Building the portraits as of %s.", day)
        from orchestration.defs.jobs import JUDGE_AGAIN_JOB
        from orchestration.runs.job import run_job

        run_job(project, JUDGE_AGAIN_JOB, as_of_date=day, full_refresh=force)
    else:
        progress.logger.info("Nothing is new since the portraits as of %s were made.", day)
    return past.current


def _made_from(project: Project) -> Fingerprint:
    made_from = read_fingerprint(project.current / FINGERPRINT_FILE)
    if made_from is None:
        raise PortraitError(
            "There are no current portraits whose rows could be looked at as of an earlier day.",
            "Make them first: portrait run.",
        )
    return made_from


def _check_any_order_before(project: Project, day: str) -> None:
    with open_warehouse(project.warehouse) as warehouse:
        ((first,),) = warehouse.execute(
            "select min(order_date)::varchar from intermediate.int_orders"
        ).fetchall()
    if first is not None and first >= day:
        raise PortraitError(
            f"Nobody has ordered before {day}: the first order is of {first}.",
            "Choose a later day.",
        )


@contextmanager
def past_project(project: Project, day: str) -> Iterator[Project]:
    """The project as of a past day, with a copy of the warehouse to work on.

    What depends on the day is made anew in the copy; what does not stays as it is.

    Args:
        project: The entered project, whose run lock is held and whose warehouse is closed.
        day: YYYY-MM-DD.
    """
    past = replace(project, past_day=day)
    shutil.rmtree(past.past_work, ignore_errors=True)  # A killed run left it.
    past.past_work.mkdir(parents=True)
    try:
        with open_warehouse(project.warehouse):
            pass  # What a killed run has left in the log is written into the file.
        shutil.copyfile(project.warehouse, past.warehouse)
        with entered(past):
            yield past
    finally:
        shutil.rmtree(past.past_work, ignore_errors=True)
