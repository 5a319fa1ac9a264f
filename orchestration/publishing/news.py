"""What is new since the published snapshot was made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration import progress
from orchestration.code_digest import hash_code
from orchestration.connections.source_health import record_failure, record_success
from orchestration.connections.sources import (
    Choice,
    check_choice,
    choose,
    is_connection,
    write_choice,
)
from orchestration.errors import PortraitError
from orchestration.identity.rules_table import remember_found_links, remember_rules
from orchestration.landing.collect import Contents, collect
from orchestration.landing.corrections import corrections_digest
from orchestration.landing.corrections_file import read_corrections
from orchestration.modelling.pins_table import remember_pins
from orchestration.project import Project
from orchestration.publishing.fingerprint import (
    FINGERPRINT_FILE,
    Fingerprint,
    changes,
    fingerprint,
    read_fingerprint,
)
from orchestration.publishing.open_points import look_for_open_points, write_open_points
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.manifest import SourceSystem, source_systems
from orchestration.warehouse.opening import open_warehouse


@dataclass(frozen=True)
class News:
    """What has changed since the current snapshot was made.

    Attributes:
        changed: Names of the parts that differ.
        made_from: What a snapshot would be made from now.
        is_first: There is no complete snapshot yet.
    """

    changed: list[str]
    made_from: Fingerprint
    is_first: bool

    @property
    def reason(self) -> str:
        """Why one would build, in words."""
        if self.is_first:
            return "there is no complete snapshot yet"
        listed = ", ".join(self.changed)
        return f"new since the last run: {listed}" if self.changed else "everything was asked for"


def look_for_news(project: Project, sources: Sequence[str] = ()) -> News:
    """Asks every source, pulling what is new from databases and APIs, and compares.

    Args:
        project: The entered project, whose run lock is held.
        sources: `NAME` or `NAME=PATH` of the sources that are on; none: those of the last run.

    Raises:
        PortraitError: The sources are not usable.
    """
    progress.started("looking for what has changed")
    systems = source_systems(current_manifest(project))
    choice = choose(project, systems, sources)
    check_choice(choice, systems)
    write_open_points(project.open_points, look_for_open_points(systems, choice))
    old = read_fingerprint(project.current / FINGERPRINT_FILE)
    contents = _collect_all(project, systems, choice, old)
    new = fingerprint(choice, contents, "", hash_code(project.code), *_written(project, systems))
    if sources:
        write_choice(project.choice_file, choice)
    return News(changes(new, old), new, is_first=old is None)


def _collect_all(
    project: Project, systems: dict[str, SourceSystem], choice: Choice, old: Fingerprint | None
) -> dict[str, Contents]:
    """What each source holds; of one that fails, what the last snapshot was made from.

    Files that have changed are looked at here, and read when they are landed.

    Raises:
        PortraitError: No source can be read.
    """
    contents: dict[str, Contents] = {}
    errors: list[PortraitError] = []
    before = old.get("source files", {}) if old else {}
    for name, origin in choice.items():
        progress.started(f"asking {name}")
        try:
            contents[name] = collect(project, systems[name], origin)
        except PortraitError as error:
            errors.append(error)
            health = record_failure(project.source_health, name, error)
            if len(errors) == len(choice):
                raise
            progress.warning(f"{health} {error.hint}")
            if name in before:
                contents[name] = before[name]
        else:
            if is_connection(origin) or contents[name] == before.get(name):
                record_success(project.source_health, name)
    return contents


def _written(project: Project, systems: Mapping[str, SourceSystem]) -> tuple[str, str, str, str]:
    """Hashes of the corrections, the rules about who is who, what was found of it, and the pins.

    The warehouse takes them in.
    """
    rules, found, pins = project.identity_rules, project.found_links, project.pinned_models
    files = (project.corrections_file, rules, found, pins)
    if not any(file.exists() for file in (project.warehouse, *files)):
        return "", "", "", ""
    tables = [table for system in systems.values() for table in system.tables]
    with open_warehouse(project.warehouse) as connection:
        read_corrections(connection, tables, project.corrections_file)
        decided = remember_rules(connection, rules), remember_found_links(connection, found)
        return corrections_digest(connection), *decided, remember_pins(connection, pins)
