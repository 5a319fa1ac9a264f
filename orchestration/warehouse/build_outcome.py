"""What a dbt build came to, as a person reads it: progress by layer, warnings, why it failed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.state.memory import MORE_MEMORY
from orchestration.warehouse.manifest import Manifest, layer_of
from orchestration.warehouse.opening import damaged, tells_damage

_SHOWN_FAILURES = 3
_SHOWN_WARNINGS = 3
_NO_MEMORY = "Out of Memory"


@dataclass(frozen=True)
class NodeFailure:
    """A model or test that went wrong.

    Attributes:
        name: Relation of a model, or name of a test.
        kind: dbt's resource type.
        message: dbt's message, in one line.
        rows: Rows that a test found; None where it could not run, and for models.
        compiled: The compiled SQL, where there is one.
    """

    name: str
    kind: str
    message: str
    rows: int | None
    compiled: Path | None

    def __str__(self) -> str:
        """One sentence."""
        if self.rows:
            return f"The test {self.name} found {self.rows:,} rows that should not be."
        return f"The {self.kind} {self.name} failed: {self.message}."


def warn_of(warehouse: duckdb.DuckDBPyConnection, warned: Iterable[NodeFailure]) -> None:
    """Says what tests found that only warn, in the words of their column `told` if they have it."""
    for test in warned:
        sql = test.compiled.read_text(encoding="utf-8") if test.compiled else "select 1"
        if "told" not in (row[0] for row in warehouse.execute(f"describe {sql}").fetchall()):
            progress.warning(str(test))
            continue
        found = warehouse.execute(
            f"select told, count(*) from (\n{sql}\n) group by told order by count(*) desc, told"
        ).fetchall()
        for told, count in found[:_SHOWN_WARNINGS]:
            progress.warning(f"{told} ({count:,} times)" if count > 1 else told)
        if len(found) > _SHOWN_WARNINGS:
            progress.warning(f"And {len(found) - _SHOWN_WARNINGS} more: {test.compiled}")


def raise_failures(
    failures: Iterable[NodeFailure], exception: BaseException | None, log: Path
) -> None:
    """Raises what a person needs to find the fault, if there is one.

    Raises:
        PortraitError: A node failed, or dbt itself did.
    """
    failed = list(failures)
    if failed:
        hidden = len(failed) - _SHOWN_FAILURES
        sentences = [str(failure) for failure in failed[:_SHOWN_FAILURES]]
        sentences += [f"And {hidden} more failed."] if hidden > 0 else []
        harm = next((one.message for one in failed if tells_damage(one.message)), None)
        if harm:
            raise damaged(harm)
        if any(_NO_MEMORY in one.message for one in failed):
            raise PortraitError(" ".join(sentences), MORE_MEMORY)
        compiled = [failure.compiled for failure in failed if failure.compiled]
        where = f"The compiled SQL is {compiled[0]}; d" if compiled else "D"
        raise PortraitError(" ".join(sentences), f"{where}bt's log is {log}.")
    if exception is not None:
        message = " ".join(str(exception).split())
        raise PortraitError(f"dbt stopped: {message}", f"dbt's log is {log}.")


@dataclass
class LayerProgress:
    """Reports each layer when its last node is done, with its seconds and its tables' rows.

    Attributes:
        manifest: The manifest of the build.
        expected: How many models, seeds and snapshots the build has, by layer.
    """

    manifest: Manifest
    expected: Counter[str]
    _done: dict[str, list[tuple[Mapping[str, Any], int]]] = field(default_factory=dict)

    def add(self, node_info: Mapping[str, Any], rows: int | None) -> None:
        """Takes in a built node, with its rows where they were counted."""
        layer = layer_of(self.manifest["nodes"][node_info["unique_id"]])
        progress.started(f"{layer}.{node_info['node_name']}")
        done = self._done.setdefault(layer, [])
        done.append((node_info, rows or 0))
        if len(done) == self.expected[layer]:
            total = sum(rows for _, rows in done) or None
            relations = "relation" if len(done) == 1 else "relations"
            progress.finished(layer, _seconds(done), total, f"{len(done)} {relations}")


def _seconds(done: Iterable[tuple[Mapping[str, Any], int]]) -> float:
    """Seconds that the nodes took; layers overlap in time, so not first start to last end."""
    return sum(
        (
            datetime.fromisoformat(info["node_finished_at"])
            - datetime.fromisoformat(info["node_started_at"])
        ).total_seconds()
        for info, _ in done
        if info.get("node_started_at") and info.get("node_finished_at")
    )
