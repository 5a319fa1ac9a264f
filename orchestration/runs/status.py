"""How fresh everything is: the snapshot and its marts, each source, and what the last runs did.

Everything is read from files that a run leaves in peace, so one may ask while it is going on.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from orchestration.connections.source_health import Health, read_health
from orchestration.console import make_table
from orchestration.project import Project
from orchestration.publishing.reading import Snapshot, open_snapshot
from orchestration.state.lock import is_locked
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.manifest import AgeLimits, source_limits, source_systems

_RUNS = 5
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def print_status(console: Console, project: Project) -> None:
    """Prints what there is, how old it is, and the last runs.

    Raises:
        PortraitError: Nothing has been published yet.
    """
    now = datetime.now(UTC)
    if is_locked(project.lock_file):
        console.print("A run is going on; what follows is from before it.")
    with open_snapshot(project.current) as snapshot:
        _print_snapshot(console, snapshot, now)
        _print_sources(console, snapshot, project, now)
        _print_marts(console, snapshot)
    days = sorted(link.parent.name for link in (project.published / "as_of").glob("*/current"))
    if days:
        console.print(f"\nPast days beside it, in published/as_of: {', '.join(days)}")
    _print_runs(console, now)


def age(then: datetime, now: datetime) -> str:
    """How long ago something was, in the largest unit that fits.

    >>> age(datetime(2024, 1, 1), datetime(2024, 1, 3, 5))
    '2 days'
    """
    seconds = max(int((now - then).total_seconds()), 0)
    for size, unit in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"


def _print_snapshot(console: Console, snapshot: Snapshot, now: datetime) -> None:
    (row,) = snapshot.rows(
        "select max(as_of_date) as as_of_date, max(published_at) as published_at, "
        "max(code_version) as code_version from run_manifest"
    )
    published_at = row["published_at"].replace(tzinfo=UTC)
    console.print(
        f"Portraits as of {row['as_of_date']}, published {published_at:%Y-%m-%d %H:%M} UTC, "
        f"{age(published_at, now)} ago, by code {row['code_version']}"
    )


def _print_sources(console: Console, snapshot: Snapshot, project: Project, now: datetime) -> None:
    health = read_health(project.source_health)
    manifest = current_manifest(project)
    systems, limits = source_systems(manifest), source_limits(manifest)
    (row,) = snapshot.rows("select max(source_systems) as source_systems from run_manifest")
    published: Mapping[str, Mapping[str, Any]] = json.loads(row["source_systems"])
    latest = {
        row["source_system"]: row
        for row in snapshot.rows(
            "select source_system, sum(row_count)::bigint as row_count "
            "from data_quality group by source_system"
        )
    }
    table = make_table("Source", "Read", "Files", "Rows checked", "State")
    for name in sorted({*published, *health} & systems.keys()):
        one = health.get(name, Health())
        read_at = datetime.fromisoformat(one.read_at) if one.read_at else None
        files = {file for files in published.get(name, {}).values() for file in files}
        table.add_row(
            name,
            f"{age(read_at, now)} ago" if read_at else "never",
            f"{len(files):,}",
            f"{latest[name]['row_count']:,}" if name in latest else "0",
            one.error or staleness(limits.get(systems[name].schema), read_at, now),
        )
    console.print()
    console.print(table)


def staleness(limits: AgeLimits | None, read_at: datetime | None, now: datetime) -> str:
    """What a source's own `freshness` makes of its age."""
    if limits is None or read_at is None:
        return "fine"
    limit = limits.warn_after or limits.error_after
    late = now - read_at > limit
    return f"stale: it may be {age(now - limit, now)} old" if late else "fresh"


def _print_marts(console: Console, snapshot: Snapshot) -> None:
    table = make_table("Mart", "Rows", "As of")
    for row in snapshot.rows("select table_name, row_count, as_of_date from run_manifest"):
        table.add_row(row["table_name"], f"{row['row_count']:,}", str(row["as_of_date"]))
    console.print()
    console.print(table)


def _print_runs(console: Console, now: datetime) -> None:
    from orchestration.runs.job import last_runs

    table = make_table("Run", "Began", "Took", "Ended")
    for run in last_runs(_RUNS):
        table.add_row(
            run.job,
            f"{age(run.began_at, now)} ago" if run.began_at else "not yet",
            f"{run.took.total_seconds():.0f} s" if run.took else "",
            run.status,
        )
    console.print()
    console.print(table)
