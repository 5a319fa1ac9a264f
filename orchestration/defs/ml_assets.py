"""The Python steps as assets: features in, the tables of schema `ml` out.

What they compute is in the package `ml`, which knows neither Dagster nor DuckDB. It is imported
when an asset runs, because scikit-learn takes a second that listing the assets need not pay.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from ml.recommendation.rule import RecommendationRule
from ml.segment_rule import SegmentRule
from orchestration.defs.failures import failing_clearly
from orchestration.defs.ml_checks import check_results, check_specs
from orchestration.defs.resources import PortraitRun
from orchestration.defs.table_metadata import (
    counted,
    declared_metadata,
    pictures_metadata,
    rows_as_table,
)
from orchestration.modelling.checks import (
    LIFETIME_VALUE_CHECKS,
    PREDICTION_CHECKS,
    RECOMMENDATION_CHECKS,
    SEGMENT_CHECKS,
    check_lifetime_values,
    check_predictions,
    check_recommendations,
    check_segments,
)
from orchestration.modelling.declared_recommendations import declared_recommendations
from orchestration.modelling.declared_segments import declared_segments
from orchestration.modelling.pictures import calibration_picture, inline_picture
from orchestration.modelling.profiles import (
    by_shop,
    by_target,
    calibration,
    metric_values,
    segment_rows,
    segment_sizes,
)
from orchestration.modelling.targets import Declared, declared_predictions
from orchestration.publishing.model_cards import CARDS
from orchestration.publishing.reports.names import (
    OF_LIFETIME_VALUES,
    OF_RECOMMENDATIONS,
    OF_SEGMENTS,
    file_names,
    of_predictions,
)
from orchestration.warehouse.manifest import Manifest, Table, ml_tables

if TYPE_CHECKING:
    import pandas as pd

_FEATURES = ["features", "customer_features"]
_SEGMENTS = dg.AssetKey(["ml", "customer_segments"])
_OF_SEGMENTS = ("customer_segments", "segment_profiles", "segment_map")
_LABELS = ["features", "training_labels"]
_HOLDOUT = ["features", "lifetime_value_holdout"]
_LIFETIME_VALUES = dg.AssetKey(["ml", "customer_lifetime_value"])
_PREDICTIONS = dg.AssetKey(["ml", "customer_predictions"])
_OF_PREDICTIONS = (
    *("customer_predictions", "prediction_reasons", "prediction_outcomes"),
    *("model_curves", "feature_importance"),
)
_OF_ALL = ("model_metrics", "model_versions")
_OF_LIFETIME_VALUES = ("customer_lifetime_value", "purchase_tracking", "alive_grid")
_RECOMMENDATIONS = dg.AssetKey(["ml", "customer_recommendations"])
_OF_RECOMMENDATIONS = (
    *("customer_recommendations", "customer_next_categories"),
    *("similar_products", "customer_similar"),
)
_INTERACTIONS = (
    *("recommendation_days", "recommendation_lessons", "recommendation_persons"),
    *("product_interactions", "current_interactions", "known_interactions", "next_purchases"),
    *("recommendable_products", "refused_products", "product_attributes"),
)
_WEEKS = ["features", "purchase_weeks"]
_THEMES = ["seeds", "feature_themes"]


def build(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """The assets of the Python steps, described as their dbt source declares them."""
    declared, predicted = ml_tables(manifest), declared_predictions(manifest)
    pictures = of_predictions(one.target.prediction for one in predicted)
    rule = declared_segments(manifest)

    def spec(name: str, deps: Iterable[Any]) -> dg.AssetSpec:
        return dg.AssetSpec(
            key=["ml", name],
            deps=deps,
            description=declared[name].description,
            metadata=declared_metadata(declared[name]),
            kinds={"python", "scikitlearn"},
        )

    @dg.multi_asset(
        group_name="ml",
        specs=[spec(name, [_FEATURES]) for name in _OF_SEGMENTS],
        check_specs=check_specs(_SEGMENTS, SEGMENT_CHECKS),
    )
    def segments(run: PortraitRun) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        """Groups of customers who buy alike."""
        from orchestration.modelling.steps import segments_step

        with failing_clearly(), run.warehouse() as warehouse:
            made = segments_step(warehouse, declared, run.maker, rule)
            findings = check_segments(warehouse, made)
            others = counted(warehouse, (declared[one] for one in _OF_SEGMENTS[1:]))
        yield dg.MaterializeResult(
            asset_key=_SEGMENTS,
            metadata={
                "dagster/row_count": made.rows,
                "days put into segments anew": made.days,
                "segments are new": made.is_fitted,
                **_pictured(made.profiles),
                **_files(run, OF_SEGMENTS, made.metrics),
                **{
                    f"{one.begin}{name}": value
                    for one in by_shop(made.metrics)
                    for name, value in metric_values(one.rows, ["k", "silhouette"]).items()
                },
            },
        )
        yield from others
        yield from check_results(_SEGMENTS, findings)

    @dg.multi_asset(
        group_name="ml",
        specs=[spec(name, [_FEATURES, _LABELS, _THEMES]) for name in _OF_PREDICTIONS],
        check_specs=check_specs(_PREDICTIONS, PREDICTION_CHECKS),
    )
    def predictions(
        run: PortraitRun,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        """What customers will do next."""
        from orchestration.modelling.steps import predictions_step

        with failing_clearly(), run.warehouse() as warehouse:
            made = predictions_step(warehouse, declared, predicted, run.maker)
            findings = check_predictions(warehouse, made)
            others = counted(warehouse, (declared[one] for one in _OF_PREDICTIONS[1:]))
        yield dg.MaterializeResult(
            asset_key=_PREDICTIONS,
            metadata={
                "dagster/row_count": made.rows,
                "model is new": made.is_learned,
                "model cards": dg.MetadataValue.path(run.project.current / CARDS),
                **_tested(made.metrics),
                **_files(run, pictures, made.metrics),
            },
        )
        yield from others
        yield from check_results(_PREDICTIONS, findings)

    return [
        segments,
        predictions,
        _lifetime_values(spec, declared),
        _recommendations(spec, declared, declared_recommendations(manifest)),
        _model_metrics(spec, declared, predicted, rule),
    ]


def _lifetime_values(spec: Any, declared: Mapping[str, Table]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        group_name="ml",
        specs=[spec(name, [_FEATURES, _HOLDOUT, _WEEKS]) for name in _OF_LIFETIME_VALUES],
        check_specs=check_specs(_LIFETIME_VALUES, LIFETIME_VALUE_CHECKS),
    )
    def lifetime_values(
        run: PortraitRun,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        """How often customers will buy, and what that is worth."""
        from orchestration.modelling.steps import lifetime_values_step

        with failing_clearly(), run.warehouse() as warehouse:
            made = lifetime_values_step(warehouse, declared, run.maker)
            findings = check_lifetime_values(warehouse, made)
            others = counted(warehouse, (declared[one] for one in _OF_LIFETIME_VALUES[1:]))
        yield dg.MaterializeResult(
            asset_key=_LIFETIME_VALUES,
            metadata={
                "dagster/row_count": made.rows,
                **_files(run, OF_LIFETIME_VALUES, made.metrics),
            },
        )
        yield from others
        yield from check_results(_LIFETIME_VALUES, findings)

    return lifetime_values


def _recommendations(
    spec: Any, declared: Mapping[str, Table], recommending: Sequence[RecommendationRule]
) -> dg.AssetsDefinition:
    deps = [["features", name] for name in _INTERACTIONS]
    rules = ["seeds", "recommendation_rules"]

    @dg.multi_asset(
        group_name="ml",
        specs=[spec(name, [_FEATURES, *deps, rules]) for name in _OF_RECOMMENDATIONS],
        check_specs=check_specs(_RECOMMENDATIONS, RECOMMENDATION_CHECKS),
    )
    def recommendations(
        run: PortraitRun,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        """What customers may want next."""
        from orchestration.modelling.steps import recommendations_step

        with failing_clearly(), run.warehouse() as warehouse:
            made = recommendations_step(warehouse, declared, run.maker, recommending)
            findings = check_recommendations(warehouse, made)
            others = counted(warehouse, (declared[one] for one in _OF_RECOMMENDATIONS[1:]))
        yield dg.MaterializeResult(
            asset_key=_RECOMMENDATIONS,
            metadata={
                "dagster/row_count": made.rows["customer_recommendations"],
                "methods are compared anew": made.is_fitted,
                **_files(run, OF_RECOMMENDATIONS, made.metrics),
            },
        )
        yield from others
        yield from check_results(_RECOMMENDATIONS, findings)

    return recommendations


def _model_metrics(
    spec: Any, declared: Mapping[str, Table], predicted: Sequence[Declared], rule: SegmentRule
) -> dg.AssetsDefinition:
    outputs = [_SEGMENTS, _PREDICTIONS, _LIFETIME_VALUES, _RECOMMENDATIONS]

    @dg.multi_asset(group_name="ml", specs=[spec(name, outputs) for name in _OF_ALL])
    def model_metrics(run: PortraitRun) -> Iterator[dg.MaterializeResult[None]]:
        """How good the models are, and their versions: each wrote its own rows with its output."""
        from orchestration.modelling.steps import tidy_metrics

        with failing_clearly(), run.warehouse() as warehouse:
            rows = tidy_metrics(warehouse, declared, predicted, rule.method)
            others = counted(warehouse, (declared[one] for one in _OF_ALL[1:]))
        yield dg.MaterializeResult(
            asset_key=["ml", "model_metrics"], metadata={"dagster/row_count": rows}
        )
        yield from others

    return model_metrics


def _pictured(profiles: "pd.DataFrame") -> dict[str, Any]:
    """The segments of each shop, as a picture and as a table."""
    told: dict[str, Any] = {}
    for one in by_shop(profiles):
        sizes = segment_sizes(one.rows)
        told[f"{one.begin}sizes"] = dg.MetadataValue.md(inline_picture(sizes))
        told[f"{one.begin}segments"] = rows_as_table(segment_rows(sizes))
    return told


def _tested(metrics: "pd.DataFrame") -> dict[str, Any]:
    """How each target was tested: its AUC, and a picture where something was tested."""
    told: dict[str, Any] = {}
    for one in by_shop(metrics):
        for target, tested in by_target(one.rows):
            if picture := calibration_picture(calibration(tested)):
                told[f"{one.begin}{target}: calibration"] = dg.MetadataValue.md(picture)
            for name, value in metric_values(tested, ["roc_auc"]).items():
                told[f"{one.begin}{target}: {name}"] = value
    return told


def _files(run: PortraitRun, kinds: Iterable[str], metrics: "pd.DataFrame") -> dict[str, Any]:
    """The pictures of each shop that has metrics: these are the shops with orders."""
    shops = [one.shop for one in by_shop(metrics)]
    return pictures_metadata(run.project.current, file_names(kinds, shops))
