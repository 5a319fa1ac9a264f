"""Pairs of records that may be one person's: those that agree in something rare."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import duckdb

from orchestration.identity.linkage.records import COARSE, Field
from orchestration.warehouse.opening import scalar

# Pairs that are looked at, each as often as rules find it: so many a record, and no more than so
# many in all.
_PAIRS_A_RECORD, _MOST_PAIRS = 150, 10_000_000
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

    def holds(self, finer: "_Rule") -> bool:
        """Whether whoever agrees by the other rule agrees by this one: it asks for no more."""
        return self != finer and all(
            column in finer.columns or column.removesuffix(COARSE) in finer.columns
            for column in self.columns
        )

    @property
    def counts(self) -> str:
        """How many pairs it finds, and whether no group was too large for it."""
        return f"""
            select
                coalesce(sum(members * (members - 1) // 2)
                    filter (where members <= {self._largest_group}), 0)::bigint as pairs,
                coalesce(max(members), 0) <= {self._largest_group} as is_whole
            from (
                select count(*) as members from prepared where {self._is_known}
                group by {self._key}
            )
        """

    @property
    def pairs(self) -> str:
        """The pairs: (first, other), the smaller number first."""
        return f"""
            with agreeing as (
                select record, {self._key} as key from prepared where {self._is_known}
                qualify count(*) over (partition by {self._key}) between 2 and {self._largest_group}
            )
            select firsts.record as first, others.record as other
            from agreeing as firsts
            join agreeing as others on firsts.key = others.key and firsts.record < others.record
        """


def find_candidates(
    connection: duckdb.DuckDBPyConnection, fields: Sequence[Field], only: str = ""
) -> None:
    """Makes the table `candidates`: (first, other), a row a pair.

    Args:
        connection: With the table `prepared`.
        fields: Its fields, those with most values first.
        only: A condition on `first` and `other`, if not all pairs are wanted.
    """
    records = scalar(connection, "select count(*) from prepared")
    chosen = _choose(connection, fields, min(records * _PAIRS_A_RECORD, _MOST_PAIRS))
    connection.execute("create table found (first bigint, other bigint)").fetchall()
    for rule in chosen:
        connection.execute(f"insert into found {rule.pairs}").fetchall()
    connection.execute(f"""
        create table candidates as select distinct first, other from found
        where {only or "true"}
    """).fetchall()


def _choose(
    connection: duckdb.DuckDBPyConnection, fields: Sequence[Field], most_pairs: int
) -> list[_Rule]:
    """Rules that find few pairs come first, until there are enough pairs.

    What is agreed in by few tells most. A rule takes the place of those that ask for more, if no
    group was too large for it.
    """
    counted = []
    for number, rule in enumerate(_rules(fields[:_MOST_FIELDS])):
        ((pairs, is_whole),) = connection.execute(rule.counts).fetchall()
        if pairs:
            counted.append((pairs, number, is_whole, rule))
    chosen: dict[_Rule, int] = {}
    for pairs, _, is_whole, rule in sorted(counted, key=lambda one: one[:2]):
        held = [other for other in chosen if is_whole and rule.holds(other)]
        most_pairs -= pairs - sum(chosen.pop(other) for other in held)
        if most_pairs < 0:
            break
        chosen[rule] = pairs
    return list(chosen)


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
