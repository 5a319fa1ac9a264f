"""What the pages say of numbers that are known."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestration.pages.asking import Asked, ask
from orchestration.pages.models import model, read_model
from orchestration.pages.overview import overview, read_overview
from orchestration.pages.rendering import amount, count, environment, percent
from orchestration.pages.segments import advice_rules, read_segment, segment
from orchestration.pages.shops import Shop, read_shops
from orchestration.pages.words import LANGUAGES, Speaker
from orchestration.publishing.reading import Snapshot, open_snapshot
from tests.pages.names import CATEGORY

EN = Speaker("en")


@pytest.fixture
def snapshot(version: Path) -> Iterator[Snapshot]:
    with open_snapshot(version) as opened:
        yield opened


@pytest.fixture
def lantern(snapshot: Snapshot) -> Shop:
    return next(shop for shop in read_shops(snapshot) if shop.name == "lantern")


def test_numbers_read_as_people_write_them() -> None:
    assert [count(1234.5), count(None)] == ["1,234", "–"]
    assert [amount(999.5, "EUR"), amount(1234.56, "EUR"), amount(5, "JPY")] == [
        "999.50 EUR",
        "1,235 EUR",
        "5 JPY",
    ]
    assert [percent(0.42), percent(0.042), percent(-0.0001, sign=True), percent(None)] == [
        "42 %",
        "4.2 %",
        "0.0 %",
        "–",
    ]
    assert percent(-0.13, sign=True) == "−13 %"


def test_codes_are_words_and_names_from_data_stay(lantern: Shop) -> None:
    in_english, in_chinese = lantern.tags("en"), lantern.tags("zh")
    assert in_english.value("lifecycle_stage", "at_risk") == "at risk"
    assert in_chinese.value("lifecycle_stage", "at_risk") == "流失风险"
    assert in_chinese.value("rfm_segment", "Champions") == "冠军客户"
    assert in_english.value("favourite_category", "TEA_AND_MORE") == "TEA_AND_MORE"
    assert in_english.value("favourite_category", None) == "–"


def test_the_best_tenth_is_a_tenth(snapshot: Snapshot) -> None:
    (tenth,) = [
        row
        for row in ask(snapshot, "overview.top_share", "lantern").rows
        if row["top_percent"] == 10
    ]
    # Six of sixty, who spent 550.5 to 600.5, of 18,330.
    assert tenth["customer_count"] == 6
    assert tenth["spend"] == sum(10 * n for n in range(55, 61)) + 6 * 0.5 == 3453
    assert tenth["spend_share"] == pytest.approx(3453 / 18330)


def test_the_spend_of_returners_draws_no_bar_and_a_shop_has_its_own_sources(
    snapshot: Snapshot,
) -> None:
    read = read_overview(snapshot, "lantern")
    health = {
        "till": {"read_at": "2024-04-01", "error": None},
        "other": {"read_at": None, "error": None},
        "down": {"read_at": None, "error": "no answer"},
    }
    row = {**read["freshness"].row, "source_health": json.dumps(health)}
    told = overview({**read, "freshness": replace(read["freshness"], rows=[row])}, EN)
    assert list(told["health"]) == ["till", "down"]
    bar = environment("en").get_template("macros.html").make_module({"say": EN}).bar
    assert "width: 0%" in bar(-0.1) and "width: 100%" in bar(1.1)


def test_a_forecast_carries_how_far_off_such_sums_were(snapshot: Snapshot) -> None:
    (row,) = ask(snapshot, "overview.forecasts", "lantern").rows
    assert float(row["expected_count"]) == pytest.approx(sum(n / 100 for n in range(1, 61)))
    came = sum(0.9 - tenth / 11 for tenth in range(1, 11))
    foretold = sum(1 - tenth / 10 for tenth in range(1, 11))
    assert row["past_day_count"] == 2
    assert row["least"] == pytest.approx(float(row["expected_count"]) * came / foretold, rel=1e-4)


@pytest.mark.parametrize("bias", [(-0.1, 0.05), (-0.2, -0.1)])
def test_sums_may_be_trusted_only_if_they_lean_to_no_side(
    snapshot: Snapshot, lantern: Shop, bias: tuple[float, float]
) -> None:
    asked = read_model(snapshot, "lantern", "repurchase")
    tested = ask(snapshot, "model.all", "lantern").row
    (row,) = [one for one in asked["metrics"].rows if one["metric"] == "bias_of_sum"]
    asked["metrics"] = answer({**row, "lower_bound": bias[0], "upper_bound": bias[1]})
    # Foretold 4.5 of ten tenths of six each time, and what came was less on one day, more on one.
    asked["outcomes"] = answer(*(outcome(day, came) for day, came in ((1, 0.4), (2, 0.6))))
    told = dict(model(asked, tested, "lantern", EN)["trust"])
    assert told["To add it up?"].startswith("Yes" if bias[1] > 0 else "With care")
    asked["outcomes"] = answer(*(outcome(day, 0.6) for day in (1, 2)))
    assert dict(model(asked, tested, "lantern", EN)["trust"])["To add it up?"].startswith("With")
    assert "AUC 0.800 (95 % 0.750–0.850) against 0.700" in told["To choose customers by it?"]
    assert told["Does the test still hold today?"].startswith("Perhaps not")


def answer(*rows: Any) -> Asked:
    return Asked("model.any", list(rows), (), "")


def outcome(day: int, came: float) -> dict[str, Any]:
    return {
        "as_of_date": day,
        "decile": 1,
        "customer_count": 10,
        "expected": 0.5,
        "actual": came,
        "baseline_expected": 0.5,
    }


def test_what_was_not_tested_is_not_praised(snapshot: Snapshot) -> None:
    tested = ask(snapshot, "model.all", "single").row
    told = dict(model(read_model(snapshot, "single", "repurchase"), tested, "single", EN)["trust"])
    assert told["To choose customers by it?"].startswith("No.")
    assert "not measured" in told["To add it up?"]


def test_what_changed_is_told_and_a_first_version_has_no_changes(snapshot: Snapshot) -> None:
    read = read_overview(snapshot, "lantern")
    (told,) = overview(read, EN)["changes"].rows
    assert (told["attribute"], told["old_value"], told["new_value"], told["customer_count"]) == (
        *("lifecycle_stage", "active", "at_risk"),
        3,
    )
    freshness = read["freshness"]
    first = replace(freshness, rows=[{**freshness.row, "has_changes": False}])
    assert overview({**read, "freshness": first}, EN)["changes"].rows == []


def test_advice_follows_from_the_numbers(snapshot: Snapshot, lantern: Shop) -> None:
    on_time, overdue = (read_segment(snapshot, "lantern", one) for one in lantern.segments)
    assert on_time["advice"] == ["by_themselves", "favourites"]
    assert overdue["advice"] == ["overdue", "favourites"]
    assert "90 %" in segment(on_time, answer(), lantern, EN)["todo"][0]
    assert "3.0 usual gaps" in segment(overdue, answer(), lantern, EN)["todo"][0]
    assert CATEGORY in segment(overdue, answer(), lantern, EN)["todo"][1]
    for rule in advice_rules().values():
        assert set(rule) == {"when", *LANGUAGES}


def test_what_members_did_next_has_an_interval(snapshot: Snapshot, lantern: Shop) -> None:
    afterwards = ask(snapshot, "segment.afterwards", "lantern")
    asked = read_segment(snapshot, "lantern", lantern.segments[0])
    (month,) = segment(asked, afterwards, lantern, EN)["afterwards"].rows
    # On 2 March till:1 was of the first segment, till:2 and till:3 of the second; till:1 has
    # ordered since, and so has till:2 on that day itself. Of 90 days none is over.
    assert (month["horizon_days"], month["customer_count"]) == (30, 1)
    assert month["ordering_share"] == 1 and month["overall_share"] == pytest.approx(2 / 3)
    assert month["lower"] == pytest.approx(1 / (1 + 1.96**2), abs=1e-3) and month["upper"] == 1


def test_moves_in_and_out_add_up(snapshot: Snapshot, lantern: Shop) -> None:
    asked = read_segment(snapshot, "lantern", lantern.segments[0])
    moved = segment(asked, answer(), lantern, Speaker("zh"))["moved"]
    assert [(row["name"], row["customers"]) for row in moved["in"]] == [
        ("客群0", 20),
        ("客群1", 4),
        ("(none)", 2),
    ]
    assert [(row["name"], row["customers"]) for row in moved["out"]] == [
        ("客群0", 20),
        ("客群1", 6),
    ]
    assert [sum(row["share"] for row in rows) for rows in moved.values()] == [1, 1]
