"""`portrait source add`: sample, guess, draft, and remember where the files are."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb
from rich.console import Console

from orchestration.errors import PortraitError
from orchestration.onboarding.draft import write_draft
from orchestration.onboarding.guess import guess
from orchestration.onboarding.report import print_draft, print_guess
from orchestration.onboarding.sample import sample_files
from orchestration.onboarding.vocabulary import read_contract, table_words
from orchestration.project import Project

# A source's name names a folder, a schema and a CTE beside these.
_TAKEN = {"contract", "unioned", "ml", "ingest"}


def add_source(console: Console, project: Project, name: str, path: Path, time_zone: str) -> None:
    """Drafts the staging models of a source of files and switches it on.

    Args:
        console: Where the report goes.
        project: The entered project; its dbt project is added to.
        name: Name of the new source system.
        path: Folder or file.
        time_zone: IANA name of the clock that times without a zone were read off.

    Raises:
        PortraitError: The name or the time zone cannot be, or there is nothing to read.
    """
    check_name(name)
    _check_time_zone(time_zone)
    path = path.expanduser().absolute()
    with sample_files(path, table_words()) as sample:
        guessed = guess(sample, read_contract(project.dbt_project))
        print_guess(console, name, sample, guessed)
        if not guessed.entities:
            raise PortraitError(
                f"Nothing was drafted for {name}: no table looks like orders, customers or "
                "anything else that the contract knows.",
                "Write the models by hand (README, Bring your own), or give the columns names "
                "that say what they hold.",
            )
        draft = write_draft(project.dbt_project, name, sample, guessed, time_zone)
    _remember(project, name, path)
    print_draft(console, name, draft)


def check_name(name: str) -> None:
    """Refuses names that cannot name a folder, a schema and a CTE.

    Raises:
        PortraitError: With what a name looks like.
    """
    is_plain = re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) and "__" not in name
    with duckdb.connect() as connection:
        keywords = connection.execute(
            "select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'"
        ).fetchall()
    if not is_plain or name in _TAKEN or (name,) in keywords:
        raise PortraitError(
            f"{name!r} cannot be the name of a source.",
            "Take lower case letters, digits and single underscores, no word of SQL: web_shop.",
        )


def _check_time_zone(time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PortraitError(
            f"{time_zone!r} is no time zone.", "Use an IANA name such as Europe/Berlin."
        ) from error


def _remember(project: Project, name: str, path: Path) -> None:
    from orchestration.manifest import source_systems
    from orchestration.manifest_file import current_manifest
    from orchestration.sources import add_to_choice

    systems = source_systems(current_manifest(project))
    add_to_choice(project.sources_file, systems, name, path)
