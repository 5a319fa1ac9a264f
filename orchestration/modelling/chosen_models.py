"""By which version predictions are made: the latest, or the one that the user has pinned."""

import hashlib
from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

import duckdb

from ml.artifact import Artifact, tested_facts, version_of
from ml.prediction import Learned, Untested
from ml.target import Target
from orchestration.code_digest import CODE_DIGITS, package_versions
from orchestration.modelling.kept_models import Kept, Maker
from orchestration.modelling.lessons import Lessons
from orchestration.modelling.model_versions import Standing, has_version, keep_version
from orchestration.modelling.pinned_versions import choose_pinned
from orchestration.modelling.pins_table import Pinned, pinned
from orchestration.modelling.tables import Shop
from orchestration.modelling.targets import Declared


class Chosen(NamedTuple):
    """What predictions of a day are made by.

    Attributes:
        target: What it was asked when it learned.
        learned: What it learned.
        standing: Which version that is, and which there are beside.
        remark: What is to be said of the choice; empty of the latest where none is pinned.
    """

    target: Target
    learned: Learned | Untested
    standing: Standing
    remark: str


def choose(
    warehouse: duckdb.DuckDBPyConnection,
    declared: Declared,
    shop: Shop,
    maker: Maker,
    latest: Kept,
    columns: Collection[str],
) -> Chosen:
    """The pinned version, if one is and can still answer what is asked; else the latest.

    Both are kept as versions. A pinned version that cannot answer is passed over with a warning.

    Args:
        warehouse: A connection that writes.
        declared: What is asked today.
        shop: Of whose customers.
        maker: The code that learned the latest.
        latest: What was learned last, and whether just now.
        columns: Of customer_features.
    """
    prediction, learned = declared.target.prediction, latest.model
    _keep_latest(warehouse, declared, shop, maker, latest)
    version = version_of(learned) if isinstance(learned, Learned) else None
    pin = pinned(warehouse, shop.name, prediction)
    if pin is None:
        return Chosen(declared.target, learned, Standing(version, None, version), "")
    chosen = choose_pinned(
        *(warehouse, shop.name, prediction, pin, Artifact),
        lambda artifact: _unfit(artifact, pin, declared, shop, columns),
    )
    found = chosen.artifact
    if found is None:
        standing = Standing(version, pin.model_version, version)
        return Chosen(declared.target, learned, standing, chosen.remark)
    standing = Standing(version, pin.model_version, pin.model_version)
    return Chosen(found.target, found.learned, standing, chosen.remark)


def _keep_latest(
    warehouse: duckdb.DuckDBPyConnection,
    declared: Declared,
    shop: Shop,
    maker: Maker,
    latest: Kept,
) -> None:
    """Keeps what was learned as a version, unless it is one already."""
    learned, prediction = latest.model, declared.target.prediction
    if not isinstance(learned, Learned):
        return
    # It is asked for though nothing is new: a run may have been killed before it was kept.
    if not latest.is_new and has_version(warehouse, shop.name, prediction, version_of(learned)):
        return
    lessons = Lessons(warehouse, declared, shop)
    counts = lessons.counted()
    facts = {
        **tested_facts(declared.target, learned),
        "shop": shop.name,
        "description": declared.description,
        "eligible": declared.eligible,
        "outcome": declared.outcome,
        "made_for": shop.today.isoformat(),
        "trained_from": str(counts.trained_from),
        "trained_to": str(counts.trained_to),
        "row_count": counts.row_count,
        "customer_count": counts.customer_count,
        "data_hash": hashlib.sha256(lessons.digest().encode()).hexdigest()[:16],
        "code_hash": maker.code_hash[:CODE_DIGITS],
        "package_versions": package_versions(),
    }
    keep_version(warehouse, Artifact(learned, declared.target, facts))


def _unfit(
    artifact: Artifact, pin: Pinned, declared: Declared, shop: Shop, columns: Collection[str]
) -> str:
    """Why a version cannot answer what is asked today; empty where it can."""
    facts = artifact.facts
    is_that = (shop.name, declared.target.prediction, pin.model_version)
    if (facts["shop"], facts["prediction"], version_of(artifact.learned)) != is_that:
        return f"is another: that of {facts['prediction']} of {facts['shop']}"
    differing = [name for name, said in declared.question.items() if facts[name] != said]
    if differing:
        return f"answers another question: since then, {', '.join(differing)} was declared anew"
    read = map(str, [*artifact.learned.fitted.inputs, *artifact.learned.rule.inputs])
    gone = sorted(set(read).difference(columns))
    if gone:
        return f"needs features that are gone: {', '.join(gone)}"
    taught_to = date.fromisoformat(facts["trained_to"])
    if taught_to + timedelta(days=artifact.target.horizon_days) > shop.today:
        return f"has learned what came after {shop.today.isoformat()}"
    return ""
