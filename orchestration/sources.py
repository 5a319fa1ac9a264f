"""Which source systems are on: what the user asks for, remembered in `sources.yml`."""

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from orchestration.errors import PortraitError
from orchestration.manifest import SourceSystem

# Source system → the folder or file that the user gave; None: the data comes with a package.
Choice = dict[str, Path | None]


def parse_choice(arguments: Iterable[str]) -> Choice:
    """Reads `NAME` and `NAME=PATH` as they stand on the command line."""
    choice: Choice = {}
    for argument in arguments:
        name, _, path = argument.partition("=")
        choice[name] = Path(path).expanduser().absolute() if path else None
    return choice


def read_choice(sources_file: Path, systems: Mapping[str, SourceSystem]) -> Choice:
    """The remembered choice; where there is none, the default source system.

    Raises:
        PortraitError: The file is not what this module writes.
    """
    if not sources_file.exists():
        return {name: None for name, system in systems.items() if system.is_default}
    try:
        remembered = yaml.safe_load(sources_file.read_text()) or {}
        return {
            name: Path(options["path"]) if (options or {}).get("path") else None
            for name, options in remembered.items()
        }
    except (AttributeError, TypeError, yaml.YAMLError) as error:
        raise PortraitError(
            f"{sources_file} is not a list of source systems.",
            "Delete it, or name the sources again: make run SOURCE=…",
        ) from error


def write_choice(sources_file: Path, choice: Choice) -> None:
    """Remembers the choice for later runs and for Dagster's UI."""
    remembered = {name: {"path": str(path)} if path else {} for name, path in choice.items()}
    sources_file.write_text(yaml.safe_dump(remembered, sort_keys=True))


def add_to_choice(
    sources_file: Path, systems: Mapping[str, SourceSystem], name: str, path: Path
) -> None:
    """Switches one more source system on; those that are on stay on."""
    write_choice(sources_file, {**read_choice(sources_file, systems), name: path})


def with_remembered_paths(
    choice: Choice, sources_file: Path, systems: Mapping[str, SourceSystem]
) -> Choice:
    """The choice, with the remembered path of each source that was named without one."""
    if all(path or name not in systems for name, path in choice.items()):
        return choice
    remembered = read_choice(sources_file, systems)
    return {name: path or remembered.get(name) for name, path in choice.items()}


def check_choice(choice: Choice, systems: Mapping[str, SourceSystem]) -> None:
    """Refuses a source system that nobody declared, and one whose data is nowhere.

    Raises:
        PortraitError: With the names that are known, or what to add to the command.
    """
    known = ", ".join(systems)
    for name, path in choice.items():
        if name not in systems:
            near = difflib.get_close_matches(name, systems, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise PortraitError(f"Unknown source {name!r}.{meant}", f"Known sources: {known}.")
        if path is None and systems[name].package is None:
            raise PortraitError(
                f"The source {name} needs the folder or file that holds its data.",
                f"Name it: make run SOURCE={name} DATA=/path/to/data",
            )
    if not choice:
        raise PortraitError("No source is switched on.", f"Name one of {known}: make run SOURCE=…")
