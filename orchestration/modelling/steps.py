"""The Python steps, each told while it works: features in, the tables of schema `ml` out."""

from collections.abc import Mapping, Sequence

import duckdb

from ml.recommendation.rule import RecommendationRule
from ml.segment_rule import SegmentRule
from orchestration.modelling import tables as ml_io
from orchestration.modelling.customer_similar import KEPT as REFERENCES
from orchestration.modelling.customer_similar import make_customer_similar
from orchestration.modelling.kept_models import Maker, keep_only
from orchestration.modelling.lifetime_values import MadeLifetimeValues, make_lifetime_values
from orchestration.modelling.model_versions import keep_versions_of
from orchestration.modelling.predictions import MadePredictions, make_predictions
from orchestration.modelling.profiles import by_shop, segment_sizes
from orchestration.modelling.recommendations import (
    KEPT,
    MadeRecommendations,
    make_recommendations,
)
from orchestration.modelling.segment_chain import LINK
from orchestration.modelling.segments import MadeSegments, make_segments
from orchestration.modelling.targets import Declared
from orchestration.progress import step
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import scalar


def segments_step(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    maker: Maker,
    rule: SegmentRule,
) -> MadeSegments:
    """Groups of customers who buy alike."""
    with step("segments") as current:
        made = make_segments(warehouse, tables, maker, rule)
        current.rows = made.rows
        count = sum(len(segment_sizes(one.rows)) for one in by_shop(made.profiles))
        noun = "segment" if count == 1 else "segments"
        current.detail = f"{count} {noun}, {_age(is_new=made.is_fitted)}"
    return made


def predictions_step(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    declared: Sequence[Declared],
    maker: Maker,
) -> MadePredictions:
    """What customers will do next."""
    with step("predictions") as current:
        made = make_predictions(warehouse, tables, declared, maker)
        current.rows = made.rows
        current.detail = _age(is_new=made.is_learned)
    return made


def lifetime_values_step(
    warehouse: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], maker: Maker
) -> MadeLifetimeValues:
    """How often customers will buy, and what that is worth."""
    with step("lifetime values") as current:
        made = make_lifetime_values(warehouse, tables, maker)
        current.rows = made.rows
        current.detail = "fitted anew"
    return made


def recommendations_step(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    maker: Maker,
    rules: Sequence[RecommendationRule],
) -> MadeRecommendations:
    """What customers may want next, and who buys alike."""
    with step("recommendations") as current:
        made = make_recommendations(warehouse, tables, maker, rules)
        current.rows = sum(made.rows.values())
        current.detail = "methods compared anew" if made.is_fitted else "by methods as before"
    with step("similar customers") as current:
        current.rows = make_customer_similar(warehouse, tables, maker)
    return made


def tidy_metrics(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    declared: Sequence[Declared],
    method: str = "kmeans",
) -> int:
    """Leaves of metrics, versions and kept models what the steps wrote, and nothing that is gone.

    Args:
        warehouse: A connection that writes.
        tables: The declared ml tables by name.
        declared: What is predicted.
        method: How segments are made.

    Returns:
        The rows that are left.
    """
    from ml import segmentation
    from ml.artifact import SEGMENTS, VALUES
    from ml.lifetime_value.learned_values import MODEL_NAME
    from ml.recommendation.questions import TITLES_OF_TARGETS

    table = tables["model_metrics"]
    names = [
        segmentation.model_name(method),
        MODEL_NAME,
    ]
    targets = [*(one.target.name for one in declared), *TITLES_OF_TARGETS]
    ml_io.keep_metrics_of(warehouse, table, names, targets)
    shops = [shop.name for shop in ml_io.shops(warehouse)]
    predictions = [one.target.prediction for one in declared]
    keep_only(warehouse, shops, [*predictions, *KEPT, REFERENCES], LINK)
    models = [*predictions, SEGMENTS, VALUES]
    ml_io.keep_versions_told_of(warehouse, tables["model_versions"], models)
    keep_versions_of(warehouse, shops, models)
    return scalar(warehouse, f"select count(*) from {table.relation}")


def _age(*, is_new: bool) -> str:
    return "fitted anew" if is_new else "as fitted before"
