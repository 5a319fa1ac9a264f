"""One measured step: `python -m bench.models_once PART HOW PREDICTION WAREHOUSE OUT`.

PART is `segments` or `predictions`. HOW is `fitted`, all anew; `again`, as a run does that finds
everything as it was; or `scikit-learn`, the same methods on the same matrices and nothing else: no
choice of k and of method, no test forward in time, no interval, no reasons, no history.
"""

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from sklearn.cluster import KMeans
from sklearn.preprocessing import PowerTransformer

from ml.candidates import candidates
from ml.prediction import numeric_rows
from ml.rolling import OUTCOME, inputs_of
from ml.segmentation import CLUSTER_FEATURES
from ml.threads import one_thread
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.lessons import Lessons, customers_asked_of
from orchestration.modelling.predictions import make_predictions
from orchestration.modelling.segments import make_segments
from orchestration.modelling.tables import shops
from orchestration.modelling.targets import Declared, declared_predictions
from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.manifest import ml_tables
from orchestration.warehouse.opening import open_warehouse

_SEGMENTS = 6


def main(part: str, how: str, prediction: str, warehouse: Path, out: Path) -> None:
    """Does it and writes what was done."""
    manifest = current_manifest(Project.find())
    declared = [
        one for one in declared_predictions(manifest) if one.target.prediction == prediction
    ]
    maker = Maker("bench", is_forced=how == "fitted")
    with open_warehouse(warehouse) as connection:
        if how == "scikit-learn":
            one = _segments if part == "segments" else _prediction
            told = one(connection, declared[0])
        elif part == "segments":
            segments = make_segments(connection, ml_tables(manifest), maker)
            told = {"rows": f"{segments.rows:,}", "days put in": str(segments.days)}
        else:
            predicted = make_predictions(connection, ml_tables(manifest), declared, maker)
            told = {"rows": f"{predicted.rows:,}", "learned": str(predicted.is_learned)}
    out.write_text(json.dumps(told))


def _segments(connection: duckdb.DuckDBPyConnection, _: Declared) -> dict[str, Any]:
    (shop,) = shops(connection)
    columns = ", ".join(CLUSTER_FEATURES)
    rows = connection.execute(
        f"select {columns} from features.customer_features where as_of_date = ? and order_count > 0"
        " and average_order_value is not null",
        [shop.today],
    ).df()
    with one_thread():
        points = PowerTransformer().fit_transform(rows)
        labels = KMeans(_SEGMENTS, n_init=10, random_state=0).fit_predict(points)
    return {"customers": f"{len(rows):,}", "segments": str(len(np.unique(labels)))}


def _prediction(connection: duckdb.DuckDBPyConnection, declared: Declared) -> dict[str, Any]:
    (shop,) = shops(connection)
    history = numeric_rows(Lessons(connection, declared, shop).history())
    today = customers_asked_of(connection, declared, shop.name, shop.today)
    customers = numeric_rows(today)
    name = declared.target.candidates[0]
    inputs = inputs_of(history)
    inputs = inputs.loc[:, inputs.nunique(dropna=False) > 1]
    with one_thread():
        model = candidates(declared.target.kind)[name].build()
        model.fit(inputs.to_numpy(), history[OUTCOME].to_numpy() > 0)
        told = model.predict_proba(customers[list(inputs)].to_numpy())
    return {"method": name, "learned from": f"{len(history):,}", "scored": f"{len(told):,}"}


if __name__ == "__main__":
    of_part, made_how, predicted, file, told_in = sys.argv[1:]
    main(of_part, made_how, predicted, Path(file), Path(told_in))
