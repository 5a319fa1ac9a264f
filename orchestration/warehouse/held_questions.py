"""What a validated warehouse leaves open: questions that hold rows back, and statuses new to it."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import duckdb

from orchestration.warehouse.manifest import SourceSystem
from orchestration.warehouse.questions import UNKNOWN_STATUS, Question, status_question

# Source system → status that nobody knows → rows that wait for it.
Statuses = Mapping[str, Mapping[str, int]]

# The column in which a row of quarantine that waits for a status has it, as SQL.
STATUS_COLUMN = "case entity when 'orders' then 'status' else 'line_status' end"
_SHOWN = 8


def held_questions(
    connection: duckdb.DuckDBPyConnection, system: SourceSystem
) -> tuple[Question, ...]:
    """What a source asks while rows of it are in quarantine, and what it asks in any case."""
    reasons = connection.execute(
        "select distinct reason_code from intermediate.int_quarantine where source_system = ?",
        [system.name],
    ).fetchall()
    statuses = unknown_statuses(connection).get(system.name, {})
    return still_open(system.questions, [reason for (reason,) in reasons], statuses)


def still_open(
    declared: Sequence[Question], reasons: Collection[str], statuses: Mapping[str, int]
) -> tuple[Question, ...]:
    """The questions that are open.

    Args:
        declared: What the source asked when it was added.
        reasons: Those for which rows of it are in quarantine.
        statuses: Statuses that nobody knows, with their rows: those of a file that came later too.
    """
    asked = [one for one in declared if not one.reason or one.reason in reasons]
    if not statuses:
        return tuple(asked)
    named = next((one.column for one in asked if one.reason == UNKNOWN_STATUS), "`status`")
    counted = sorted(statuses.items(), key=lambda one: (-one[1], one[0]))
    found = [status_question(value, named, rows) for value, rows in counted[:_SHOWN]]
    if len(counted) > _SHOWN:
        more = f"What do {len(counted) - _SHOWN:,} more words of {named} mean?"
        found.append(Question(named, more, reason=UNKNOWN_STATUS))
    return (*(one for one in asked if one.reason != UNKNOWN_STATUS), *found)


def unknown_statuses(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """The statuses for which orders, or lines by themselves, are in quarantine."""
    found: dict[str, dict[str, int]] = {}
    rows = connection.execute(
        f"select source_system, row_values ->> ({STATUS_COLUMN}) as status, count(*) "
        "from intermediate.int_quarantine where reason_code = ? group by all order by all",
        [UNKNOWN_STATUS],
    ).fetchall()
    for source, status, count in rows:
        found.setdefault(source, {})[status] = count
    return found


def write_statuses(path: Path, statuses: Statuses) -> None:
    """Keeps them for the summary."""
    path.write_text(json.dumps(statuses, indent=2, ensure_ascii=False), encoding="utf-8")


def read_statuses(path: Path) -> Statuses:
    """What was kept; nothing where the file is missing or damaged."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        return {
            source: {str(status): int(rows) for status, rows in statuses.items()}
            for source, statuses in read.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
