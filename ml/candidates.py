"""The methods that may predict, by name, ready to be fitted: most of them scikit-learn's, set once.

Settings are modest, and the same for every shop: what a search over them gains on three shops is
less than what one month differs from the next.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_selection import RFE, SelectPercentile, VarianceThreshold, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, TweedieRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from ml.target import Kind
from ml.two_stage import TwoStageRegressor

Floats = NDArray[np.float64]

_IMPUTE, _VARY, _SELECT = "impute", "vary", "select"


@dataclass(frozen=True)
class Candidate:
    """A method.

    Attributes:
        build: Gives it unfitted: a classifier with `predict_proba`, or a regressor.
        minimum_rows: With fewer rows to learn from it is not tried: it would learn noise.
        library: Of an extra, which it imports when it is built; None for none.
    """

    build: Callable[[], Any]
    minimum_rows: int = 0
    library: str | None = None


def candidates(kind: Kind) -> Mapping[str, Candidate]:
    """The methods that predict outcomes of a kind, by name."""
    return _EVENT if kind == "event" else _AMOUNT


def signed_log(values: Floats) -> Floats:
    """sign(x) * log(1 + |x|): a log that takes zero, returns and NaN as they come."""
    return np.sign(values) * np.log1p(np.abs(values))


def selected_inputs(model: Any, inputs: Sequence[str]) -> list[str] | None:
    """The inputs that a fitted method has selected, in their order; None where it selects none.

    Args:
        model: built by a candidate and fitted.
        inputs: names of the columns that it was fitted to.
    """
    if not isinstance(model, Pipeline) or _SELECT not in model.named_steps:
        return None
    names = np.asarray(inputs, dtype=object)
    # The flags of NULLs stand behind the inputs, in the imputer's order.
    flagged = model.named_steps[_IMPUTE].indicator_.features_
    columns = np.concatenate([names, names[flagged]])
    for step in (_VARY, _SELECT):
        columns = columns[model.named_steps[step].get_support()]
    return [name for name in inputs if name in set(columns)]


def _linear(method: Any, select: Any = None) -> Pipeline:
    """A linear method on signed logs, standardised, with a flag for each input's NULLs.

    Counts and money are skewed, so logs; NULL says something (no second order, no session), so
    it gets a column of its own, and the old one the mean, which is neutral. A selection is a part
    of the method, so that it sees what the method is fitted to and nothing of the tested day.
    """
    steps = [
        ("signed_log", FunctionTransformer(signed_log)),
        (_IMPUTE, SimpleImputer(strategy="mean", add_indicator=True)),
        ("standardise", StandardScaler()),
        (_VARY, select and VarianceThreshold()),
        (_SELECT, select),
        ("predict", method),
    ]
    return Pipeline([(name, step) for name, step in steps if step is not None])


# Of boosting: small steps, small trees, leaves of many customers and a part of the inputs at each
# split, since months repeat the same customers. Deeper trees win on no shop.
_BOOSTING = {
    "learning_rate": 0.04,
    "max_iter": 120,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 100,
    "l2_regularization": 10.0,
    "max_features": 0.3,
    "early_stopping": False,
    "random_state": 0,
}
_FOREST = {"n_estimators": 300, "min_samples_leaf": 10, "max_features": "sqrt", "random_state": 0}
_TREE = {"min_samples_leaf": 50, "max_leaf_nodes": 16, "random_state": 0}
# The same boosting by two other libraries, on one thread: the same figures on any machine.
_LIGHTGBM = {
    "learning_rate": 0.04,
    "n_estimators": 120,
    "num_leaves": 8,
    "min_child_samples": 100,
    "reg_lambda": 10.0,
    "feature_fraction_bynode": 0.3,
    "deterministic": True,
    "force_row_wise": True,
    "n_jobs": 1,
    "random_state": 0,
    "verbose": -1,
}
_CATBOOST = {
    "learning_rate": 0.04,
    "iterations": 200,
    "depth": 4,
    "l2_leaf_reg": 10.0,
    "rsm": 0.3,
    "thread_count": 1,
    "random_seed": 0,
    "verbose": False,
    "allow_writing_files": False,
}
# Twenty of the leaves above.
_ENOUGH_FOR_TREES = 2000


def _logistic() -> LogisticRegression:
    return LogisticRegression(C=0.1, max_iter=1000)


def _lightgbm(name: str, **more: Any) -> Candidate:
    """Ke et al. (2017), LightGBM: A Highly Efficient Gradient Boosting Decision Tree."""

    def build() -> Any:
        import lightgbm

        return getattr(lightgbm, name)(**_LIGHTGBM, **more)

    return Candidate(build, _ENOUGH_FOR_TREES, "lightgbm")


def _catboost(name: str, loss: str) -> Candidate:
    """Prokhorenkova et al. (2018), CatBoost: unbiased boosting with categorical features."""

    def build() -> Any:
        import catboost

        return getattr(catboost, name)(**_CATBOOST, loss_function=loss)

    return Candidate(build, _ENOUGH_FOR_TREES, "catboost")


_EVENT = {
    # C from .1 to 1 changes no metric beyond its third digit; .1 is calmer on few rows.
    "logistic_regression": Candidate(lambda: _linear(_logistic())),
    # Half of the columns: those that alone differ most between the two outcomes (ANOVA's F), and
    # those that are left when a fit drops the least weighty eighth again and again (Guyon et al.
    # 2002).
    "logistic_regression_univariate": Candidate(
        lambda: _linear(_logistic(), SelectPercentile(f_classif, percentile=50))
    ),
    "logistic_regression_recursive": Candidate(
        lambda: _linear(_logistic(), RFE(_logistic(), n_features_to_select=0.5, step=0.125))
    ),
    "hist_gradient_boosting": Candidate(
        lambda: HistGradientBoostingClassifier(**_BOOSTING), _ENOUGH_FOR_TREES
    ),
    "random_forest": Candidate(lambda: RandomForestClassifier(**_FOREST), _ENOUGH_FOR_TREES),
    "decision_tree": Candidate(lambda: DecisionTreeClassifier(**_TREE), _ENOUGH_FOR_TREES),
    "svm": Candidate(
        lambda: _linear(CalibratedClassifierCV(LinearSVC(C=0.01, random_state=0), ensemble=False)),
    ),
    "lightgbm": _lightgbm("LGBMClassifier"),
    "catboost": _catboost("CatBoostClassifier", "Logloss"),
}
_AMOUNT = {
    "tweedie_regression": Candidate(
        lambda: _linear(
            TweedieRegressor(power=1.5, link="log", alpha=0.1, solver="newton-cholesky")
        )
    ),
    "hist_gradient_boosting": Candidate(
        lambda: HistGradientBoostingRegressor(loss="poisson", **_BOOSTING), _ENOUGH_FOR_TREES
    ),
    "two_stage": Candidate(
        lambda: TwoStageRegressor(
            HistGradientBoostingClassifier(**_BOOSTING),
            HistGradientBoostingRegressor(loss="gamma", **_BOOSTING),
        ),
        _ENOUGH_FOR_TREES,
    ),
    "random_forest": Candidate(lambda: RandomForestRegressor(**_FOREST), _ENOUGH_FOR_TREES),
    "decision_tree": Candidate(lambda: DecisionTreeRegressor(**_TREE), _ENOUGH_FOR_TREES),
    "lightgbm": _lightgbm("LGBMRegressor", objective="poisson"),
    "catboost": _catboost("CatBoostRegressor", "Poisson"),
}
