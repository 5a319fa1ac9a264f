"""Bringing a partitioned table up to date without dbt, by the plan that the dbt project compiles.

The mechanism is the materialization `partitioned` (dbt_project/macros/partitioned): the same
statements, in the same order.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.warehouse.opening import scalar, transaction


@dataclass(frozen=True)
class PartitionedPlan:
    """The statements of a table, as the macro `partitioned_plan` describes them."""

    why_whole: str
    slices: str
    full: str
    columns: str
    empty: str
    whole: Sequence[str]
    slice: Sequence[str]
    touch: Sequence[str]
    parts: str
    partial: Sequence[str]
    divide: str
    one_part: str
    part: Sequence[str]
    forget_parts: str
    finish: str
    is_large: str

    def update(self, connection: duckdb.DuckDBPyConnection, sql: str) -> str:
        """Brings the table up to date in one transaction, and writes a large one through.

        Args:
            connection: The warehouse.
            sql: The model's compiled SQL.

        Returns:
            What was made: `whole`, `partial`, or `nothing`.
        """
        definition = hashlib.md5(sql.encode(), usedforsecurity=False).hexdigest()
        with transaction(connection):
            asked = self.why_whole.replace("{definition}", definition)
            ((reason,),) = connection.execute(asked).fetchall()
            if reason:
                self._build_whole(connection, sql, definition, reason)
                return "whole"
            for step in self.touch:
                connection.execute(step.replace("{sql}", sql))
            parts = scalar(connection, self.parts)
            if parts:
                self._build_parts(connection, sql, parts)
            connection.execute(self.finish)
        if parts and scalar(connection, self.is_large):
            connection.execute("checkpoint")
        return "partial" if parts else "nothing"

    def _build_parts(self, connection: duckdb.DuckDBPyConnection, sql: str, parts: int) -> None:
        for step in self.partial:
            connection.execute(step)
        if parts > 1:
            connection.execute(self.divide.replace("{parts}", str(parts)))
        for number in range(parts):
            for step in ([self.one_part] if parts > 1 else []) + list(self.part):
                step = step.replace("{part}", str(number))
                connection.execute(step.replace("{sql}", only_touched_rows(sql)))
        if parts > 1:
            connection.execute(self.forget_parts)

    def _build_whole(
        self, connection: duckdb.DuckDBPyConnection, sql: str, definition: str, reason: str
    ) -> None:
        slices = scalar(connection, self.slices)
        if slices:
            ((columns,),) = connection.execute(self.columns.replace("{sql}", sql)).fetchall()
            connection.execute(self.empty.replace("{columns}", columns))
        else:
            connection.execute(self.full.replace("{sql}", sql))
        for step in self.whole:
            connection.execute(step.replace("{definition}", definition).replace("{reason}", reason))
        for number in range(slices):
            for step in self.slice:
                step = step.replace("{slice}", str(number))
                connection.execute(step.replace("{sql}", only_touched_rows(sql)))


def only_touched_rows(sql: str) -> str:
    """The SQL with the conditions that the macro `marked_condition` put in comments."""
    return sql.replace("/*touched", "").replace("touched*/", "")


def read_plans(compiled: Mapping[str, Mapping[str, object]]) -> dict[str, PartitionedPlan]:
    """The plans by model, from the JSON that analyses/partitioned_plans.sql compiles to."""
    return {name: PartitionedPlan(**plan) for name, plan in compiled.items()}  # type: ignore[arg-type]
