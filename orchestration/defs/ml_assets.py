"""The Python steps as assets: features in, the tables of schema `ml` out.

What they compute is in the package `ml`, which knows neither Dagster nor DuckDB. It is imported
when an asset runs, because scikit-learn takes a second that listing the assets need not pay.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.defs.failures import failing_clearly
from orchestration.defs.resources import PortraitRun
from orchestration.defs.table_metadata import declared_metadata
from orchestration.modelling.pictures import inline_picture
from orchestration.modelling.profiles import metric_values, segment_sizes
from orchestration.modelling.targets import Labels, declared_labels
from orchestration.warehouse.manifest import Manifest, Table, ml_tables

_FEATURES = ["features", "customer_features"]


def build(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """The assets of the Python steps, described as their dbt source declares them."""
    declared, predicted = ml_tables(manifest), declared_labels(manifest)
    label_keys = [[labels.table.schema, labels.table.name] for labels in predicted]

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
        specs=[
            spec("customer_segments", [_FEATURES]),
            spec("segment_profiles", [_FEATURES]),
        ],
    )
    def segments(run: PortraitRun) -> Iterator[dg.MaterializeResult[None]]:
        """Groups of customers who buy alike."""
        from orchestration.modelling.steps import segments_step

        with failing_clearly(), run.warehouse() as warehouse:
            made = segments_step(warehouse, declared, run.maker)
        yield dg.MaterializeResult(
            asset_key=["ml", "customer_segments"],
            metadata={
                "dagster/row_count": made.rows,
                "days put into segments anew": made.days,
                "segments are new": made.is_fitted,
                "segments": dg.MetadataValue.md(inline_picture(segment_sizes(made.profiles))),
                **metric_values(made.metrics, ["k", "silhouette"]),
            },
        )
        yield dg.MaterializeResult(
            asset_key=["ml", "segment_profiles"],
            metadata={"dagster/row_count": len(made.profiles)},
        )

    @dg.multi_asset(group_name="ml", specs=[spec("customer_predictions", [_FEATURES, *label_keys])])
    def predictions(run: PortraitRun) -> dg.MaterializeResult[None]:
        """What customers will do next."""
        from orchestration.modelling.steps import predictions_step

        with failing_clearly(), run.warehouse() as warehouse:
            made = predictions_step(warehouse, declared, predicted, run.maker)
        return dg.MaterializeResult(
            asset_key=["ml", "customer_predictions"],
            metadata={
                "dagster/row_count": made.rows,
                "model is new": made.is_learned,
                **metric_values(made.metrics, ["roc_auc"]),
            },
        )

    return [segments, predictions, _model_metrics(spec, declared, predicted)]


def _model_metrics(
    spec: Any, declared: Mapping[str, Table], predicted: Sequence[Labels]
) -> dg.AssetsDefinition:
    upstream = [["ml", "customer_segments"], ["ml", "customer_predictions"]]

    @dg.multi_asset(group_name="ml", specs=[spec("model_metrics", upstream)])
    def model_metrics(run: PortraitRun) -> dg.MaterializeResult[None]:
        """How good the models are: each wrote its own rows, together with its output."""
        from orchestration.modelling.steps import tidy_metrics

        with failing_clearly(), run.warehouse() as warehouse:
            rows = tidy_metrics(warehouse, declared, predicted)
        return dg.MaterializeResult(
            asset_key=["ml", "model_metrics"], metadata={"dagster/row_count": rows}
        )

    return model_metrics
