"""Portraits of any past day: a job with a partition a day, so that a range of days is a backfill.

What Dagster shows of an asset is the current one: the tables of a past day are made in a copy of
the warehouse, and one asset with a partition a day tells of them.
"""

from datetime import timedelta

import dagster as dg

from orchestration.defs.failures import failing_clearly
from orchestration.defs.jobs import PAST_JOB
from orchestration.defs.resources import PortraitRun
from orchestration.publishing.past_days import PastDays
from orchestration.publishing.publish import Making
from orchestration.warehouse.current_manifest import current_manifest

_PUBLISHED = dg.AssetKey(["published", "as_of"])


class PastDay(dg.Config):
    """What one may choose beside the day."""

    force: bool = False


@dg.op(
    description="Makes the portraits as of the partition's day in a copy of the warehouse, and "
    "publishes them under that date. If it fails, the current portraits are as they were."
)
def publish_past_day(context: dg.OpExecutionContext, config: PastDay, run: PortraitRun) -> None:
    """Makes the portraits as of the partition's day, and publishes them under that date."""
    # It imports scikit-learn, for which listing the jobs need not wait.
    from orchestration.publishing.past_day import make_past_portraits

    day = context.partition_key
    making = Making(context.run_id, run.started_at, run.code_hash, is_whole=True)
    with failing_clearly():
        manifest = current_manifest(run.project)
        snapshot = make_past_portraits(run.project, manifest, day, making, force=config.force)
    context.log_event(
        dg.AssetMaterialization(
            asset_key=_PUBLISHED,
            partition=day,
            description="Portraits as they would have been made on that day.",
            metadata={"path": dg.MetadataValue.path(snapshot)},
        )
    )


def build(days: PastDays | None) -> dg.JobDefinition:
    """The job, with a partition for each day of which there can be portraits.

    Args:
        days: These days, as they were when Dagster loaded the definitions.
    """

    @dg.job(
        name=PAST_JOB,
        partitions_def=_partitions(days),
        description="Portraits as of a past day, published beside the current ones; a range of "
        "days is a backfill. Its days are those of the published snapshot: reload the definitions "
        "when newer ones are missing. If it fails, what was published of that day before stays; "
        "the error says what to do.",
    )
    def portraits_as_of() -> None:
        """One op: the days do not depend on each other."""
        publish_past_day()

    return portraits_as_of


def _partitions(days: PastDays | None) -> dg.PartitionsDefinition[str]:
    if days is None:
        return dg.StaticPartitionsDefinition([])
    after = days.last + timedelta(days=1)
    return dg.DailyPartitionsDefinition(days.first.isoformat(), end_date=after.isoformat())
