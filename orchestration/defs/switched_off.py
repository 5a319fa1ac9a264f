"""Assets of sources that are switched off: their tables are there, empty, but nothing was made.

Whatever reads them goes on, because every input is a union over all sources. So they cannot be
left out of a run; they are left out of what it tells: no materialization, and checks that were not
made, in place of green with no row.
"""

from collections.abc import Iterator

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

# Dagster's own mark for an output of which it tells nothing.
_UNTOLD = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}


def not_made(asset: dg.AssetKey, source: str) -> Iterator[dg.Output[None] | dg.AssetObservation]:
    """In place of a materialization: what waits for the asset goes on, and its page says why.

    Args:
        asset: The asset; outputs of multi-assets are named after it.
        source: The source system that is off.
    """
    yield dg.AssetObservation(
        asset,
        description=f"The source {source} is switched off: nothing was made. "
        f"portrait run --source {source} switches it on, beside the others that are named.",
        metadata={"source": source, "switched on": False},
    )
    yield dg.Output(None, asset.to_python_identifier(), metadata=_UNTOLD)


def not_checked(asset: dg.AssetKey, check: str) -> dg.Output[None]:
    """In place of a check's result: Dagster shows the check as skipped."""
    return dg.Output(None, f"{asset.to_python_identifier()}_{check}")
