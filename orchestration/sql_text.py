"""Values and names as they are written into SQL."""

from pathlib import Path


def quoted(text: str | Path) -> str:
    """A text as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name of a column as SQL."""
    return '"' + name.replace('"', '""') + '"'
