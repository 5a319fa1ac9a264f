"""Portraits as of a past day: made on a copy of the warehouse, published beside the others.

Its steps are those that make the current portraits, without landing: the same raw rows, looked at
as one would have on that day.
"""

from dataclasses import replace
from pathlib import Path

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.modelling.checks import (
    check_lifetime_values,
    check_predictions,
    check_recommendations,
    check_segments,
    raise_errors,
)
from orchestration.modelling.declared_recommendations import declared_recommendations
from orchestration.modelling.declared_segments import declared_segments
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.steps import (
    lifetime_values_step,
    predictions_step,
    recommendations_step,
    segments_step,
    tidy_metrics,
)
from orchestration.modelling.targets import declared_predictions
from orchestration.progress import step
from orchestration.project import Project
from orchestration.publishing.fingerprint import (
    FINGERPRINT_FILE,
    Fingerprint,
    changes,
    read_fingerprint,
)
from orchestration.publishing.past_days import check_past_day
from orchestration.publishing.publish import Making, publish
from orchestration.publishing.versions import check_published
from orchestration.warehouse.building import build_half
from orchestration.warehouse.manifest import Manifest, ml_tables
from orchestration.warehouse.opening import open_warehouse
from orchestration.warehouse.past_copy import past_project


def make_past_portraits(
    project: Project, manifest: Manifest, day: str, making: Making, *, force: bool
) -> Path:
    """Publishes the portraits as of a past day beside the current ones, from the same raw rows.

    Args:
        project: The entered project, whose run lock is held.
        manifest: Of the dbt project.
        day: YYYY-MM-DD.
        making: The run that makes them.
        force: Make them in any case.

    Returns:
        The folder of the snapshot.

    Raises:
        PortraitError: There are no current portraits yet, nobody had ordered by that day, or a step
            failed.
    """
    check_past_day(project, day)
    past = replace(project, past_day=day)
    made_from = {**_made_from(project), "as-of date": day}
    check_published(past.published)
    if force or changes(made_from, read_fingerprint(past.current / FINGERPRINT_FILE)):
        progress.logger.info("Building the portraits as of %s.", day)
        with past_project(project, day) as copy:
            _make(copy, manifest, making, is_forced=force)
    else:
        progress.logger.info("Nothing is new since the portraits as of %s were made.", day)
    return past.current


def _make(past: Project, manifest: Manifest, making: Making, *, is_forced: bool) -> None:
    tables, declared = ml_tables(manifest), declared_predictions(manifest)
    rule, recommending = declared_segments(manifest), declared_recommendations(manifest)
    maker = Maker.of_code(making.code_hash, is_forced=is_forced)
    build_half(past, manifest, after_ml=False, is_full_refresh=is_forced)
    with open_warehouse(past.warehouse) as warehouse:
        segments = segments_step(warehouse, tables, maker, rule)
        raise_errors(check_segments(warehouse, segments))
        predictions = predictions_step(warehouse, tables, declared, maker)
        raise_errors(check_predictions(warehouse, predictions))
        values = lifetime_values_step(warehouse, tables, maker)
        raise_errors(check_lifetime_values(warehouse, values))
        recommended = recommendations_step(warehouse, tables, maker, recommending)
        raise_errors(check_recommendations(warehouse, recommended))
        tidy_metrics(warehouse, tables, declared, rule.method)
    build_half(past, manifest, after_ml=True, is_full_refresh=is_forced)
    with step("published") as current:
        published = publish(past, manifest, making)
        current.rows = sum(published.rows.values())
        current.detail = f"{published.table_count} tables"


def _made_from(project: Project) -> Fingerprint:
    made_from = read_fingerprint(project.current / FINGERPRINT_FILE)
    if made_from is None:
        raise PortraitError(
            "The current portraits are not of one piece: they come from runs of parts of the job.",
            "Make them first: portrait run",
        )
    return made_from
