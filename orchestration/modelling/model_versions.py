"""Versions of models, kept in the warehouse with what is known of each.

A version stays when a later one takes its place, so that it can be looked at and served again. What
is told of it beside the bytes is text, so that listing versions unpacks none.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from ml import layouts, schemas
from ml.artifact import AnyArtifact, Facts
from orchestration.modelling.kept_models import create_increments
from orchestration.warehouse.opening import columns_of, transaction

# So many of a prediction stay in each shop, the latest first, beside the one that is pinned.
KEPT_VERSIONS = 12

_TABLE = "increments.model_versions"
_SERVED = "increments.served_versions"
_COLUMNS = {
    _TABLE: {
        "shop": "varchar",
        "prediction": "varchar",
        "model_version": "varchar",
        "number": "integer",
        "made_for": "date",
        "facts": "varchar",
        "content": "blob",
    },
    # A row a change: from this day on that version was served.
    _SERVED: {
        "shop": "varchar",
        "prediction": "varchar",
        "as_of_date": "date",
        "model_version": "varchar",
    },
}
_OF = "shop = ? and prediction = ?"
_VERSION = f"{_OF} and model_version = ?"
# The metric that tells most of a test, by kind.
HEADLINE = {
    **{"event": "roc_auc", "amount": "rank_correlation"},
    **{"segments": "bootstrap_ari", "lifetime_value": "value_gain"},
}


class Standing(NamedTuple):
    """Which versions of a model stand where today.

    Attributes:
        latest: What was learned last; None where nothing could be tested.
        pinned: What the user has chosen; None where nothing.
        served: What predictions are by; None where there is nothing to go by.
    """

    latest: str | None
    pinned: str | None
    served: str | None


def keep_version(warehouse: duckdb.DuckDBPyConnection, artifact: AnyArtifact) -> None:
    """Keeps a version. One that is there already keeps its place and the day it was made for."""
    from ml.kept import to_bytes

    _create(warehouse)
    facts = artifact.facts
    key = [facts["shop"], facts["prediction"]]
    before = warehouse.execute(
        f"select number, made_for from {_TABLE} where {_VERSION}", [*key, facts["model_version"]]
    ).fetchone()
    number, made_for = before or (None, facts["made_for"])
    whole = replace(artifact, facts={**facts, "made_for": str(made_for)})
    with transaction(warehouse):
        warehouse.execute(f"delete from {_TABLE} where {_VERSION}", [*key, facts["model_version"]])
        warehouse.execute(
            f"""
            insert into {_TABLE}
            select $shop, $prediction, $version,
                coalesce($number, (
                    select coalesce(max(number), 0) + 1 from {_TABLE}
                    where shop = $shop and prediction = $prediction
                )),
                $made_for, $facts, $content
            """,
            {
                "shop": key[0],
                "prediction": key[1],
                "version": facts["model_version"],
                "number": number,
                "made_for": made_for,
                "facts": json.dumps(whole.facts, sort_keys=True, ensure_ascii=False),
                "content": to_bytes(whole),
            },
        )


def has_version(
    warehouse: duckdb.DuckDBPyConnection,
    shop: str,
    prediction: str,
    version: str,
    made_by: str | None = None,
) -> bool:
    """Whether a version is kept, and told as made by this code, where that is asked."""
    _create(warehouse)
    query = f"select 1 from {_TABLE} where {_VERSION} and coalesce(facts ->> 'made_by' = ?, ?)"
    key = [shop, prediction, version, made_by, made_by is None]
    return bool(warehouse.execute(query, key).fetchall())


def forget_corrected(
    warehouse: duckdb.DuckDBPyConnection,
    shop: str,
    prediction: str,
    day: date,
    made_by: str,
    stays: Collection[str],
) -> None:
    """Forgets versions that the same code has made of another past, up to a day, but some.

    For models that follow from the data: what the same code makes of the past no more is of rows
    that were corrected since, such as those of customers merged by mistake.
    """
    warehouse.execute(
        f"""
        delete from {_TABLE}
        where
            {_OF} and made_for <= ? and facts ->> 'made_by' = ?
            and not list_contains(?, model_version)
        """,
        [shop, prediction, day, made_by, list(stays)],
    )


def kept_versions(
    warehouse: duckdb.DuckDBPyConnection, prediction: str
) -> list[tuple[str, str, bytes]]:
    """(shop, model_version, content) of all versions of a prediction, the latest first."""
    _create(warehouse)
    return warehouse.execute(
        f"select shop, model_version, content from {_TABLE} where prediction = ?"
        " order by shop, made_for desc, number desc",
        [prediction],
    ).fetchall()


def note_standing(
    warehouse: duckdb.DuckDBPyConnection, shop: str, prediction: str, day: date, now: Standing
) -> None:
    """Notes what is served on a day, and lets go of versions beyond the last few.

    What had been noted of the day, or of later ones, is noted anew: so a choice that is taken back
    on the day it was made leaves no trace.
    """
    _create(warehouse)
    stays = [version for version in now if version]
    with transaction(warehouse):
        warehouse.execute(
            f"delete from {_SERVED} where {_OF} and as_of_date >= ?", [shop, prediction, day]
        )
        before = warehouse.execute(
            f"select max_by(model_version, as_of_date) from {_SERVED} where {_OF}",
            [shop, prediction],
        ).fetchone()
        if before != (now.served,):
            warehouse.execute(
                f"insert into {_SERVED} values (?, ?, ?, ?)", [shop, prediction, day, now.served]
            )
        warehouse.execute(
            f"""
            delete from {_TABLE}
            where {_OF} and not list_contains(?, model_version) and number not in (
                select number from {_TABLE} where {_OF} order by number desc limit {KEPT_VERSIONS}
            )
            """,
            [shop, prediction, stays, shop, prediction],
        )


def versions_told(
    warehouse: duckdb.DuckDBPyConnection, shop: str, prediction: str, day: date, now: Standing
) -> pd.DataFrame:
    """MODEL_VERSIONS of a prediction of a shop as of a day: what had been made by then."""
    rows = warehouse.execute(
        f"""
        select facts, made_for,
            (select max(as_of_date) from {_SERVED} where {_OF} and as_of_date <= ?)
        from {_TABLE}
        where {_OF} and made_for <= ?
        order by made_for desc, number desc
        """,
        [shop, prediction, day, shop, prediction, day],
    ).fetchall()
    told = [_told(json.loads(facts), made_for, since, now) for facts, made_for, since in rows]
    return schemas.as_table(told, layouts.MODEL_VERSIONS, as_of_date=pd.Timestamp(day))


def keep_versions_of(
    warehouse: duckdb.DuckDBPyConnection, shops: Collection[str], predictions: Collection[str]
) -> None:
    """Removes versions of predictions that are declared no more, and of shops that are gone."""
    _create(warehouse)
    for table in _COLUMNS:
        warehouse.execute(
            f"delete from {table} where not list_contains(?, shop)"
            " or not list_contains(?, prediction)",
            [sorted(shops), sorted(predictions)],
        )


def _told(facts: Facts, made_for: date, since: date | None, now: Standing) -> dict[str, Any]:
    version = facts["model_version"]
    is_served = version == now.served
    by_name = {row["metric"]: row for row in facts["metrics"] if "model_name" not in row}
    headline: Mapping[str, Any] = by_name.get(HEADLINE[facts["kind"]], {})
    # Other code may have told less of the versions that it made.
    told = {name: facts[name] for name in layouts.MODEL_VERSIONS if name in facts}
    return {
        **told,
        "features": ", ".join(facts["features"]),
        "baseline_features": ", ".join(facts.get("baseline_features", [])),
        "feature_count": len(facts["features"]),
        "is_latest": version == now.latest,
        "is_pinned": version == now.pinned,
        "is_served": is_served,
        "served_since": since if is_served else None,
        "made_for": made_for,
        "metric": headline.get("metric"),
        "value": headline.get("value"),
        "lower_bound": headline.get("lower_bound"),
        "upper_bound": headline.get("upper_bound"),
        "baseline_value": headline.get("baseline_value"),
        "tested_customer_count": headline.get("customer_count", 0),
        "metrics": json.dumps(facts["metrics"], ensure_ascii=False),
        "package_versions": json.dumps(facts["package_versions"], sort_keys=True),
    }


def _create(warehouse: duckdb.DuckDBPyConnection) -> None:
    create_increments(warehouse)
    for table, columns in _COLUMNS.items():
        if set(columns_of(warehouse, table)) != columns.keys():  # Other code kept other columns.
            declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            warehouse.execute(f"create or replace table {table} ({declared})")
