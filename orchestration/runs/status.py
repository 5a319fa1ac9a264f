"""How fresh everything is: the snapshot and its marts, each source, and what the last runs did.

Everything is read from files that a run leaves in peace, so one may ask while it is going on.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from rich.console import Console

from orchestration.connections.source_health import Health, read_health
from orchestration.connections.sources import choose
from orchestration.console import make_table
from orchestration.project import Project
from orchestration.publishing.reading import Row, Snapshot, open_snapshot
from orchestration.state.lock import is_locked
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.manifest import AgeLimits, source_limits, source_systems

if TYPE_CHECKING:
    from orchestration.runs.job import RunRecord

_RUNS = 5
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


@dataclass(frozen=True)
class SourceStatus:
    """A source: when it was last read (UTC), what is published of it, and how it is."""

    name: str
    read_at: datetime | None
    files: int
    rows_checked: int
    state: str


@dataclass(frozen=True)
class Status:
    """What there is, and how old it is.

    Attributes:
        asked_at: When this was found, UTC.
        is_running: A run is going on; the rest is from before it.
        as_of_dates: Day of the published portraits of each shop.
        published_at: When they were published, UTC.
        code_version: What made them.
        sources: Each source that is published, or was tried.
        marts: Name and rows of each in each shop.
        past_days: Days whose portraits are published beside, YYYY-MM-DD.
        runs: The last runs.
    """

    asked_at: datetime
    is_running: bool
    as_of_dates: Mapping[str, date | None]
    published_at: datetime
    code_version: str
    sources: Sequence[SourceStatus]
    marts: Sequence[Row]
    past_days: Sequence[str]
    runs: "Sequence[RunRecord]"


def look(project: Project) -> Status:
    """Looks at the snapshot, the sources and the last runs.

    Raises:
        PortraitError: Nothing has been published yet.
    """
    # Dagster takes a second to import.
    from orchestration.runs.job import last_runs

    now = datetime.now(UTC)
    with open_snapshot(project.current) as snapshot:
        (published,) = snapshot.rows(
            "select max(published_at) as published_at, max(code_version) as code_version "
            "from run_manifest"
        )
        days = snapshot.rows("select distinct shop, as_of_date from run_manifest order by shop")
        sources = list(_sources(snapshot, project, now))
        marts = snapshot.rows(
            "select shop, table_name, row_count from run_manifest order by table_name, shop"
        )
    return Status(
        asked_at=now,
        is_running=is_locked(project.lock_file),
        as_of_dates={row["shop"]: row["as_of_date"] for row in days},
        published_at=published["published_at"].replace(tzinfo=UTC),
        code_version=published["code_version"],
        sources=sources,
        marts=marts,
        past_days=sorted(
            link.parent.name for link in (project.published / "as_of").glob("*/current")
        ),
        runs=last_runs(_RUNS),
    )


def print_status(console: Console, status: Status) -> None:
    """Prints it as tables, with ages."""
    now = status.asked_at
    if status.is_running:
        console.print("A run is going on; what follows is from before it.")
    has_shops = len(status.as_of_dates) > 1
    told = told_days(status.as_of_dates)
    console.print(
        f"Portraits as of {told}, published {status.published_at:%Y-%m-%d %H:%M} UTC, "
        f"{age(status.published_at, now)} ago, by code {status.code_version}"
    )
    sources = make_table("Source", "Read", "Files", "Rows checked", "State")
    for one in status.sources:
        read = f"{age(one.read_at, now)} ago" if one.read_at else "never"
        sources.add_row(one.name, read, f"{one.files:,}", f"{one.rows_checked:,}", one.state)
    marts = make_table("Mart", *(status.as_of_dates if has_shops else ["Rows"]))
    for name, rows in groupby(status.marts, key=itemgetter("table_name")):
        marts.add_row(name, *(f"{row['row_count']:,}" for row in rows))
    for table in (sources, marts):
        console.print()
        console.print(table)
    if status.past_days:
        told = ", ".join(status.past_days)
        console.print(f"\nPast days beside it, in published/as_of: {told}", soft_wrap=True)
    _print_runs(console, status.runs, now)


def told_days(as_of_dates: Mapping[str, date | None]) -> str:
    """The day of the portraits, or of those of each shop where there are several."""
    if len(as_of_dates) == 1:
        return str(*as_of_dates.values())
    return ", ".join(f"{day} ({shop})" for shop, day in as_of_dates.items())


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


def _sources(snapshot: Snapshot, project: Project, now: datetime) -> Iterator[SourceStatus]:
    health = read_health(project.source_health)
    manifest = current_manifest(project)
    systems, limits = source_systems(manifest), source_limits(manifest)
    (row,) = snapshot.rows("select max(source_systems) as source_systems from run_manifest")
    published: Mapping[str, Mapping[str, Any]] = json.loads(row["source_systems"])
    rows_checked = {
        row["source_system"]: row["row_count"]
        for row in snapshot.rows(
            "select source_system, sum(row_count)::bigint as row_count "
            "from data_quality group by source_system"
        )
    }
    # A source that was named once and refused is none.
    for name in sorted({*published, *choose(project, systems, ())} & systems.keys()):
        one = health.get(name, Health())
        read_at = datetime.fromisoformat(one.read_at) if one.read_at else None
        yield SourceStatus(
            name,
            read_at,
            len({file for files in published.get(name, {}).values() for file in files}),
            rows_checked.get(name, 0),
            one.error or staleness(limits.get(systems[name].schema), read_at, now),
        )


def staleness(limits: AgeLimits | None, read_at: datetime | None, now: datetime) -> str:
    """What a source's own `freshness` makes of its age."""
    if limits is None or read_at is None:
        return "fine"
    limit = limits.warn_after or limits.error_after
    late = now - read_at > limit
    return f"stale: it may be {age(now - limit, now)} old" if late else "fresh"


def _print_runs(console: Console, runs: "Sequence[RunRecord]", now: datetime) -> None:
    table = make_table("Run", "Began", "Took", "Ended")
    for run in runs:
        table.add_row(
            run.job,
            f"{age(run.began_at, now)} ago" if run.began_at else "not yet",
            f"{run.took.total_seconds():.0f} s" if run.took else "",
            run.status,
        )
    console.print()
    console.print(table)
