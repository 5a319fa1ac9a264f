"""Whether the pages of a version are whole: their links lead somewhere, their charts have data."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from orchestration.quoting import plain_line, shortened

MOST_BYTES = 300_000
"""A page is small before its charts: larger ones wait on a phone."""

_OUTSIDE = ("http:", "https:", "//")
_SHOWN = 10


class Checked(NamedTuple):
    """What was looked at.

    Attributes:
        pages: How many pages.
        links: How many links in them.
        charts: How many charts.
        largest: Bytes of the largest page.
        problems: What is wrong, a sentence each; of many the first ones, and how many.
    """

    pages: int
    links: int
    charts: int
    largest: int
    problems: list[str]


def check_site(site: Path) -> Checked:
    """Reads every page below a folder; one without pages is a problem."""
    site = site.resolve()
    pages = {file: _read(file) for file in sorted(site.rglob("*.html"))}
    problems = [
        *(
            plain_line(shortened(f"{file.relative_to(site)}: {told}"))
            for file in pages
            for told in _wrong(file, pages)
        ),
        *(() if pages else ("There are no pages.",)),
    ]
    more = len(problems) - _SHOWN
    return Checked(
        len(pages),
        sum(len(page.links) for page in pages.values()),
        sum(len(page.charts) for page in pages.values()),
        max((file.stat().st_size for file in pages), default=0),
        [*problems[:_SHOWN], *([f"and {more} more"] if more > 0 else [])],
    )


@dataclass
class _ChartRead:
    """A chart: its name, and the rows of the table that it is drawn from."""

    name: str = ""
    rows: int = 0


@dataclass
class _Page:
    """What a page says of itself.

    Attributes:
        links: What it names: pages, scripts, style sheets.
        ids: Where links within it may lead.
        charts: Its charts.
    """

    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    charts: list[_ChartRead] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = _Page()
        self._is_in_chart = self._is_in_body = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.page.links += [one for name in ("href", "src") if (one := given.get(name))]
        if given.get("id"):
            self.page.ids.add(str(given["id"]))
        if tag == "figure" and "chart" in str(given.get("class")).split():
            self.page.charts.append(_ChartRead())
            self._is_in_chart = True
        elif self._is_in_chart and tag == "table":
            self.page.charts[-1].name = str(given.get("data-name"))
        elif self._is_in_chart and tag == "tbody":
            self._is_in_body = True
        elif self._is_in_body and tag == "tr":
            self.page.charts[-1].rows += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "figure":
            self._is_in_chart = self._is_in_body = False


def _read(file: Path) -> _Page:
    reader = _Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    return reader.page


def _wrong(file: Path, pages: dict[Path, _Page]) -> Iterator[str]:
    page = pages[file]
    for link in page.links:
        if link.startswith("data:"):
            continue
        if link.startswith(_OUTSIDE):
            yield f"a link leads outside, to {link}"
            continue
        path, _, anchor = link.partition("#")
        target = Path(unquote(path))
        there = (file.parent / target).resolve() if path else file
        if not there.exists():
            yield f"a link leads nowhere, to {link}"
        # What stands behind the # of a list of customers names the list, and is no place in a page.
        elif anchor and there.name == "tables.html" and anchor not in pages[there].ids:
            yield f"a link leads to no place of {there.name}, {anchor}"
    yield from (f"the chart {one.name} has no data" for one in page.charts if not one.rows)
    if file.stat().st_size > MOST_BYTES:
        yield f"it has {file.stat().st_size:,} bytes, and may have {MOST_BYTES:,}"
