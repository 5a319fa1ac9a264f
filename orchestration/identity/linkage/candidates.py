"""Pairs of records that may be one person's: those that agree in something rare."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import duckdb

from orchestration.identity.linkage.records import Field
from orchestration.warehouse.opening import scalar

# Pairs that are looked at, each as often as rules find it: so many a record, and no more than so
# many in all.
_PAIRS_A_RECORD, _MOST_PAIRS = 200, 10_000_000
# Who agrees in more records than this agrees in nothing that tells persons apart.
_LARGEST_GROUPS = {1: 60, 2: 100, 3: 60}
# More fields would make thousands of rules; those with most values tell most.
_MOST_FIELDS = 8


@dataclass(frozen=True)
class _Rule:
    """Records are a pair where they agree in these columns, unless too many do."""

    columns: tuple[str, ...]

    @property
    def _largest_group(self) -> int:
        return _LARGEST_GROUPS[len(self.columns)]

    @property
    def _key(self) -> str:
        return f"hash({', '.join(self.columns)})"

    @property
    def _is_known(self) -> str:
        return " and ".join(f"{column} is not null" for column in self.columns)

    @property
    def pair_count(self) -> str:
        """How many pairs it finds."""
        return f"""
            select coalesce(sum(members * (members - 1) / 2), 0)::bigint from (
                select count(*) as members from prepared where {self._is_known}
                group by {self._key}
            ) where members <= {self._largest_group}
        """

    @property
    def pairs(self) -> str:
        """The pairs: (first, other), the smaller number first."""
        return f"""
            select firsts.record as first, others.record as other
            from (
                select record, {self._key} as key from prepared where {self._is_known}
                qualify count(*) over (partition by {self._key}) between 2 and {self._largest_group}
            ) as firsts
            join (
                select record, {self._key} as key from prepared where {self._is_known}
            ) as others on firsts.key = others.key and firsts.record < others.record
        """


def find_candidates(connection: duckdb.DuckDBPyConnection, fields: Sequence[Field]) -> None:
    """Makes the table `candidates`: (first, other), a row a pair.

    Rules that find few pairs come first, until there are enough pairs: what is agreed in by few
    tells most.

    Args:
        connection: With the table `prepared`.
        fields: Its fields, those with most values first.
    """
    records = scalar(connection, "select count(*) from prepared")
    left = min(records * _PAIRS_A_RECORD, _MOST_PAIRS)
    connection.execute("create table found (first bigint, other bigint)").fetchall()
    counted = [
        (scalar(connection, rule.pair_count), number, rule)
        for number, rule in enumerate(_rules(fields[:_MOST_FIELDS]))
    ]
    for count, _, rule in sorted(counted, key=lambda one: one[:2]):
        left -= count
        if left < 0:
            break
        if count:
            connection.execute(f"insert into found {rule.pairs}").fetchall()
    connection.execute(
        "create table candidates as select distinct first, other from found"
    ).fetchall()


def _rules(fields: Sequence[Field]) -> Iterator[_Rule]:
    """A value alone; two values, coarse or not; three of which two are coarse."""
    for field in fields:
        yield _Rule((field.column,))
    tokens = [(field, column) for field in fields for column in (field.column, field.coarse)]
    for size in (2, 3):
        for chosen in combinations(tokens, size):
            coarse = sum(column == field.coarse for field, column in chosen)
            if len({field for field, _ in chosen}) == size and (size == 2 or coarse >= 2):
                yield _Rule(tuple(column for _, column in chosen))
