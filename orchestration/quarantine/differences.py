"""What a run has changed in the quarantine: counts before and after, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.quarantine.counts import Count, Key


@dataclass(frozen=True)
class Difference:
    """Rows of one source, entity and reason before and after."""

    key: Key
    before: int
    after: int

    @property
    def left(self) -> int:
        """How many rows fewer there are."""
        return max(0, self.before - self.after)

    @property
    def came(self) -> int:
        """How many rows more there are."""
        return max(0, self.after - self.before)


def differences(before: Sequence[Count], after: Sequence[Count]) -> list[Difference]:
    """Two counts side by side."""
    rows_before = {count.key: count.rows for count in before}
    rows_after = {count.key: count.rows for count in after}
    return [
        Difference(key, rows_before.get(key, 0), rows_after.get(key, 0))
        for key in sorted(rows_before.keys() | rows_after.keys())
    ]
