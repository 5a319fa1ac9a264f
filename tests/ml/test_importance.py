"""Importance finds what a model goes by, as scikit-learn's does, and twins only together."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import permutation_importance

from ml.diagnosis import curve_table, importance_table
from ml.fitted import Fitted
from ml.importance import ALL, MOST_CUSTOMERS, NONE, Importance, importance
from ml.prediction import Learned, learn
from tests.ml.conftest import Tables
from tests.ml.in_one_call import REPURCHASE, history_of

THEMES = {"signal": ["strong", "twin"], "unused": ["elsewhere"], "noise": ["noise"]}


def customers(size: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    draw = np.random.default_rng(seed)
    strong = draw.normal(size=size)
    rows = pd.DataFrame(
        {
            "strong": strong,
            "twin": strong + draw.normal(scale=0.01, size=size),
            "lone": draw.normal(size=size),
            "noise": draw.normal(size=size),
            "days_since_last_order": draw.integers(1, 90, size).astype(float),
        }
    )
    event = draw.random(size) < 1 / (1 + np.exp(-2 * rows["strong"] - rows["lone"]))
    return rows, event.to_numpy().astype(float)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return Fitted(REPURCHASE, "logistic_regression", *customers(3_000, seed=1))


def told_by(found: Importance) -> dict[tuple[str, str], float]:
    return dict(zip(zip(found.theme, found.feature, strict=True), found.loss, strict=True))


def test_twins_matter_together_and_noise_does_not(fitted: Fitted) -> None:
    found = importance(fitted, *customers(1_500), THEMES)
    told = told_by(found)
    assert set(told) == {
        *((theme, ALL) for theme in ("noise", "signal")),
        *(("signal", name) for name in ("strong", "twin")),
        *((NONE, name) for name in ("lone", "days_since_last_order")),
        ("noise", "noise"),
    }
    assert told["signal", ALL] > 1.5 * (told["signal", "strong"] + told["signal", "twin"])
    assert told["signal", ALL] > told[NONE, "lone"] > 0.02
    at = found.feature.index("lone")
    assert 0 < found.lower[at] < found.loss[at] < found.upper[at]
    noise = found.feature.index("noise")
    assert found.lower[noise] < 0.001 and abs(found.loss[noise]) < 0.005


def test_it_is_what_scikit_learn_finds(fitted: Fitted) -> None:
    rows, event = customers(1_500)
    found = told_by(importance(fitted, rows, event, {}))
    theirs = permutation_importance(
        fitted.model,
        rows[fitted.inputs].to_numpy(),
        event > 0,
        scoring="neg_log_loss",
        n_repeats=5,
        random_state=3,
    )
    for name, mean in zip(fitted.inputs, theirs.importances_mean, strict=True):
        assert found[NONE, str(name)] == pytest.approx(mean, abs=0.02)


def test_it_is_the_same_each_time_and_looks_at_some_of_many(fitted: Fitted) -> None:
    rows, event = customers(MOST_CUSTOMERS + 500)
    first, second = (importance(fitted, rows, event, THEMES) for _ in range(2))
    assert first.loss.tolist() == second.loss.tolist()
    assert first.customers == MOST_CUSTOMERS


def test_one_customer_cannot_be_told_from_others(fitted: Fitted) -> None:
    found = importance(fitted, *customers(1), THEMES)
    assert found.loss.tolist() == [0] * len(found.loss)


def test_what_is_learned_tells_curves_of_both_and_the_themes(
    make_history: Callable[..., Tables], as_of_date: pd.Timestamp
) -> None:
    themes = {"when": ["days_since_last_order"]}
    learned = learn(REPURCHASE, history_of(*make_history()), as_of_date, themes)
    assert isinstance(learned, Learned)
    known = {"prediction": "p", "target": "t"}
    drawn = curve_table(learned.diagnosis, **known)
    series = drawn.groupby("series")["curve"].unique().map(sorted).to_dict()
    every = ["calibration", "gain", "lift", "precision_recall", "roc"]
    assert series == {"baseline": every, "model": every}
    (auc,) = [row["value"] for row in learned.test.metrics if row["metric"] == "roc_auc"]
    roc = drawn[(drawn["curve"] == "roc") & (drawn["series"] == "model")]
    assert np.trapezoid(roc["y"], roc["x"]) == pytest.approx(auc, abs=0.002)
    assert (
        drawn.groupby(["curve", "series"])["point"]
        .apply(lambda p: p.tolist())
        .map(lambda points: points == list(range(1, len(points) + 1)))
        .all()
    )
    together = importance_table(learned.diagnosis, **known).query("feature == '(all)'")
    assert together["theme"].tolist() == ["when"]
