"""Questions to the snapshot: the SQL of questions/, what it answers, and from which tables."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.publishing.reading import Row, Snapshot
from orchestration.quoting import quoted

_QUESTIONS = Path(__file__).with_name("questions")
_RELATION = re.compile(r"\b(?:from|join)\s+(\w+)")
_PARAMETER = re.compile(r"\$(\d)")


@dataclass(frozen=True)
class Asked:
    """A question and its answer.

    Attributes:
        name: `<page>.<question>`: the key of its words.
        rows: The answer.
        tables: The published tables that it comes from.
        sql: The query, which anybody can ask again.
    """

    name: str
    rows: Sequence[Row]
    tables: Sequence[str]
    sql: str

    @property
    def row(self) -> Row:
        """The one row of an answer that has one."""
        return self.rows[0]


def ask(snapshot: Snapshot, name: str, *parameters: str | int) -> Asked:
    """Asks a question of the snapshot.

    Args:
        snapshot: The open snapshot.
        name: `<page>.<question>`, a file of questions/.
        parameters: In the order in which the query names them: `$1` is the shop.
    """
    sql = _sql(name)
    values = [str(one) if isinstance(one, int) else quoted(one) for one in parameters]
    return Asked(
        name,
        snapshot.rows(sql, *parameters),
        [table for table in _relations(sql) if snapshot.has(table)],
        _PARAMETER.sub(lambda found: values[int(found[1]) - 1], sql).strip(),
    )


@cache
def _sql(name: str) -> str:
    return _QUESTIONS.joinpath(*name.split(".")).with_suffix(".sql").read_text(encoding="utf-8")


@cache
def _relations(sql: str) -> list[str]:
    return list(dict.fromkeys(_RELATION.findall(sql)))
