"""Recommenders held against a file of interactions."""

from pathlib import Path

import duckdb
import pytest

from ml.recommendation.questions import Question
from orchestration.errors import PortraitError
from orchestration.modelling.recommendation_evaluation import (
    Evaluation,
    Protocol,
    evaluate_file,
    figures_of,
)
from orchestration.project import Project

METHODS = ["buy_again", "item_neighbours"]
# 60 customers who buy the same two of ten products of their kind every ten days, and one other.
_ROWS = """
    with rows as (
        select 'c' || number as customer_id, day as bought_at, case
            when place < 2 then number % 3 * 10 + (number + place) % 5
            else number % 3 * 10 + 5 + hash(number, day) % 5 end as product_id
        from range(60) as customers (number)
        cross join range(timestamp '2024-01-01', timestamp '2024-05-01', interval 10 day)
            as days (day)
        cross join range(3) as places (place)
    )
"""


def written(folder: Path, query: str, suffix: str = "csv") -> Path:
    file = folder / f"interactions.{suffix}"
    with duckdb.connect() as connection:
        connection.execute(f"copy ({_ROWS} {query}) to '{file}'")
    return file


BOUGHT = 'select customer_id, product_id, bought_at as "at" from rows'


def evaluated(file: Path, **protocol: object) -> Evaluation:
    return evaluate_file(Project.find(), [file], METHODS, Protocol(**protocol))  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_last_days_are_foretold_from_those_before(tmp_path: Path, suffix: str) -> None:
    found = evaluated(written(tmp_path, BOUGHT, suffix))
    assert (found.customers, found.products, found.entries) == (60, 30, 2340)
    assert found.behaviours == {"purchase": 2340}
    entries = {one.method: one for one in found.contest.entries[Question.AGAIN]}
    # The two of every time come first of ten that were bought before.
    assert entries["buy_again"].figures["recall_at_10"].value > 0.9
    assert entries["buy_again"].figures["recall_at_10"].customers == 60


def test_a_last_basket_can_be_held_out_instead(tmp_path: Path) -> None:
    found = evaluated(written(tmp_path, BOUGHT), is_last_basket=True)
    assert "last basket" in found.protocol
    (again,) = (one for one in found.contest.entries[Question.AGAIN] if one.method == "buy_again")
    assert again.figures["precision_at_10"].value <= 0.3  # Three were in it.


def test_rows_of_a_behaviour_can_be_held_out_whenever_they_were(tmp_path: Path) -> None:
    held = (
        f"{BOUGHT.replace('from', ', $$buy$$ as behaviour from')} union all "
        "select distinct customer_id, product_id, null, $$buy_test$$ from rows"
        " where product_id % 10 < 5"
    )
    found = evaluated(written(tmp_path, held), held_out="buy_test")
    assert found.behaviours["buy_test"] == 120
    figure = found.contest.entries[Question.AGAIN][0].figures["recall_at_10"]
    assert figure.customers == 60


def test_views_are_no_purchases_to_foretell(tmp_path: Path) -> None:
    viewed = (
        f"{BOUGHT.replace('from', ', $$Purchase$$ as behaviour from')} union all "
        "select customer_id, 99, bought_at, $$view$$ from rows"
    )
    found = evaluated(written(tmp_path, viewed))
    assert found.behaviours == {"purchase": 2340, "view": 2340}
    # Of what they had never bought nobody buys the one that all look at.
    told = found.contest.entries[Question.NEW]
    assert all(one.figures["recall_at_10"].customers < 60 for one in told)


def test_the_same_file_gives_the_same_figures_in_any_order(tmp_path: Path) -> None:
    first = figures_of(evaluated(written(tmp_path, BOUGHT)))
    turned = figures_of(evaluated(written(tmp_path, f"{BOUGHT} order by hash(rows)")))
    assert first == turned
    assert first["questions"]["again"]["methods"]["buy_again"]["recall_at_10"]["customers"] == 60


@pytest.mark.parametrize(
    ("query", "protocol", "message"),
    [
        ("select customer_id, product_id from rows", {}, "no column at"),
        (f"{BOUGHT} limit 0", {}, "no interactions"),
        (BOUGHT.replace("bought_at", "$$soon$$"), {}, "In 2,340 of 2,340 rows at is no time"),
        (BOUGHT.replace("customer_id,", "null as customer_id,"), {}, "customer_id is empty"),
        (BOUGHT.replace("from", ", $$ate$$ as behaviour from"), {}, "of the behaviour ate"),
        (BOUGHT.replace("bought_at", "null::timestamp"), {}, "nobody knows when they were"),
        (BOUGHT, {"test_days": 500}, "Nobody of whom something was known bought anything later"),
        (BOUGHT, {"held_out": "buy_test"}, "No row has the behaviour buy_test"),
        (f"{BOUGHT} where customer_id < $$c2$$", {}, "Too few customers"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    tmp_path: Path, query: str, protocol: dict[str, object], message: str
) -> None:
    with pytest.raises(PortraitError, match=message):
        evaluated(written(tmp_path, query), **protocol)


def test_an_unknown_method_or_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(PortraitError, match="no method magic"):
        evaluate_file(Project.find(), [tmp_path / "x.csv"], ["magic"], Protocol())
    with pytest.raises(PortraitError, match="There is no file"):
        evaluate_file(Project.find(), [tmp_path / "x.csv"], METHODS, Protocol())
