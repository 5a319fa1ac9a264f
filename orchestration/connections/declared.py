"""What `sources.yml` says: where the raw data of each source system comes from.

One entry a source system. Without `kind` it is `files`. Secrets are written as `${NAME}` and taken
from the environment at the moment of use, so that no copy of an entry holds one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from orchestration.connections.clear_text import check_settings
from orchestration.errors import PortraitError
from orchestration.state.whole_files import write_whole

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Files(_Entry):
    """A folder, file or URL. A path is relative to the folder of `sources.yml`."""

    kind: Literal["files"] = "files"
    path: str | None = None


class DatabaseTable(_Entry):
    """How a table of a database is read.

    Attributes:
        primary_key: Column or columns that tell its rows. A row with a known key replaces the old.
        cursor: Column that grows when a row is added or changed; only rows beyond its highest value
            are asked for. Without it the table is read whole, and deleted rows are noticed.
        from_table: The table's name in the database, where it is not the name of the entry.
    """

    primary_key: tuple[str, ...] = ()
    cursor: str | None = None
    from_table: str | None = None

    @field_validator("primary_key", mode="before")
    @classmethod
    def _one_column_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class SqlDatabase(_Entry):
    """A database that SQLAlchemy reaches; `url` as SQLAlchemy writes it."""

    kind: Literal["sql_database"]
    url: str
    schema_name: str | None = Field(default=None, alias="schema")
    tables: dict[str, DatabaseTable] = Field(min_length=1)

    @field_validator("tables", mode="before")
    @classmethod
    def _bare_names_are_tables(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: options or {} for name, options in value.items()}
        return value


class RestApi(_Entry):
    """A web API; `client`, `resource_defaults` and `resources` are dlt's rest_api settings.

    See https://dlthub.com/docs/dlt-ecosystem/verified-sources/rest_api/basic.
    """

    kind: Literal["rest_api"]
    client: dict[str, Any]
    resource_defaults: dict[str, Any] = Field(default_factory=dict)
    resources: list[dict[str, Any] | str] = Field(min_length=1)


Connection = SqlDatabase | RestApi
Declaration = Files | SqlDatabase | RestApi


@dataclass(frozen=True)
class Declarations:
    """The entries of one `sources.yml` by name; empty where there is no such file."""

    file: Path
    entries: Mapping[str, Declaration]

    def location(self, name: str) -> Path | str | None:
        """The folder, file or URL of a source of the kind `files`; None where it has none."""
        entry = self.entries.get(name)
        if not isinstance(entry, Files) or entry.path is None or "://" in entry.path:
            return entry.path if isinstance(entry, Files) else None
        return self.file.parent / Path(entry.path).expanduser()

    def connection(self, name: str) -> Connection | None:
        """The database or API of a source; None for files and for unknown names."""
        entry = self.entries.get(name)
        return entry if isinstance(entry, SqlDatabase | RestApi) else None


_KINDS: dict[str, type[Files] | type[SqlDatabase] | type[RestApi]] = {
    "files": Files,
    "sql_database": SqlDatabase,
    "rest_api": RestApi,
}


def read_declarations(file: Path) -> Declarations:
    """Reads and checks `sources.yml`.

    Raises:
        PortraitError: With the entry and the setting that is wrong, or that holds a secret.
    """
    if not file.exists():
        return Declarations(file, {})
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        # What a parser says quotes the text, and that may be a secret.
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "its encoding"
        raise PortraitError(
            f"{file} is not YAML: look at {where}.",
            "Text with one of : # * & ! % @ { [ in it stands in quotes.",
        ) from None
    if not isinstance(read, dict):
        raise PortraitError(
            f"{file} is not a list of source systems.", "Write one `name: {kind: …}` a source."
        )
    return Declarations(file, {name: _entry(file, name, value) for name, value in read.items()})


def append_declaration(file: Path, name: str, settings: Mapping[str, Any]) -> bool:
    """Adds an entry at the end of `sources.yml` and leaves what stands there as it is.

    Returns:
        Whether it was added; an entry that is there already is never changed.

    Raises:
        PortraitError: It holds a secret in clear, or the file is not what it should be.
    """
    if name in read_declarations(file).entries:
        return False
    check_settings(f"The entry {name}", settings)
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    entry = yaml.safe_dump({name: dict(settings)}, sort_keys=False, allow_unicode=True)
    write_whole(file, f"{text.rstrip()}\n{entry}".lstrip())
    return True


def _entry(file: Path, name: object, value: Any) -> Declaration:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise PortraitError(
            f"{file}: {name!r} is no name for a source system.",
            "Use small letters, digits and _, beginning with a letter.",
        )
    if not isinstance(value, dict | None):
        raise PortraitError(
            f"{file}: the entry {name} has no settings.", "Write them below its name."
        )
    settings = {"kind": "files", **(value or {})}
    kind = _KINDS.get(str(settings["kind"]))
    if kind is None:
        raise PortraitError(
            f"{file}: {name}, setting kind: there is no kind {settings['kind']!r}.",
            f"The kinds are {', '.join(_KINDS)}.",
        )
    try:
        entry = kind.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"])
        raise PortraitError(
            f"{file}: {name}, setting {setting}: {first['msg']}.",
            "docs/databases.md lists the settings of each kind.",
        ) from None
    check_settings(f"{file}: {name}", settings)
    return entry
