"""Lifetime values in the warehouse: learned anew in every run, for a fit takes next to nothing.

The model is fitted on the shop's fitting date, as segments are: so a customer's value moves with
what they do, and not with what the model learnt that day. They are told by the latest model, or by
the version that the user has pinned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

import duckdb
import pandas as pd

from ml import layouts
from ml.artifact import VALUES, ValuesArtifact, values_facts
from ml.lifetime_value.customer_values import customer_values, tracked
from ml.lifetime_value.learned_values import LearnedValues, learn_values
from orchestration.modelling import tables as ml_io
from orchestration.modelling.fitted_versions import keep_fitted
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.model_versions import Standing, note_standing, versions_told
from orchestration.modelling.pinned_versions import choose_pinned
from orchestration.modelling.pins_table import Pinned, pinned
from orchestration.modelling.tables import Shop
from orchestration.warehouse.manifest import Table

_BUYERS = """
    select * exclude (shop) from features.customer_features
    where shop = ? and as_of_date = ? and order_day_count > 0
    order by customer_id
"""
_HOLDOUT = """
    select * exclude (shop) from features.lifetime_value_holdout
    where shop = ? order by customer_id
"""

_WEEKS = """
    select * exclude (shop) from features.purchase_weeks
    where shop = ? order by week
"""
# What the model is fitted to, as a text that differs where the rows do.
_DIGEST = f"select {ml_io.DIGEST} from ({_BUYERS}) as digested"
_DESCRIPTION = "Days with orders and value of customers within 90 and 365 days."


@dataclass(frozen=True)
class MadeLifetimeValues:
    """What `make_lifetime_values` did: rows, and their metrics."""

    rows: int
    metrics: pd.DataFrame


class _Chosen(NamedTuple):
    """What values are told by, what is to be said of the choice, and MODEL_VERSIONS."""

    learned: LearnedValues
    remark: str
    versions: pd.DataFrame


def make_lifetime_values(
    warehouse: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], maker: Maker
) -> MadeLifetimeValues:
    """Brings customer_lifetime_value, its metrics and versions up to date.

    Args:
        warehouse: A connection that writes, with features.
        tables: The declared ml tables by name.
        maker: The code.
    """
    valued, measured, tracks, alive, versions = [], [], [], [], []
    for shop in ml_io.shops(warehouse):
        today, fitted_on = pd.Timestamp(shop.today), shop.fitting_dates[-1]
        holdout = warehouse.execute(_HOLDOUT, [shop.name]).df()
        latest = learn_values(_buyers(warehouse, shop, fitted_on), fitted_on, holdout)
        chosen = _choose(warehouse, shop, maker, latest)
        made = customer_values(
            chosen.learned, _buyers(warehouse, shop, shop.today), today, chosen.remark
        )
        weeks = warehouse.execute(_WEEKS, [shop.name]).df()
        valued.append(ml_io.of_shop(shop, made.values))
        measured.append(ml_io.of_shop(shop, made.metrics))
        # Of the latest test: the weeks of an older one are not kept.
        tracks.append(ml_io.of_shop(shop, tracked(latest, holdout, weeks, today)))
        alive.append(ml_io.of_shop(shop, made.alive))
        versions.append(ml_io.of_shop(shop, chosen.versions))
    values = ml_io.of_all_shops(layouts.CUSTOMER_LIFETIME_VALUE, valued)
    frames = {
        "customer_lifetime_value": values,
        "purchase_tracking": ml_io.of_all_shops(layouts.PURCHASE_TRACKING, tracks),
        "alive_grid": ml_io.of_all_shops(layouts.ALIVE_GRID, alive),
    }
    metrics = ml_io.of_all_shops(layouts.MODEL_METRICS, measured)
    told = ml_io.of_all_shops(layouts.MODEL_VERSIONS, versions)
    ml_io.write(warehouse, tables, frames, metrics, told, [VALUES])
    return MadeLifetimeValues(len(values), metrics)


def _choose(
    warehouse: duckdb.DuckDBPyConnection, shop: Shop, maker: Maker, latest: LearnedValues
) -> _Chosen:
    """The pinned version, if one is and can be gone by; else the latest. Both are kept.

    Of a shop in which no model holds there is no version.
    """
    version = latest.version if latest.fitted.purchases or latest.fitted.spend else None
    if version:
        digest = str(warehouse.execute(_DIGEST, [shop.name, latest.fitted_on]).fetchall())
        keep_fitted(
            *(warehouse, shop, values_facts(latest)),
            partial(ValuesArtifact, latest),
            maker,
            digest,
            _DESCRIPTION,
        )
    learned, remark, standing = latest, "", Standing(version, None, version)
    if pin := pinned(warehouse, shop.name, VALUES):
        chosen = choose_pinned(
            *(warehouse, shop.name, VALUES, pin, ValuesArtifact),
            lambda artifact: _unfit(artifact, pin, shop),
        )
        remark, served = chosen.remark, version
        if chosen.artifact is not None:
            learned, served = chosen.artifact.learned, pin.model_version
        standing = Standing(version, pin.model_version, served)
    key = (warehouse, shop.name, VALUES, shop.today, standing)
    note_standing(*key)
    return _Chosen(learned, remark, versions_told(*key))


def _unfit(artifact: ValuesArtifact, pin: Pinned, shop: Shop) -> str:
    """Why a version cannot be gone by today; empty where it can."""
    learned = artifact.learned
    if (artifact.facts["shop"], learned.version) != (shop.name, pin.model_version):
        return f"is another: that of {artifact.facts['shop']}"
    if max(learned.fitted_on, learned.tested_on or "") > shop.today.isoformat():
        return f"has learned what came after {shop.today.isoformat()}"
    return ""


def _buyers(warehouse: duckdb.DuckDBPyConnection, shop: Shop, day: date) -> pd.DataFrame:
    """A shop's customers with orders as of a day, in a fixed order."""
    return warehouse.execute(_BUYERS, [shop.name, day]).df()
