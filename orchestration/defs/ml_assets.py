"""The Python steps as assets: features in, the tables of schema `ml` out.

What they compute is in the package `ml`, which knows neither Dagster nor DuckDB. It is imported
when an asset runs, because scikit-learn takes a second that listing the assets need not pay.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration.code_digest import package_versions
from orchestration.defs.failures import failing_clearly
from orchestration.defs.resources import PortraitRun
from orchestration.defs.table_metadata import declared_metadata
from orchestration.modelling import tables as ml_io
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.pictures import inline_picture
from orchestration.modelling.profiles import metric_values, segment_sizes
from orchestration.progress import step
from orchestration.warehouse.manifest import Manifest, Table, ml_tables
from orchestration.warehouse.opening import scalar

_FEATURES = ["features", "customer_features"]
_LABELS = ["features", "training_labels"]


def build(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """The assets of the Python steps, described as their dbt source declares them."""
    declared = ml_tables(manifest)

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
        from orchestration.modelling.segments import make_segments

        with failing_clearly(), step("segments") as progress, run.warehouse() as warehouse:
            made = make_segments(warehouse, declared, _maker(run))
            sizes = segment_sizes(made.profiles)
            progress.rows = made.rows
            progress.detail = f"{len(sizes)} segments, {_age(is_new=made.is_fitted)}"
        yield dg.MaterializeResult(
            asset_key=["ml", "customer_segments"],
            metadata={
                "dagster/row_count": made.rows,
                "days put into segments anew": made.days,
                "segments are new": made.is_fitted,
                "segments": dg.MetadataValue.md(inline_picture(sizes)),
                **metric_values(made.metrics, ["k", "silhouette"]),
            },
        )
        yield dg.MaterializeResult(
            asset_key=["ml", "segment_profiles"],
            metadata={"dagster/row_count": len(made.profiles)},
        )

    @dg.multi_asset(group_name="ml", specs=[spec("customer_predictions", [_FEATURES, _LABELS])])
    def predictions(run: PortraitRun) -> dg.MaterializeResult[None]:
        """Who will buy again soon."""
        from orchestration.modelling.predictions import make_predictions

        with failing_clearly(), step("predictions") as progress, run.warehouse() as warehouse:
            made = make_predictions(warehouse, declared, _maker(run))
            progress.rows = made.rows
            progress.detail = _age(is_new=made.is_learned)
        return dg.MaterializeResult(
            asset_key=["ml", "customer_predictions"],
            metadata={
                "dagster/row_count": made.rows,
                "model is new": made.is_learned,
                **metric_values(made.metrics, ["roc_auc"]),
            },
        )

    return [segments, predictions, _model_metrics(spec, declared)]


def _maker(run: PortraitRun) -> Maker:
    code = f"{run.code_hash} {sorted(package_versions().items())}"
    return Maker(code, is_forced=run.is_full_refresh)


def _age(*, is_new: bool) -> str:
    return "fitted anew" if is_new else "as fitted before"


def _model_metrics(spec: Any, declared: Mapping[str, Table]) -> dg.AssetsDefinition:
    upstream = [["ml", "customer_segments"], ["ml", "customer_predictions"]]

    @dg.multi_asset(group_name="ml", specs=[spec("model_metrics", upstream)])
    def model_metrics(run: PortraitRun) -> dg.MaterializeResult[None]:
        """How good the models are: each wrote its own rows, together with its output."""
        from ml import prediction, segmentation

        table = declared["model_metrics"]
        with failing_clearly(), run.warehouse() as warehouse:
            names = [segmentation.MODEL_NAME, prediction.MODEL_NAME]
            ml_io.keep_metrics_of(warehouse, table, names)
            rows = scalar(warehouse, f"select count(*) from {table.relation}")
        return dg.MaterializeResult(
            asset_key=["ml", "model_metrics"], metadata={"dagster/row_count": rows}
        )

    return model_metrics
