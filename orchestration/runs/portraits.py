"""Bringing the published snapshot up to date: a run, or nothing when nothing has changed."""

from collections.abc import Sequence
from contextlib import suppress

import duckdb

from orchestration import progress
from orchestration.landing.corrections_file import write_corrections
from orchestration.loading import loading
from orchestration.modelling.kept_models import load_format
from orchestration.project import Project
from orchestration.publishing.news import look_for_news
from orchestration.warehouse.opening import (
    DamagedWarehouseError,
    open_warehouse,
    remove_warehouse,
)


def discard_warehouse(project: Project) -> None:
    """Removes the warehouse, so that the next run makes it anew; what the user corrected stays.

    Args:
        project: The entered project, whose run lock is held.

    Raises:
        PortraitError: Another program has it open, or the corrections cannot be written.
    """
    if project.warehouse.exists() and not project.corrections_file.exists():
        # An earlier version kept the corrections in there alone.
        with (
            suppress(DamagedWarehouseError, duckdb.Error),
            open_warehouse(project.warehouse) as warehouse,
        ):
            write_corrections(warehouse, project.corrections_file)
    remove_warehouse(project.warehouse)


def make_portraits(project: Project, sources: Sequence[str], *, force: bool) -> None:
    """Runs the job unless the snapshot was made from exactly what is there now.

    Args:
        project: The entered project, whose run lock is held.
        sources: `NAME` or `NAME=PATH` of the sources that are on; none: those of the last run.
        force: Run in any case, and build every table whole.

    Raises:
        PortraitError: The sources are not usable, or the run failed.
    """
    news = look_for_news(project, sources)
    if not news.changed and not force:
        progress.logger.info("Nothing is new since the last run (--force builds all the same).")
        return
    progress.logger.info("Building: %s.", news.reason)
    with loading():
        load_format()
        from orchestration.runs.job import run_everything

    run_everything(project, full_refresh=force)
