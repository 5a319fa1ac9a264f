"""Runs that were killed: Dagster's records of them, put right without a person's help."""

from datetime import UTC, datetime, timedelta

import dagster as dg

_UNFINISHED = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def fail_killed_runs(
    instance: dg.DagsterInstance | None,
    alive: str | None = None,
    silent_for: timedelta = timedelta(0),
) -> int:
    """Marks unfinished runs as failed; only for who holds the run lock, or knows that nobody does.

    A killed process leaves its run "started" for ever, and the queue would wait for it.

    Args:
        instance: Dagster's instance; None does nothing.
        alive: The run that is going on.
        silent_for: Runs that changed more recently than this are left alone.

    Returns:
        How many runs were marked.
    """
    if instance is None:
        return 0
    killed = [
        run
        for run in instance.get_runs(
            dg.RunsFilter(statuses=_UNFINISHED, updated_before=datetime.now(UTC) - silent_for)
        )
        if run.run_id != alive
    ]
    for run in killed:
        instance.report_run_failed(run, "The process of this run was killed.")
    return len(killed)
