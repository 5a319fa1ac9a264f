"""Which of a shop's versions of segments are in force: those of the chain, or a pinned one.

All versions of the chain are told, since they follow from the data. A pinned one is in force from
the day on which it came into force then, as if segments had not been looked at since: so what is
said of each day follows from the data and the choice, whenever it was made.
"""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import NamedTuple

import duckdb
import pandas as pd

from ml.artifact import SEGMENTS, SegmentsArtifact, segments_facts
from ml.segment_history import SegmentHistory
from ml.segment_rule import SegmentRule
from ml.segmentation import Segments, model_name
from orchestration.modelling.fitted_versions import keep_fitted
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.model_versions import (
    KEPT_VERSIONS,
    Standing,
    forget_corrected,
    note_standing,
    versions_told,
)
from orchestration.modelling.pinned_versions import choose_pinned
from orchestration.modelling.pins_table import Pinned, pinned
from orchestration.modelling.segment_chain import made_by
from orchestration.modelling.tables import Shop

_DESCRIPTION = "Groups of customers who buy alike."


class InForce(NamedTuple):
    """The segments that customers are put into.

    Attributes:
        history: By day.
        remark: What is to be said of the choice; empty of the chain's where none is pinned.
        versions: MODEL_VERSIONS.
    """

    history: SegmentHistory
    remark: str
    versions: pd.DataFrame


def segments_in_force(
    warehouse: duckdb.DuckDBPyConnection,
    shop: Shop,
    rule: SegmentRule,
    maker: Maker,
    chain: SegmentHistory,
    digests: Mapping[date, str],
) -> InForce:
    """The chain's segments, or the pinned version where one is and can still be gone by.

    Args:
        warehouse: A connection that writes.
        shop: Whose they are.
        rule: How segments are made today.
        maker: The code.
        chain: What was found on the firsts of months.
        digests: What the customers of each day are told by, as a text.
    """
    _keep_all(warehouse, shop, rule, maker, chain, digests)
    latest = chain.latest.version
    pin = pinned(warehouse, shop.name, SEGMENTS)
    if pin is None:
        return InForce(chain, "", _told(warehouse, shop, Standing(latest, None, latest)))
    chosen = choose_pinned(
        *(warehouse, shop.name, SEGMENTS, pin, SegmentsArtifact),
        lambda artifact: _unfit(artifact, pin, shop, rule),
    )
    if chosen.artifact is None:
        told = _told(warehouse, shop, Standing(latest, pin.model_version, latest))
        return InForce(chain, chosen.remark, told)
    history = chain.held_at(chosen.artifact.segments)
    standing = Standing(latest, pin.model_version, pin.model_version)
    return InForce(history, chosen.remark, _told(warehouse, shop, standing))


def _keep_all(
    warehouse: duckdb.DuckDBPyConnection,
    shop: Shop,
    rule: SegmentRule,
    maker: Maker,
    chain: SegmentHistory,
    digests: Mapping[date, str],
) -> None:
    """Keeps the versions of the chain, and no other that this code has made.

    A pinned one that is none of them comes back by the choice.
    """
    by = made_by(maker, rule)
    for one in chain.versions[-KEPT_VERSIONS:]:
        keep_fitted(
            *(warehouse, shop, segments_facts(one) | {"made_by": by}),
            partial(SegmentsArtifact, one),
            maker,
            digests.get(date.fromisoformat(one.fitted_on), ""),
            _DESCRIPTION,
        )
    stays = [one.version for one in chain.versions]
    forget_corrected(warehouse, shop.name, SEGMENTS, shop.today, by, stays)


def _told(warehouse: duckdb.DuckDBPyConnection, shop: Shop, now: Standing) -> pd.DataFrame:
    key = (warehouse, shop.name, SEGMENTS, shop.today, now)
    note_standing(*key)
    told = versions_told(*key)
    # They are in force from the day on that they were made for, whenever a run noted it.
    return told.assign(served_since=told["made_for"].where(told["is_served"]))


def _unfit(artifact: SegmentsArtifact, pin: Pinned, shop: Shop, rule: SegmentRule) -> str:
    """Why a version cannot be gone by today; empty where it can."""
    segments: Segments = artifact.segments
    if (artifact.facts["shop"], segments.version) != (shop.name, pin.model_version):
        return f"is another: that of {artifact.facts['shop']}"
    how = (segments.model_name, segments.features)
    if how != (model_name(rule.method), list(rule.features)):
        return "was made otherwise: since then, features or method were declared anew"
    if segments.since > shop.today.isoformat():
        return f"has learned what came after {shop.today.isoformat()}"
    return ""
