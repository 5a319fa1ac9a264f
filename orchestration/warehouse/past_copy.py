"""A copy of the warehouse, in which the portraits of a past day are made."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from orchestration.entering import entered
from orchestration.project import Project
from orchestration.warehouse.opening import open_warehouse


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
