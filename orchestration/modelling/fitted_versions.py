"""Versions of what is fitted to one day's customers: segments and lifetime value.

They are kept, told and pinned as those of predictions are, with what a card can tell of them.
"""

import hashlib
from collections.abc import Callable

import duckdb

from ml.artifact import Facts, SegmentsArtifact, ValuesArtifact
from orchestration.code_digest import CODE_DIGITS, package_versions
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.model_versions import has_version, keep_version
from orchestration.modelling.tables import Shop

# What only predictions have.
_OF_PREDICTIONS: Facts = {
    **{"target": None, "horizon_days": None, "outcome": None},
    **{"baseline_name": None, "baseline_features": []},
}


def keep_fitted(
    warehouse: duckdb.DuckDBPyConnection,
    shop: Shop,
    own: Facts,
    as_artifact: Callable[[Facts], SegmentsArtifact | ValuesArtifact],
    maker: Maker,
    digest: str,
    description: str,
) -> None:
    """Keeps a version, unless it is one already, by the same code where `own` tells which.

    Args:
        warehouse: A connection that writes.
        shop: Whose it is.
        own: What the model itself can tell.
        as_artifact: The version with all that is known of it.
        maker: The code that made it.
        digest: A text that differs where the rows do that it was fitted to.
        description: What it tells, in words.
    """
    key = (warehouse, shop.name, own["prediction"], own["model_version"])
    if has_version(*key, own.get("made_by")):
        return
    facts = {
        **_OF_PREDICTIONS,
        **own,
        "shop": shop.name,
        "description": description,
        "eligible": "order_count > 0",
        "data_hash": hashlib.sha256(digest.encode()).hexdigest()[:16],
        "code_hash": maker.code_hash[:CODE_DIGITS],
        "package_versions": package_versions(),
    }
    keep_version(warehouse, as_artifact(facts))
