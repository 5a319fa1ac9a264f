"""Predictions in the warehouse: learned where past days differ, made every day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from ml import prediction, schemas
from orchestration.modelling import tables as ml_io
from orchestration.modelling.kept_models import Kept, Maker, fitted
from orchestration.modelling.tables import Shop
from orchestration.modelling.targets import Labels
from orchestration.quoting import quoted
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import scalar

# A model of thirty coefficients learns nothing from more rows, and a million customers on twelve
# days would not fit into memory.
TRAINING_ROWS = 200_000
_BUCKETS = 10_000
_FEATURES = "select * exclude (shop) from features.customer_features"


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
    predicted, measured, news = [], [], []
    for shop in ml_io.shops(warehouse):
        features = warehouse.execute(
            f"{_FEATURES} where shop = ? and as_of_date = ? order by customer_id",
            [shop.name, shop.today],
        ).df()
        for labels in declared:
            learned, is_new = _learned(warehouse, labels, shop, maker)
            result = prediction.predict(labels.target, learned, features, shop.today)
            predicted.append(ml_io.of_shop(shop, result.predictions))
            measured.append(ml_io.of_shop(shop, result.metrics))
            news.append(is_new)
    predictions = ml_io.of_all_shops(schemas.CUSTOMER_PREDICTIONS, predicted)
    metrics = ml_io.of_all_shops(schemas.MODEL_METRICS, measured)
    ml_io.write(warehouse, tables, {"customer_predictions": predictions}, metrics)
    return MadePredictions(len(predictions), any(news), metrics)


def _learned(
    warehouse: duckdb.DuckDBPyConnection, labels: Labels, shop: Shop, maker: Maker
) -> Kept:
    lessons = Lessons(warehouse, labels, shop)
    return fitted(
        warehouse,
        shop.name,
        labels.target.model_name,
        f"{maker.code} {labels.target} {lessons.digest()}",
        lambda: prediction.learn(labels.target, lessons.features(), lessons.labels(), shop.today),
        prediction.Learned | prediction.Untested,
        is_forced=maker.is_forced,
    )


class Lessons:
    """What a prediction learns from: past days of a shop's customers whose future is known.

    Where there are more than enough, a sample of customers stands for all, each with all of their
    days. A hash of the customer decides, so that the same are drawn from the same data.
    """

    def __init__(
        self,
        warehouse: duckdb.DuckDBPyConnection,
        labels: Labels,
        shop: Shop,
        most_rows: int = TRAINING_ROWS,
    ) -> None:
        """Draws for the portraits of the shop's day; about `most_rows` rows."""
        self._warehouse = warehouse
        own = f"from {labels.table.relation} where shop = {quoted(shop.name)}"
        rows = scalar(warehouse, f"select count(*) {own}")
        share = min(_BUCKETS, _BUCKETS * most_rows // max(rows, 1))
        self._labels = (
            f"select * exclude (shop) {own}"
            f" and md5_number_lower(customer_id) % {_BUCKETS} < {share}"
            f" and as_of_date + {labels.target.horizon_days} <= date '{shop.today}'"
        )
        self._features = f"{_FEATURES} semi join ({self._labels}) using (customer_id, as_of_date)"

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
