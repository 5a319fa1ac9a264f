"""Predictions in the warehouse: learned where past days differ, made every day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from ml import prediction, schemas
from orchestration.modelling import tables as ml_io
from orchestration.modelling.kept_models import Kept, Maker, fitted
from orchestration.modelling.targets import Labels
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import scalar

# A model of thirty coefficients learns nothing from more rows, and a million customers on twelve
# days would not fit into memory.
TRAINING_ROWS = 200_000
_BUCKETS = 10_000


@dataclass(frozen=True)
class MadePredictions:
    """What `make_predictions` did; `is_learned` is whether a model is new."""

    rows: int
    is_learned: bool
    metrics: pd.DataFrame


def make_predictions(
    warehouse: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    declared: Sequence[Labels],
    maker: Maker,
) -> MadePredictions:
    """Brings customer_predictions and their metrics up to date.

    Args:
        warehouse: A connection that writes, with features and labels.
        tables: The declared ml tables by name.
        declared: What is predicted.
        maker: The code, and whether all is made anew.
    """
    today = ml_io.current_as_of_date(warehouse)
    features = warehouse.execute(
        "select * from features.customer_features where as_of_date = ? order by customer_id",
        [today],
    ).df()
    results, news = [], []
    for labels in declared:
        learned, is_new = _learned(warehouse, labels, today, maker)
        results.append(prediction.predict(labels.target, learned, features, today))
        news.append(is_new)
    predictions, metrics = (
        pd.concat([schemas.empty_table(schema), *frames], ignore_index=True)
        for schema, frames in (
            (schemas.CUSTOMER_PREDICTIONS, (result.predictions for result in results)),
            (schemas.MODEL_METRICS, (result.metrics for result in results)),
        )
    )
    ml_io.write(warehouse, tables, {"customer_predictions": predictions}, metrics)
    return MadePredictions(len(predictions), any(news), metrics)


def _learned(
    warehouse: duckdb.DuckDBPyConnection, labels: Labels, today: date, maker: Maker
) -> Kept:
    lessons = Lessons(warehouse, labels, today)
    return fitted(
        warehouse,
        labels.target.model_name,
        f"{maker.code} {labels.target} {lessons.digest()}",
        lambda: prediction.learn(labels.target, lessons.features(), lessons.labels(), today),
        prediction.Learned | prediction.Untested,
        is_forced=maker.is_forced,
    )


class Lessons:
    """The rows that a prediction learns from: past days of customers whose future is known.

    Where there are more than enough, a sample of customers stands for all, each with all of their
    days. A hash of the customer decides, so that the same are drawn from the same data.
    """

    def __init__(
        self,
        warehouse: duckdb.DuckDBPyConnection,
        labels: Labels,
        today: date,
        most_rows: int = TRAINING_ROWS,
    ) -> None:
        """Draws for the portraits of `today`; about `most_rows` rows."""
        self._warehouse = warehouse
        rows = scalar(warehouse, f"select count(*) from {labels.table.relation}")
        share = min(_BUCKETS, _BUCKETS * most_rows // max(rows, 1))
        self._labels = (
            f"select * from {labels.table.relation}"
            f" where md5_number_lower(customer_id) % {_BUCKETS} < {share}"
            f" and as_of_date + {labels.target.horizon_days} <= date '{today}'"
        )
        self._features = (
            "select features.* from features.customer_features as features"
            f" semi join ({self._labels}) using (customer_id, as_of_date)"
        )

    def labels(self) -> pd.DataFrame:
        """The labels, in a fixed order."""
        return self._warehouse.execute(f"{self._labels} order by as_of_date, customer_id").df()

    def features(self) -> pd.DataFrame:
        """customer_features on the days of these labels, in a fixed order."""
        return self._warehouse.execute(f"{self._features} order by as_of_date, customer_id").df()

    def digest(self) -> str:
        """A text that differs where the rows do."""
        digests = (
            self._warehouse.execute(f"select {ml_io.DIGEST} from ({rows}) as digested").fetchall()
            for rows in (self._labels, self._features)
        )
        return "; ".join(str(digest) for ((digest,),) in digests)
