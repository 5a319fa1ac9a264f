"""Reasons: what a prediction would lose were the customer typical in a theme."""

import numpy as np
import pandas as pd
import pytest

import ml.reasons
from ml import layouts
from ml.fitted import Fitted
from ml.reasons import MOST_REASONS, Themes, reasons, typical_values
from ml.target import Bands, Kind, Target

THEMES: Themes = {
    "recency": ["days"],
    "spend": ["spend", "dearest"],
    "hours": ["weekend"],
    "visits": ["visits"],
    "unread": ["nowhere"],
}
LOGISTIC, TWEEDIE = "logistic_regression", "tweedie_regression"


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    """Of 400 customers days and spend tell what they do; spend and dearest go together."""
    generator = np.random.default_rng(0)
    spend = generator.lognormal(3, 1, 400)
    return pd.DataFrame(
        {
            "customer_id": [f"c{number:03}" for number in range(400)],
            "days": generator.integers(1, 90, 400).astype(float),
            "spend": spend,
            "dearest": np.where(generator.random(400) < 0.2, np.nan, spend / 3),
            "weekend": generator.random(400),
            "visits": np.where(generator.random(400) < 0.7, np.nan, 5.0),
        }
    )


def fitted(customers: pd.DataFrame, kind: Kind) -> tuple[Target, Fitted]:
    name = LOGISTIC if kind == "event" else TWEEDIE
    target = Target("p", "t", kind, 30, Bands("bands", "days"), (name,))
    inputs = customers.drop(columns="customer_id")
    logit = 0.08 * (45 - customers["days"]) + (customers["spend"] > 20)
    chance = 1 / (1 + np.exp(-logit.to_numpy()))
    came = np.random.default_rng(1).random(len(customers)) < chance
    outcome = came if kind == "event" else came * customers["spend"].to_numpy()
    return target, Fitted(target, name, inputs, outcome.astype(float))


def test_a_reason_is_what_the_prediction_would_lose(customers: pd.DataFrame) -> None:
    target, model = fitted(customers, "event")
    told = reasons(target, model, customers, THEMES)
    assert told.dtypes.astype(str).to_dict() == dict(layouts.REASONS)
    row = told[(told["customer_id"] == "c007") & (told["theme"] == "recency")].iloc[0]
    typical = customers.assign(days=customers["days"].median())
    lost = model.expected(customers)[7] - model.expected(typical)[7]
    assert row["effect"] == pytest.approx(lost)
    assert (row["feature"], row["value"]) == ("days", customers["days"][7])
    assert row["typical_value"] == customers["days"].median()


def test_the_strongest_come_first_and_the_weak_not_at_all(customers: pd.DataFrame) -> None:
    target, model = fitted(customers, "event")
    told = reasons(target, model, customers, THEMES)
    assert told["effect"].abs().min() >= 0.01
    for _, own in told.groupby("customer_id"):
        assert own["rank"].tolist() == list(range(1, len(own) + 1))
        assert own["effect"].abs().is_monotonic_decreasing
    sizes = told.groupby("customer_id").size()
    assert sizes.max() == MOST_REASONS > sizes.min()
    assert told.groupby("theme").size().idxmax() == "recency"
    assert not told["theme"].isin(["unread"]).any()


def test_a_theme_is_told_by_what_moves_the_prediction(customers: pd.DataFrame) -> None:
    target, model = fitted(customers, "event")
    told = reasons(target, model, customers, {"all": ["days", "weekend", "spend"]})
    inputs = customers.set_index("customer_id")
    for row in told.itertuples():
        own = inputs.loc[[row.customer_id]]
        alone = {
            name: np.sign(row.effect)
            * (model.expected(own) - model.expected(own.assign(**{name: inputs[name].median()})))[0]
            for name in ("days", "weekend", "spend")
        }
        assert alone[row.feature] == pytest.approx(max(alone.values()))
        assert row.value == inputs.loc[row.customer_id, row.feature]
    assert set(told["feature"]) >= {"days", "spend"}


def test_of_amounts_the_effect_is_an_amount(customers: pd.DataFrame) -> None:
    target, model = fitted(customers, "amount")
    told = reasons(target, model, customers, THEMES)
    assert told["effect"].abs().max() > 10
    assert told["effect"].abs().min() >= 0.01 * np.median(model.expected(customers))


def test_what_is_unknown_of_most_is_typically_unknown(customers: pd.DataFrame) -> None:
    typical = typical_values(customers[["visits", "dearest", "days"]])
    assert np.isnan(typical["visits"])
    assert typical["dearest"] == customers["dearest"].median()


@pytest.mark.parametrize("kind", ["event", "amount"])
def test_of_many_customers_some_at_a_time_give_the_same(
    customers: pd.DataFrame, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (*fitted(customers, kind), customers, THEMES)
    at_once = reasons(*asked)
    monkeypatch.setattr(ml.reasons, "_CUSTOMERS_AT_ONCE", 7)
    pd.testing.assert_frame_equal(reasons(*asked), at_once)


def test_nobody_and_no_theme_give_no_reason(customers: pd.DataFrame) -> None:
    target, model = fitted(customers, "event")
    assert reasons(target, model, customers.head(0), THEMES).empty
    assert reasons(target, model, customers, {"unread": ["nowhere"]}).empty
    assert reasons(target, model, customers.head(1), THEMES).empty


@pytest.mark.parametrize("kind", ["event", "amount"])
def test_who_is_typical_in_part_is_judged_by_the_rest(customers: pd.DataFrame, kind: Kind) -> None:
    """As the definition says, whoever is typical, or unknown, in some features of a theme."""
    median = customers[["days", "spend"]].median()
    everybody = customers.assign(
        days=np.where(np.arange(400) % 3 == 0, median["days"], customers["days"]),
        spend=np.where(np.arange(400) % 4 == 0, median["spend"], customers["spend"]),
    )
    typical = typical_values(everybody[["days", "spend", "dearest", "visits"]])
    themes = {"recency": ["days"], "spend": ["spend", "dearest"], "visits": ["visits"]}
    target, model = fitted(everybody, kind)
    told = reasons(target, model, everybody, themes).set_index(["customer_id", "theme"])["effect"]
    least = 0.01 if kind == "event" else 0.01 * np.median(model.expected(everybody))
    for theme, features in themes.items():
        changed = everybody.assign(**{name: typical[name] for name in features})
        effect = model.expected(everybody) - model.expected(changed)
        expected = pd.Series(effect, everybody["customer_id"])
        own = told.xs(theme, level="theme") if theme in told.index.levels[1] else told[:0]
        pd.testing.assert_series_equal(
            own.sort_index(), expected[expected.abs() >= least], check_names=False
        )
