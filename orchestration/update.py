"""Bringing the published snapshot up to date: a run, or nothing when nothing has changed."""

from collections.abc import Sequence

from orchestration import progress
from orchestration.defs.ingest.files import HashCache, find_source_files
from orchestration.fingerprint import (
    FINGERPRINT_FILE,
    Fingerprint,
    changes,
    fingerprint,
    hash_code,
    read_fingerprint,
)
from orchestration.manifest import SourceSystem, source_systems
from orchestration.manifest_file import current_manifest
from orchestration.project import Project
from orchestration.sources import (
    Choice,
    check_choice,
    parse_choice,
    read_choice,
    with_remembered_paths,
    write_choice,
)


def make_portraits(
    project: Project, sources: Sequence[str], as_of_date: str, *, force: bool
) -> None:
    """Runs the job unless the snapshot was made from exactly what is there now.

    Args:
        project: The entered project, whose run lock is held.
        sources: `NAME` or `NAME=PATH` of the sources that are on; none: those of the last run.
        as_of_date: The day of the portraits, YYYY-MM-DD; empty: the day after the last order.
        force: Run in any case.

    Raises:
        PortraitError: The sources are not usable, or the run failed.
    """
    progress.started("looking for what has changed")
    systems = source_systems(current_manifest(project))
    named = with_remembered_paths(parse_choice(sources), project.sources_file, systems)
    choice = named or read_choice(project.sources_file, systems)
    check_choice(choice, systems)
    new = _fingerprint(project, systems, choice, as_of_date)
    if sources:
        write_choice(project.sources_file, choice)
    old = read_fingerprint(project.current / FINGERPRINT_FILE)
    changed = changes(new, old)
    if not changed and not force:
        progress.logger.info("Nothing is new since the last run (--force builds all the same).")
        return
    progress.logger.info("Building: %s.", _reason(changed, old))
    from orchestration.job import run_job

    run_job(project, as_of_date)


def _reason(changed: Sequence[str], old: Fingerprint | None) -> str:
    if old is None:
        return "there is no complete snapshot yet"
    return f"new since the last run: {', '.join(changed)}" if changed else "--force"


def _fingerprint(
    project: Project, systems: dict[str, SourceSystem], choice: Choice, as_of_date: str
) -> Fingerprint:
    hashes = HashCache(project.file_hashes)
    files = {name: find_source_files(systems[name], path) for name, path in choice.items()}
    sources = {
        name: {table: hashes.hash_all(found) for table, found in tables.items()}
        for name, tables in files.items()
    }
    return fingerprint(choice, sources, as_of_date, hash_code(project.code))
