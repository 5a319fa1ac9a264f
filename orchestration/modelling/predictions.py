"""Predictions in the warehouse: learned where past days differ, made every day.

They are made by the version that was learned last, or by the one that the user has pinned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pandas as pd

from ml import layouts, prediction, serving
from ml.reasons import Themes
from orchestration.modelling import tables as ml_io
from orchestration.modelling.chosen_models import choose
from orchestration.modelling.kept_models import Kept, Maker, fitted
from orchestration.modelling.lessons import Lessons, customers_asked_of
from orchestration.modelling.model_versions import note_standing, versions_told
from orchestration.modelling.tables import Shop
from orchestration.modelling.targets import Declared
from orchestration.warehouse.manifest import Table


@dataclass(frozen=True)
class MadePredictions:
    """What `make_predictions` did.

    Attributes:
        rows: Of customer_predictions.
        is_learned: Whether a model is new.
        metrics: What was written to model_metrics.
        expected_rows: How many rows there should be: the customers that were asked of, where
            something is served.
    """

    rows: int
    is_learned: bool
    metrics: pd.DataFrame
    expected_rows: int


@dataclass
class _Made:
    """Tables as they come, of shop after shop."""

    predictions: list[pd.DataFrame] = field(default_factory=list)
    metrics: list[pd.DataFrame] = field(default_factory=list)
    outcomes: list[pd.DataFrame] = field(default_factory=list)
    reasons: list[pd.DataFrame] = field(default_factory=list)
    curves: list[pd.DataFrame] = field(default_factory=list)
    importance: list[pd.DataFrame] = field(default_factory=list)
    versions: list[pd.DataFrame] = field(default_factory=list)
    is_learned: bool = False
    expected_rows: int = 0


def make_predictions(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    declared: Sequence[Declared],
    maker: Maker,
) -> MadePredictions:
    """Brings customer_predictions, their reasons, outcomes, versions and metrics up to date.

    Args:
        warehouse: A connection that writes, with features, labels and seeds.
        tables: The declared ml tables by name.
        declared: What is predicted.
        maker: The code, and whether all is made anew.

    Raises:
        PortraitError: A declaration asks what cannot be asked.
    """
    made, themes = _Made(), feature_themes(warehouse)
    for shop in ml_io.shops(warehouse):
        for one in declared:
            _predict(warehouse, one, shop, maker, themes, made)
    frames = {
        "customer_predictions": ml_io.of_all_shops(layouts.CUSTOMER_PREDICTIONS, made.predictions),
        "prediction_outcomes": ml_io.of_all_shops(layouts.PREDICTION_OUTCOMES, made.outcomes),
        "prediction_reasons": ml_io.of_all_shops(layouts.PREDICTION_REASONS, made.reasons),
        "model_curves": ml_io.of_all_shops(layouts.MODEL_CURVES, made.curves),
        "feature_importance": ml_io.of_all_shops(layouts.FEATURE_IMPORTANCE, made.importance),
    }
    versions = ml_io.of_all_shops(layouts.MODEL_VERSIONS, made.versions)
    metrics = ml_io.of_all_shops(layouts.MODEL_METRICS, made.metrics)
    names = [one.target.prediction for one in declared]
    ml_io.write(warehouse, tables, frames, metrics, versions, names)
    rows = len(frames["customer_predictions"])
    return MadePredictions(rows, made.is_learned, metrics, made.expected_rows)


def _predict(
    warehouse: duckdb.DuckDBPyConnection,
    declared: Declared,
    shop: Shop,
    maker: Maker,
    themes: Themes,
    made: _Made,
) -> None:
    latest = _learned(warehouse, declared, shop, maker, themes)
    features = customers_asked_of(warehouse, declared, shop.name, shop.today)
    chosen = choose(warehouse, declared, shop, maker, latest, set(features.columns))
    result = serving.predict(
        chosen.target, chosen.learned, features, shop.today, themes, chosen.remark
    )
    key = (warehouse, shop.name, declared.target.prediction, shop.today, chosen.standing)
    note_standing(*key)
    made.versions.append(ml_io.of_shop(shop, versions_told(*key)))
    made.predictions.append(ml_io.of_shop(shop, result.predictions))
    made.metrics.append(ml_io.of_shop(shop, result.metrics))
    made.outcomes.append(ml_io.of_shop(shop, result.outcomes))
    made.reasons.append(ml_io.of_shop(shop, result.reasons))
    made.curves.append(ml_io.of_shop(shop, result.curves))
    made.importance.append(ml_io.of_shop(shop, result.importance))
    made.is_learned |= latest.is_new
    made.expected_rows += len(features) if prediction.is_served(chosen.learned) else 0


def feature_themes(warehouse: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Features by theme, from the seed feature_themes."""
    rows = warehouse.execute("""
        select theme, list(feature order by feature)
        from seeds.feature_themes
        group by theme
        order by theme
    """).fetchall()
    return dict(rows)


def _learned(
    warehouse: duckdb.DuckDBPyConnection,
    declared: Declared,
    shop: Shop,
    maker: Maker,
    themes: Themes,
) -> Kept:
    lessons = Lessons(warehouse, declared, shop)
    return fitted(
        warehouse,
        shop.name,
        declared.target.prediction,
        f"{maker.code} {declared} {lessons.digest()}",
        lambda: prediction.learn(declared.target, lessons.history(), shop.today, themes),
        prediction.Learned | prediction.Untested,
        is_forced=maker.is_forced,
    )
