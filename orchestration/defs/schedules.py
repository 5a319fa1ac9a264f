"""When runs start by themselves: it waits to be switched on, in the UI under Automation."""

import dagster as dg

from orchestration.defs.jobs import JOB

daily = dg.ScheduleDefinition(
    name="every_night",
    job_name=JOB,
    cron_schedule="0 3 * * *",
    execution_timezone="UTC",
    description="Reads every source and makes the portraits anew, nightly at 3 h UTC. The models "
    "learn from firsts of months: on other nights the same ones score new days. If a night's run "
    "fails, the last good snapshot stays; the run's error says what to do, and the next night "
    "tries again.",
)
