"""Which source systems are on, and where the raw data of each comes from.

`sources.yml` (PORTRAIT_SOURCES, else in PORTRAIT_OWN) is the user's: it declares folders,
databases and APIs. `choice.yml` beside it remembers what was named on the command line.
"""

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import yaml

from orchestration.connections.clear_text import check_location
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.state.whole_files import write_whole
from orchestration.warehouse.manifest import SourceSystem

if TYPE_CHECKING:
    from orchestration.connections.declared import Connection, Declarations

# A local folder or file, or a URL that fsspec knows (s3://…, https://…), which stays text.
Location = Path | str

# Source system → its location, database or API; None: the data comes with a package,
# or is simulated.
Choice = dict[str, "Location | Connection | None"]


def parse_choice(arguments: Iterable[str]) -> dict[str, Location | None]:
    """Reads `NAME`, `NAME=PATH` and `NAME=URL` as they stand on the command line.

    Raises:
        PortraitError: A URL holds a secret, which would be remembered and published.
    """
    choice: dict[str, Location | None] = {}
    for argument in arguments:
        check_location("The location of a source", argument)
        name, _, location = argument.partition("=")
        choice[name] = parse_location(location) if location else None
    return choice


def parse_location(text: str) -> Location:
    """A location as the user wrote it; `file://` is a local path like any other."""
    if text.startswith("file://"):
        return Path(url2pathname(urlsplit(text).path))
    return text if "://" in text else Path(text).expanduser().absolute()


def choose(
    project: Project, systems: Mapping[str, SourceSystem], arguments: Iterable[str]
) -> Choice:
    """The sources that are named, or else those of the last run.

    Where nothing was ever named, everything in `sources.yml` is on; where that is empty too, the
    default source system.

    Raises:
        PortraitError: `sources.yml` or `choice.yml` is not what it should be.
    """
    declared = _declarations(project)
    named = parse_choice(arguments) or _remembered(project.choice_file)
    if named is None:
        names = list(declared.entries) if declared else []
        names = names or [name for name, system in systems.items() if system.is_default]
        named = dict.fromkeys(names)
    return {name: path or _declared_origin(declared, name) for name, path in named.items()}


def write_choice(choice_file: Path, choice: Choice) -> None:
    """Remembers the choice for later runs and for Dagster's UI; no setting of a connection."""
    remembered = {
        name: {"path": str(origin)} if isinstance(origin, Path | str) else {}
        for name, origin in choice.items()
    }
    write_whole(choice_file, yaml.safe_dump(remembered, sort_keys=True))


def is_connection(origin: object) -> bool:
    """Whether an origin is a database or API, not files."""
    return not isinstance(origin, Path | str | None)


def check_choice(choice: Mapping[str, object], systems: Mapping[str, SourceSystem]) -> None:
    """Refuses a source system that nobody declared, and one whose data is nowhere.

    Raises:
        PortraitError: With the names that are known, or what to add to the command.
    """
    known = ", ".join(systems)
    for name, origin in choice.items():
        if name not in systems:
            near = difflib.get_close_matches(name, systems, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise PortraitError(
                f"Unknown source {name!r}.{meant}",
                f"Known sources: {known}. A source of your own: portrait source add {name}",
            )
        brings_data = systems[name].package is not None or systems[name].is_simulated
        if origin is None and not brings_data:
            raise PortraitError(
                f"The source {name} needs the folder or file that holds its data.",
                f"Name it: make run SOURCE={name} DATA=/path/to/data",
            )
    if not choice:
        raise PortraitError("No source is switched on.", f"Name one of {known}: make run SOURCE=…")


def _declarations(project: Project) -> "Declarations | None":
    if not project.sources_file.exists():
        return None
    # Its checks need a library whose import costs half of a run that has nothing to do.
    from orchestration.connections.declared import read_declarations

    return read_declarations(project.sources_file)


def _declared_origin(declared: "Declarations | None", name: str) -> "Location | Connection | None":
    return (declared.connection(name) or declared.location(name)) if declared else None


def _remembered(choice_file: Path) -> dict[str, Location | None] | None:
    if not choice_file.exists():
        return None
    try:
        remembered = yaml.safe_load(choice_file.read_text()) or {}
        paths = {name: (options or {}).get("path") for name, options in remembered.items()}
        for name, path in paths.items():
            check_location(f"{choice_file}: {name}", path or "")
        return {name: parse_location(path) if path else None for name, path in paths.items()}
    except (AttributeError, TypeError, yaml.YAMLError):
        raise PortraitError(
            f"{choice_file} is not a list of source systems.",
            "Delete it, or name the sources again: make run SOURCE=…",
        ) from None
