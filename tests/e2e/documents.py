"""README.md and the pages of docs/: their code blocks, commands, links, and answers of queries.

`python -m tests.e2e.documents HOME` writes the answers of docs/ten-queries.md anew, from the
snapshot of the default data in the state folder HOME.
"""

import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
TEN_QUERIES = ROOT / "docs" / "ten-queries.md"
# docs/mutants.md is written by `make mutants`.
PAGES = [
    ROOT / "README.md",
    *sorted(page for page in (ROOT / "docs").glob("*.md") if page.name != "mutants.md"),
]
PORTRAIT = ".venv/bin/portrait"
# Documented commands that other tests run, or that would take minutes: of these only the arguments
# are read (test_documented_commands.py). `*` stands for any words.
ONLY_READ = [
    "run",  # By the tests that need the default data.
    "run --force",
    "run --as-of *",  # tests/orchestration/test_past_day.py
    "run --source *",
    "simulate *",  # tests/simulator
    "open*",  # tests/pages: it would open a browser.
    "source add *",  # tests/e2e/test_own_source.py
    "source check *",
    "quarantine replay*",  # tests/e2e/test_own_source.py
    "models serve *",  # tests/e2e/test_models.py
    "send *",  # tests/delivery
    "copy *",
    "superset *",
    "identity find*",  # tests/orchestration/identity/test_find_command.py
    "identity evaluate *",  # tests/orchestration/identity/test_linkage.py
]
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.M | re.S)
_INLINE_CODE = re.compile(r"`[^`\n]*`")
_CENT = Decimal("0.01")
_LINK = re.compile(r"\]\(([^)\s]+)\)|<(https?://[^>]+)>")
# A query of the page with the ten queries, and the table of its answer.
_ANSWERED = re.compile(r"```sql\n(.*?)```\n\n((?:\|[^\n]*\n)+)", re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: `label` says what is in it."""

    page: str
    label: str
    text: str

    @property
    def commands(self) -> list[str]:
        """Its lines that are to be typed, without comments; continued lines are joined."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line for line in map(_without_comment, lines) if line]


def blocks(*labels: str) -> list[Block]:
    """The blocks of all pages, or only those with one of the labels."""
    return [
        Block(page.name, label, re.sub(rf"^{indent}", "", text, flags=re.M))
        for page in PAGES
        for indent, label, text in _BLOCK.findall(page.read_text())
        if not labels or label in labels
    ]


def links(page: Path) -> Iterator[str]:
    """The targets of a page's links and pictures, outside of code."""
    text = _INLINE_CODE.sub("", _BLOCK.sub("", page.read_text()))
    for target, address in _LINK.findall(text):
        yield target or address


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _BLOCK.sub("", page.read_text()), re.M)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


def answered_queries(text: str) -> list[tuple[str, str]]:
    """Each query with the table that stands below it."""
    return _ANSWERED.findall(text)


def answer(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """What a query gives, as a table of Markdown."""
    result = connection.execute(query)
    names = [str(column[0]) for column in result.description or []]
    rows = result.fetchall()
    numeric = [
        all(_is_number(row[place]) for row in rows if row[place] is not None)
        for place in range(len(names))
    ]
    rule = ["---:" if is_number else "---" for is_number in numeric]
    lines = [names, rule, *([_shown(value) for value in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def open_snapshot(home: Path) -> duckdb.DuckDBPyConnection:
    """The published snapshot, as a reader opens it."""
    marts = home / "published" / "current" / "marts.duckdb"
    return duckdb.connect(str(marts.resolve()), read_only=True)


def promised_tables() -> list[str]:
    """The tables that the README says are published."""
    text = (ROOT / "README.md").read_text()
    table = text.split("| table | one row | for |", 1)[1].split("\n\n", 1)[0]
    firsts = re.findall(r"^\| (`[^|]+`) \|", table, re.M)
    return [name for first in firsts for name in re.findall(r"`(\w+)`", first)]


def _without_comment(line: str) -> str:
    """A line of a shell without its comment."""
    if line.lstrip().startswith("#"):
        return ""
    return re.sub(r"\s+# .*$", "", line).strip()


def arguments(command: str) -> list[str]:
    """The words of a command."""
    return shlex.split(command)


def is_only_read(command: str) -> bool:
    """Whether a `portrait` command is only parsed."""
    words = " ".join(arguments(command)[1:])
    return command.startswith(PORTRAIT) and any(fnmatch(words, known) for known in ONLY_READ)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal) and value == value.quantize(_CENT):
        value = value.quantize(_CENT)
    if _is_number(value):
        return f"{value:,}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _main(arguments: Sequence[str]) -> None:
    with open_snapshot(Path(arguments[0])) as connection:
        text = TEN_QUERIES.read_text()
        for query, table in answered_queries(text):
            text = text.replace(
                f"{query}```\n\n{table}", f"{query}```\n\n{answer(connection, query)}"
            )
    TEN_QUERIES.write_text(text)


if __name__ == "__main__":
    _main(sys.argv[1:])
