"""The pictures of a version: drawn where they show something new, else those of the one before."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.publishing.reports.foretold import AllForetold, draw_foretold, read_foretold
from orchestration.publishing.reports.lifetime import draw_lifetime, read_lifetime
from orchestration.publishing.reports.migrations import draw_moves, read_moves
from orchestration.publishing.reports.names import CONTESTS, REPORTS, file_name
from orchestration.publishing.reports.outcomes import Outcomes, draw_outcomes, read_outcomes
from orchestration.publishing.reports.recommended import draw_contest, read_contest
from orchestration.publishing.reports.segments import draw_map, draw_sizes, read_map, read_sizes
from orchestration.publishing.reports.tested import read_tested
from orchestration.publishing.reports.tested_panels import draw_tested

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MADE_FROM = re.compile(r"<dc:identifier>([0-9a-f]{64})</dc:identifier>")
# The identifier is in the head of a file.
_HEAD = 2_000


@dataclass(frozen=True)
class Picture:
    """A picture that is to be in a version.

    Attributes:
        file: Its name.
        told: What it shows: while its text is the same, so is the picture.
        draw: Draws it.
    """

    file: str
    told: object
    draw: "Callable[[Any], Figure]"


def read_pictures(
    connection: duckdb.DuckDBPyConnection, shops: Mapping[str, date]
) -> list[Picture]:
    """What the pictures of all shops show.

    Args:
        connection: To the warehouse.
        shops: The shops with orders, and the day of each one's portraits.
    """
    outcomes, foretold = read_outcomes(connection), read_foretold(connection)
    pictures = []
    for shop, day in shops.items():
        begin = f"{shop}: " if len(shops) > 1 else ""
        told: list[tuple[str, object, Callable[[Any], Figure]]] = [
            ("segments", read_sizes(connection, shop, begin, day), draw_sizes),
            ("segment-map", read_map(connection, shop, begin, day), draw_map),
            ("segment-migrations", read_moves(connection, shop, begin, day), draw_moves),
            ("outcomes", Outcomes(begin, _of(shop, outcomes)), draw_outcomes),
            ("predictions", AllForetold(begin, _of(shop, foretold)), draw_foretold),
            *(
                (f"prediction-{name}", tested, draw_tested)
                for name, tested in read_tested(connection, shop, begin).items()
            ),
            *(
                (kind, read_contest(connection, shop, begin, level), draw_contest)
                for kind, level in CONTESTS.items()
            ),
            ("lifetime-value", read_lifetime(connection, shop, begin, day), draw_lifetime),
        ]
        pictures += [
            Picture(file_name(kind, shop, len(shops)), one, draw) for kind, one, draw in told
        ]
    return pictures


def _of(shop: str, rows: Sequence[Any]) -> list[Any]:
    return [row for row in rows if row.shop == shop]


def write_pictures(
    pictures: Sequence[Picture], version_folder: Path, before: Path, code: str
) -> int:
    """Writes the pictures of a version that is being built.

    Args:
        pictures: All of them.
        version_folder: The version's folder.
        before: The folder of the current version, which may not be there.
        code: Differs where the code does.

    Returns:
        How many were drawn; the others were the same before.
    """
    folder = version_folder / REPORTS
    folder.mkdir()
    stale = []
    for picture in pictures:
        made_from = _made_from(picture, code)
        known = _kept(before / REPORTS / picture.file, made_from)
        if known is None:
            stale.append((picture, made_from))
        else:
            (folder / picture.file).write_bytes(known)
    for picture, drawn in _drawn(stale):
        (folder / picture.file).write_text(drawn, encoding="utf-8")
    return len(stale)


def _drawn(pictures: Sequence[tuple[Picture, str]]) -> Iterator[tuple[Picture, str]]:
    if not pictures:  # matplotlib takes half a second to load.
        return
    from orchestration.publishing.reports.page import styled, svg

    with styled():
        for picture, made_from in pictures:
            yield picture, svg(picture.draw(picture.told), made_from)


def _made_from(picture: Picture, code: str) -> str:
    told = f"{code} {version('matplotlib')} {picture.told!r}"
    return hashlib.sha256(told.encode()).hexdigest()


def _kept(file: Path, made_from: str) -> bytes | None:
    """A picture of the version before, where it was made from the same."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    found = _MADE_FROM.search(content[:_HEAD].decode(errors="replace"))
    return content if found and found[1] == made_from else None
