"""Why rows are in quarantine: the rule in words and in SQL, and some of its rows."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.quarantine.catalogue import FLAG, ModelRule, Reason, read_reasons, rules_for
from orchestration.quarantine.counts import FLAGGED, QUARANTINE, Count, counts
from orchestration.quarantine.selection import Selection
from orchestration.warehouse.manifest import Manifest
from orchestration.warehouse.refused_accounts import RefusedAccounts, refused_accounts

# Columns of a row that tell where it came from; they are told apart from its values.
_ORIGIN = {"origin_file", "origin_row", "load_id", "loaded_at", "reason_code", "source_system"}
_TEST_ACCOUNT = "test_account"


@dataclass(frozen=True)
class BadRow:
    """A row in quarantine, or a flagged one, with its values as far as they are not NULL."""

    source: str
    entity: str
    reason: str
    key: str
    origin_file: str
    origin_row: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Explanation:
    """All there is to say about a reason; of test accounts, by which patterns they are known."""

    reason: Reason
    rules: list[ModelRule]
    counts: list[Count]
    examples: list[BadRow]
    patterns: list[RefusedAccounts] = field(default_factory=list)


def explain(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    manifest: Manifest,
    code: str,
    example_count: int,
) -> Explanation:
    """Explains a reason code.

    Raises:
        PortraitError: The catalogue does not have it.
    """
    reasons = read_reasons(connection)
    if code not in reasons:
        near = ", ".join(difflib.get_close_matches(code, reasons, n=3, cutoff=0.4))
        raise PortraitError(
            f"There is no reason {code}.",
            f"Like it: {near}." if near else f"Known: {', '.join(reasons)}.",
        )
    selection = Selection(reason=code)
    relation = FLAGGED if reasons[code].severity == FLAG else QUARANTINE
    return Explanation(
        reasons[code],
        rules_for(project, manifest, code),
        counts(connection, selection, relation),
        _rows(connection, relation, selection.condition, [*selection.values], example_count),
        refused_accounts(connection) if code == _TEST_ACCOUNT else [],
    )


def rows_from(
    connection: duckdb.DuckDBPyConnection, origin_file: str, origin_row: int
) -> list[BadRow]:
    """The rows in quarantine, of any entity, that came from one row of a file."""
    condition = "origin_file = ? and origin_row = ?"
    return _rows(connection, QUARANTINE, condition, [origin_file, origin_row], None)


def _rows(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    condition: str,
    values: list[Any],
    limit: int | None,
) -> list[BadRow]:
    values_of_row = "row_values" if relation == QUARANTINE else "'{}'"
    rows = connection.execute(
        f"""
        select coalesce(source_system, '(none)'), entity, reason_code, row_key,
            origin_file, origin_row, {values_of_row}
        from {relation} where {condition}
        order by source_system, entity, origin_file, origin_row, row_key
        {"" if limit is None else f"limit {limit}"}
        """,
        values,
    ).fetchall()
    return [
        BadRow(source, entity, reason, key, file, number, _told_values(row_values))
        for source, entity, reason, key, file, number, row_values in rows
    ]


def _told_values(as_json: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(as_json)
    return {
        name: value for name, value in values.items() if value is not None and name not in _ORIGIN
    }
