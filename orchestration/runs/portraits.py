"""Bringing the published snapshot up to date: a run, or nothing when nothing has changed."""

from collections.abc import Sequence

from orchestration import progress
from orchestration.project import Project
from orchestration.publishing.news import look_for_news


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
    from orchestration.runs.job import run_everything

    run_everything(project, full_refresh=force)
