"""What the rows of a table say of its columns together: which decides which, and what adds up."""

from collections.abc import Sequence
from functools import cache

import duckdb

from orchestration.onboarding.measured_amounts import amount_sql
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.times import parsed
from orchestration.quoting import identifier

_SURELY = 0.98
_ROUNDING = 0.0051
_YEARS = 10
# Enough to see what repeats, few enough to be compared in a second.
_ROWS = 5_000
_ISO = ("iso", "instant")


class SameValues:
    """The first rows of a table, compared column by column."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, relation: str) -> None:
        """Takes a relation with rows in an order of their own."""
        self._connection = connection
        self._relation = f"(select *, rowid as place from {relation} order by rowid limit {_ROWS})"
        # Each is asked several times.
        self.decides = cache(self._decides)
        self.is_running = cache(self._is_running)

    def _decides(self, key: str, column: str) -> bool:
        """Whether all rows with one key have one value of the column."""
        return not self._one(
            f"select count(*) from (select {_text(key)} from {self._relation} "
            f"group by 1 having count(distinct {_text(column)}) > 1)"
        )

    def are_one(self, column: str, other: str) -> bool:
        """Whether each of two columns decides the other."""
        return self.decides(column, other) and self.decides(other, column)

    def stands_together(self, key: str) -> bool:
        """Whether rows with one key follow each other."""
        return bool(
            self._one(
                f"select count_if(changes) = count(distinct value) from (select {_text(key)} as "
                f"value, value is distinct from lag(value) over (order by place) as changes "
                f"from {self._relation})"
            )
        )

    def _is_running(self, key: str) -> bool:
        """Whether its values only rise from row to row, or only fall."""
        number = f"try_cast({_text(key)} as double)"
        return bool(
            self._one(
                f"select count_if(step > 0) = 0 or count_if(step < 0) = 0 from (select case when "
                f"{number} is not null then sign({number} - lag({number}) over (order by place)) "
                f"when {_text(key)} > lag({_text(key)}) over (order by place) then 1 "
                f"when {_text(key)} < lag({_text(key)}) over (order by place) then -1 else 0 end "
                f"as step from {self._relation})"
            )
        )

    def counts_within(self, key: str, column: str) -> bool:
        """Whether a column counts the rows of each key: 1, 2, 3."""
        return bool(
            self._one(
                f"select bool_and(place_within = told) and max(told) > 1 from (select "
                f"try_cast({_text(column)} as bigint) as told, row_number() over "
                f"(partition by {_text(key)} order by place) as place_within from {self._relation})"
            )
        )

    def is_product(self, quantity: str, price: str, line: str, discount: str = "0") -> bool:
        """Whether quantity × price less a discount is the line, and no other arithmetic as well."""
        off = f"{quantity}::double * {price}::double - abs({discount}::double) - {line}::double"
        telling = f"abs({quantity}) <> 1 and {price} <> 0"
        telling += f" and {discount} <> 0" if discount != "0" else ""
        return bool(
            self._one(
                f"select count_if(abs({off}) < {_ROUNDING} * greatest(1, abs({quantity}))) >= "
                f"{_SURELY} * count({line}) and count_if({telling}) > 0 from {self._relation}"
            )
        )

    def is_sum(self, total: str, parts: Sequence[tuple[str, int]]) -> bool:
        """Whether parts, each with its sign, add up to a total, and none of them is always 0."""
        added = " + ".join(f"{sign} * coalesce({part}, 0)::double" for part, sign in parts)
        telling = " and ".join(f"count_if({part} <> 0) > 0" for part, _ in parts)
        return bool(
            self._one(
                f"select count_if(abs({added} - {total}::double) < {_ROUNDING}) >= "
                f"{_SURELY} * count({total}) and {telling} from {self._relation}"
            )
        )

    def mean(self, number: str) -> float:
        """The mean of a number without its sign."""
        return float(self._one(f"select coalesce(avg(abs({number})), 0) from {self._relation}"))

    def most(self, profile: ColumnProfile) -> float:
        """The largest of a column's numbers."""
        number = amount_sql(profile)
        return float(self._one(f"select coalesce(max(abs({number})), 0) from {self._relation}"))

    def longest(self, column: str) -> int:
        """The length of its longest value."""
        return int(self._one(f"select max(length({_text(column)})) from {self._relation}"))

    def is_years_before(self, one: ColumnProfile, days: Sequence[ColumnProfile]) -> bool:
        """Whether all of a column's days are years before all those of another: birthdays."""
        return any(
            self._one(
                f"select max({_day(one)}) + interval {_YEARS} years < min({_day(other)}) "
                f"from {self._relation}"
            )
            for other in days
            if other is not one
        )

    def earliest(self, days: Sequence[ColumnProfile]) -> ColumnProfile | None:
        """The column whose day is in no row after that of another; none where there is no such."""
        for one in days:
            after = " or ".join(f"{_day(one)} > {_day(other)}" for other in days)
            if not self._one(f"select count_if({after}) from {self._relation}"):
                return one
        return None

    def _one(self, query: str) -> float:
        ((value,),) = self._connection.execute(query).fetchall()
        return value or 0


def _text(column: str) -> str:
    return f"nullif(trim(cast({identifier(column)} as varchar)), '')"


def _day(profile: ColumnProfile) -> str:
    """A time for comparison with others of its row."""
    name, times = identifier(profile.name), profile.times
    if times is None or not profile.column.is_text or "%" not in times.style:
        return f"try_cast({_text(profile.name)} as timestamp)"
    return parsed(f"trim({name})", times.style)
