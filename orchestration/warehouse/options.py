"""What may be said in `_sources.yml` of a source and of how its tables are written."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from orchestration.errors import PortraitError


@dataclass(frozen=True)
class ReadOptions:
    """How the files of a raw table are written, where that is not plain to see.

    Attributes:
        delimiter: Between the fields of CSV; None: the one that shows the declared columns.
        quote: Around fields of CSV.
        escape: Before a quote within quotes; None: the quote itself, doubled.
        encoding: Of text that is not UTF-8, a name that Python knows; None: what its bytes tell.
        sheet: Name of the Excel sheet; None: the first.
        header: `none`: there is none, and the declared columns stand in their order; None: there
            is one.
    """

    delimiter: str | None = None
    quote: str = '"'
    escape: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header: str | None = None


NO_HEADER = "none"
# What may stand under `meta: {portrait: …}` of a source and of its tables.
SYSTEM_OPTIONS = (
    *("source_system", "time_zone"),
    *("package", "folder", "is_default", "simulator"),
    *("dates", "decimal", "amounts", "encoding", "columns", "questions"),
    *("leave_out", "nobody", "somebody", "country"),
)
TABLE_OPTIONS = (
    "files",
    "reader",
    "header_starts_with",
    "written",
    *(field.name for field in fields(ReadOptions)),
)


def written_columns(declared: str, meta: Mapping[str, Any]) -> dict[str, str]:
    """How columns are written.

    Raises:
        PortraitError: It is no list of columns.
    """
    written = meta.get("written", {})
    if not isinstance(written, Mapping):
        raise PortraitError(
            f"{declared} is declared with `written`: {str(written)[:80]}, which names no column.",
            "Write a style beside each column: `written: {order_date: iso}`.",
        )
    return {str(column): str(style) for column, style in written.items()}


def check_options(declared: str, meta: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuses an option that nobody reads: misspelt, it would silently change nothing.

    Raises:
        PortraitError: There is one.
    """
    for name in meta.keys() - set(known):
        near = difflib.get_close_matches(name, known, n=1)
        raise PortraitError(
            f"{declared} is declared with the option {name}, which means nothing here.",
            f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(known))}.",
        )


def read_options(declared: str, meta: Mapping[str, Any]) -> ReadOptions:
    """How the files of a table are written.

    Raises:
        PortraitError: What is said of the header means nothing.
    """
    if meta.get("header", NO_HEADER) != NO_HEADER:
        raise PortraitError(
            f"{declared} is declared with `header: {str(meta['header'])[:80]}`.",
            "Say `header: none` where files have none, or leave it out.",
        )
    names = [field.name for field in fields(ReadOptions)]
    # YAML keeps the backslash of '\t' in single quotes.
    given = {name: str(meta[name]).replace("\\t", "\t") for name in names if name in meta}
    return ReadOptions(**given)
