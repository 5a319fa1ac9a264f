"""Parameters are found again, with their standard errors, and what does not hold is refused."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.lifetime_value import (
    MODELS,
    Histories,
    ModelDoesNotHold,
    fit_bg_nbd,
    fit_lifetime_value,
    fit_mbg_nbd,
    fit_nbd,
    fit_pareto_nbd,
    summarise_transactions,
)
from ml.lifetime_value.frequencies import frequency_counts
from ml.lifetime_value.models import fit_purchases

Maker = Callable[..., pd.DataFrame]
pytestmark = pytest.mark.filterwarnings("ignore::ml.lifetime_value.SwallowedPurchases")


def histories_of(purchases: pd.DataFrame) -> pd.DataFrame:
    return summarise_transactions(purchases).customers


def test_bg_nbd_finds_the_parameters_that_customers_were_drawn_with(make_purchases: Maker) -> None:
    """In weeks, from days: within three standard errors, which are small."""
    fitted = fit_bg_nbd(histories_of(make_purchases(customers=20_000, alpha=140.0)))
    drawn = {"r": 0.5, "alpha": 20.0, "a": 0.8, "b": 2.4}
    for name, value in drawn.items():
        error = fitted.standard_errors[name]
        assert abs(fitted.parameters[name] - value) < 3 * error
        assert 0 < error < 0.3 * value


def test_nbd_finds_the_parameters_of_customers_who_never_leave(make_purchases: Maker) -> None:
    fitted = fit_nbd(histories_of(make_purchases(customers=20_000, alpha=140.0, leaving=None)))
    for name, value in {"r": 0.5, "alpha": 20.0}.items():
        assert abs(fitted.parameters[name] - value) < 3 * fitted.standard_errors[name]


def test_pareto_nbd_finds_the_parameters_that_customers_were_drawn_with() -> None:
    """Purchases and the moment of leaving drawn exactly, on no clock."""
    generator = np.random.default_rng(4)
    size, observed = 20_000, generator.uniform(20, 60, 20_000)
    rate = generator.gamma(0.8, 1 / 8, size)
    stay = np.minimum(generator.exponential(1 / generator.gamma(1.2, 1 / 20, size)), observed)
    count = generator.poisson(rate * stay)
    # The last of n moments that are spread evenly.
    last = stay * generator.random(size) ** (1 / np.maximum(count, 1))
    table = pd.DataFrame(
        {"frequency": count, "recency": np.where(count > 0, last, 0.0), "T": observed}
    )
    fitted = fit_pareto_nbd(table)
    for name, value in {"r": 0.8, "alpha": 8.0, "s": 1.2, "beta": 20.0}.items():
        assert abs(fitted.parameters[name] - value) < 3 * fitted.standard_errors[name]
        assert fitted.standard_errors[name] < 0.3 * value


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_neither_the_unit_of_time_nor_the_order_of_rows_matters(
    kind: str, shop: pd.DataFrame
) -> None:
    table = histories_of(shop)
    days = table.sample(frac=1, random_state=1)
    days[["recency", "T"]] *= 7
    weeks, in_days = (fit_purchases(MODELS[kind], Histories.of(one)) for one in (table, days))
    in_time = MODELS[kind].in_time
    for name, value in weeks.parameters.items():
        factor = 7 if name in in_time else 1
        assert in_days.parameters[name] == pytest.approx(value * factor, rel=1e-4)
    expected = weeks.model.expected_purchases(Histories.of(table), 52.0).sum()
    assert in_days.model.expected_purchases(Histories.of(days), 364.0).sum() == pytest.approx(
        expected, rel=1e-5
    )


@settings(max_examples=30)
@given(seed=st.integers(0, 1000), kind=st.sampled_from(sorted(MODELS)))
def test_equal_histories_once_say_what_all_of_them_say(seed: int, kind: str) -> None:
    generator = np.random.default_rng(seed)
    x = generator.integers(0, 4, 200).astype(float)
    observed = generator.integers(5, 8, 200).astype(float)
    recency = np.where(x > 0, np.minimum(observed, generator.integers(1, 6, 200)), 0.0)
    rows = Histories(x, recency, observed, generator.integers(1, 3, 200).astype(float))
    grouped, place = rows.grouped()
    assert len(grouped) < len(rows)
    assert grouped.customers == rows.customers
    assert grouped.repeaters == rows.repeaters
    model = MODELS[kind](*([0.5, 4.0] if kind == "nbd" else [0.5, 4.0, 0.8, 2.4]))
    (each, slopes), (once, grouped_slopes) = (model.log_likelihoods(one) for one in (rows, grouped))
    np.testing.assert_allclose(once[place], each)
    np.testing.assert_allclose(slopes @ rows.weight, grouped_slopes @ grouped.weight, rtol=1e-9)


def test_purchases_at_recency_0_and_other_impossible_histories_are_told() -> None:
    table = pd.DataFrame(
        {
            "frequency": [1.0, 1.5, 0.0, 2.0, np.nan],
            "recency": [0.0, 1.0, 3.0, 9.0, 1.0],
            "T": [5.0, 5.0, 5.0, 5.0, 5.0],
        }
    )
    with pytest.raises(ValueError) as told:
        fit_bg_nbd(table)
    for words in ("recency 0", "no whole number", "without a repeat", "outside 0..T", "NULL"):
        assert "1 rows have" in str(told.value) and words in str(told.value)
    with pytest.raises(ValueError, match="lacks the columns: T"):
        fit_bg_nbd(table.drop(columns="T"))


def refusal(customers: pd.DataFrame, fit: Callable[[pd.DataFrame], object] = fit_bg_nbd) -> str:
    with pytest.raises(ModelDoesNotHold) as told:
        fit(customers)
    return told.value.code


def test_few_repeaters_are_refused_and_thirty_are_not(shop: pd.DataFrame) -> None:
    table = histories_of(shop)
    once, again = table[table["frequency"] == 0], table[table["frequency"] > 0]
    assert refusal(pd.concat([once, again.head(29)])) == "few_repeaters"
    assert refusal(once) == "few_repeaters"
    assert fit_nbd(pd.concat([once.head(30), again.head(30)])).customers == 60


def test_nobody_leaves_and_nbd_takes_the_place_of_the_others(make_purchases: Maker) -> None:
    table = histories_of(make_purchases(r=1.0, alpha=60.0, leaving=None))
    for fit in (fit_bg_nbd, fit_mbg_nbd, fit_pareto_nbd):
        assert refusal(table, fit) == "nobody_leaves"
    fitted = fit_lifetime_value(table[["customer_id", "frequency", "recency", "T"]])
    assert fitted.codes == ("nobody_leaves",)
    assert "nbd takes its place" in fitted.notes[-1]
    assert fitted.purchases is not None
    assert fitted.purchases.model.name == "nbd"
    assert fit_lifetime_value(table, falls_back=False).purchases is None


def test_customers_who_are_all_alike_are_on_the_boundary() -> None:
    """All buy by the same timetable: less than chance would make them differ."""
    alike = pd.DataFrame({"frequency": [5.0, 6.0] * 50, "recency": 48.0, "T": 50.0})
    assert refusal(alike, fit_nbd) == "boundary"


def test_clumps_are_refused_by_transactions_and_by_histories(make_purchases: Maker) -> None:
    """Four purchases on as many days, then nothing for long."""
    summary = summarise_transactions(make_purchases(r=0.25, alpha=30.0, in_a_clump=4))
    assert summary.regularity < 0.5
    fitted = fit_lifetime_value(summary)
    assert fitted.purchases is None
    assert fitted.codes[0] == "clumped_buying"
    assert fitted.predict(summary.customers, 52)["expected_purchases"].isna().all()
    assert refusal(summary.customers) == "other_frequencies"


def test_refused_values_are_null_and_say_why(shop: pd.DataFrame) -> None:
    table = histories_of(shop).head(40)
    fitted = fit_lifetime_value(table)
    assert fitted.purchases is None
    assert "are needed" in fitted.notes[0]
    predicted = fitted.predict(table, 52)
    assert [*predicted["customer_id"]] == [*table["customer_id"]]
    assert predicted.drop(columns="customer_id").isna().all(axis=None)


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_a_model_says_how_many_customers_bought_how_often(kind: str, shop: pd.DataFrame) -> None:
    histories = Histories.of(histories_of(shop))
    fitted = fit_purchases(MODELS[kind], histories)
    told = frequency_counts(fitted.model, histories)
    assert told["actual"].sum() == 3000
    assert told["expected"].sum() == pytest.approx(3000)
    assert (told["expected"] > 0).all()
    if kind == "bg_nbd":
        np.testing.assert_allclose(told["expected"], told["actual"], atol=45)
    alone = Histories.of(pd.DataFrame({"frequency": [0], "recency": [0.0], "T": [4.0]}))
    counts = frequency_counts(fitted.model, alone)
    # Of four weeks next to nobody makes more than seven purchases, so this is their mean.
    mean = fitted.model.expected_purchases(Histories.new(), 4.0)[0]
    assert counts["frequency"] @ counts["expected"] == pytest.approx(mean, rel=0.02)


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_who_began_on_the_last_day_is_a_customer_too(kind: str, shop: pd.DataFrame) -> None:
    """T is 0: nothing could happen yet, and nothing divides by it."""
    began = pd.DataFrame({"frequency": [0] * 20, "recency": 0.0, "T": 0.0})
    fitted = fit_purchases(
        MODELS[kind], Histories.of(pd.concat([histories_of(shop), began], ignore_index=True))
    )
    model, today = fitted.model, Histories.of(began)
    assert frequency_counts(model, today)["expected"][0] == pytest.approx(20)
    np.testing.assert_allclose(
        model.expected_purchases(today, 10.0), model.expected_purchases(Histories.new(20), 10.0)
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_whatever_the_histories_there_are_figures_or_a_reason(seed: int) -> None:
    """Extreme rates, spends and times: finite figures, or NULL and why; never a warning."""
    generator = np.random.default_rng(seed)
    size = int(generator.choice([1, 40, 300]))
    counts = (
        generator.poisson(generator.gamma(0.5, 3, size)),
        np.minimum(generator.geometric(0.02, size), 5000),
        np.full(size, 4),
    )
    observed = generator.choice([1.0, 365.0, 5000.0]) * generator.random(size)
    observed[generator.random(size) < 0.2] = 0.0
    x = np.where(observed > 0, counts[seed % 3], 0).astype(float)
    share = generator.random(size) ** generator.choice([0.1, 1.0, 10.0])
    table = pd.DataFrame(
        {
            "customer_id": [f"c{number}" for number in range(size)],
            "frequency": x,
            "recency": np.where(x > 0, observed * np.maximum(share, 1e-9), 0.0),
            "T": observed,
            "monetary_value": generator.lognormal(generator.choice([-10, 0, 10]), 1, size),
        }
    )
    for kind in sorted(MODELS):
        fitted = fit_lifetime_value(table, kind)
        told = fitted.predict(table, 90, 0.001)
        assert told["expected_purchases"].notna().all() == (fitted.purchases is not None)
        assert told["expected_purchase_value"].notna().all() == (fitted.spend is not None)
        assert bool(fitted.notes) or (fitted.purchases is not None and fitted.spend is not None)
        if fitted.purchases:
            assert np.isfinite(told["expected_purchases"]).all()
            assert told["probability_alive"].between(0, 1).all()
