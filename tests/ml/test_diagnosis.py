"""What matters to a model is asked of the one that foretold the test day, not of what is served."""

import numpy as np
import pandas as pd

from ml.fitted import Fitted
from ml.importance import importance
from ml.prediction import numeric_rows
from ml.rolling import (
    OUTCOME,
    closed_cutoffs,
    foretell,
    inputs_of,
    known_on,
    rolling_origins,
    shift_of,
)
from tests.ml.in_one_call import REPURCHASE, history_of, learn_repurchase
from tests.ml.test_prediction import Maker


def test_it_is_the_model_of_the_test_day_at_the_level_of_that_day(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    tables = make_history()
    learned, rows = learn_repurchase(*tables, as_of_date), numeric_rows(history_of(*tables))
    closed = closed_cutoffs(rows["as_of_date"], as_of_date, REPURCHASE.window)
    origins = rolling_origins(closed, REPURCHASE.window)
    made = [forecast for one in origins if (forecast := foretell(REPURCHASE, rows, one))]
    name, latest = learned.fitted.candidate, origins[-1]
    shift = shift_of(REPURCHASE, known_on(REPURCHASE, made, latest.cutoff), name)
    assert shift != 0
    training = rows[rows["as_of_date"].isin(latest.training)]
    testing = rows[rows["as_of_date"] == latest.cutoff]
    fitted = Fitted(REPURCHASE, name, inputs_of(training), training[OUTCOME].to_numpy(), shift)
    expected = importance(fitted, inputs_of(testing), testing[OUTCOME].to_numpy(), {})
    told = learned.diagnosis.importance
    assert told.feature == expected.feature
    for one, other in ((told.loss, expected.loss), (told.lower, expected.lower)):
        np.testing.assert_array_equal(one, other)


def test_a_forecast_holds_its_methods_only_where_they_are_asked_for(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    rows = numeric_rows(history_of(*make_history()))
    closed = closed_cutoffs(rows["as_of_date"], as_of_date, REPURCHASE.window)
    origin = rolling_origins(closed, REPURCHASE.window)[-1]
    plain = foretell(REPURCHASE, rows, origin)
    holding = foretell(REPURCHASE, rows, origin, keeps_fitted=True)
    assert plain is not None
    assert holding is not None
    assert plain.fitted == {}
    assert holding.fitted.keys() == holding.expected.keys()


def test_another_level_leaves_the_model_as_it_was(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    features, labels = make_history()
    model = learn_repurchase(features, labels, as_of_date).fitted
    before = model.expected(features)
    assert (model.at_level(model.shift + 1).expected(features) > before).all()
    np.testing.assert_array_equal(model.expected(features), before)
