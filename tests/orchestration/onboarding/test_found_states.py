"""The state of orders is found where no name tells it, and never an order counted that is lost."""

from pathlib import Path

import pytest

from orchestration.onboarding.answers import declared_answers
from orchestration.onboarding.vocabulary import status_word
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

HEADER = ["order_number", "order_date", "email", "total"]


def written(folder: Path, names: list[str], *told: list[object]) -> Path:
    lines = [
        [at, f"2025-03-1{at}", f"{'abc'[at % 3]}@post.example", 5.5 + at, *one]
        for at, one in enumerate(told)
    ]
    write_csv(folder / "orders.csv", [*HEADER, *names], lines)
    return folder


@pytest.mark.parametrize("name", ["workflow", "stateMachineState.technicalName"])
def test_words_of_orders_are_their_state_whatever_the_column_is_called(
    tmp_path: Path, guess_at: Guesser, name: str
) -> None:
    path = written(tmp_path, [name], ["completed"], ["cancelled"], ["shipped"])
    sample, guessed = guess_at(path)
    states = rows(sample.connection, stage(sample, guessed)["orders"], "source_order_id, status")
    assert states == [("0", "completed"), ("1", "cancelled"), ("2", "shipped")]
    assert f"`{name}` is read as the state of orders, by its words" in guessed.says
    assert "customers" not in guessed.entities
    assert not guessed.questions


@pytest.mark.parametrize(
    "words", [["completed", "shipped", "shipped"], ["completed", "cancelled", "mug"], [1, 2, 1]]
)
def test_words_that_lose_no_order_or_mean_else_are_no_state(
    tmp_path: Path, guess_at: Guesser, words: list[object]
) -> None:
    path = written(tmp_path, ["workflow"], *([word] for word in words))
    _, guessed = guess_at(path)
    assert not guessed.entities["orders"].has("status")
    assert not guessed.questions


def test_of_two_columns_of_states_the_one_that_speaks_of_money_is_the_payments(
    tmp_path: Path, guess_at: Guesser
) -> None:
    told = [["paid", "completed"], ["cancelled", "cancelled"], ["paid", "open"]]
    told += [["refunded", "completed"], ["open", "in_progress"]]
    path = written(tmp_path, ["money.is", "order.is"], *told)
    sample, guessed = guess_at(path)
    states = rows(sample.connection, stage(sample, guessed)["orders"], "source_order_id, status")
    # An order that is paid is none that waits.
    assert [status for _, status in states] == [
        *("completed", "cancelled", "paid", "refunded", "open")
    ]
    assert "`money.is` is read as the state of payments, by its words" in guessed.says
    assert not guessed.questions


def test_two_columns_that_may_as_well_be_the_state_are_asked_about(
    tmp_path: Path, guess_at: Guesser
) -> None:
    told = [["completed", "shipped"], ["cancelled", "shipped"], ["completed", "returned"]]
    _, guessed = guess_at(written(tmp_path, ["flow", "step"], *told))
    (question,) = guessed.questions
    assert question.text.endswith("which one says whether an order counts?")
    assert question.flag == "--columns status=flow (or --columns status=step)"


def test_words_of_states_are_nobodys_name(tmp_path: Path, guess_at: Guesser) -> None:
    told = [["completed", "shipped"], ["cancelled", "shipped"], ["completed", "returned"]]
    _, guessed = guess_at(written(tmp_path, ["status", "step.technicalName"], *told))
    assert "customers" not in guessed.entities


@pytest.mark.parametrize("name", ["orderStatusId", "order_status_id", "Bestellstatus", "état"])
def test_numbers_of_a_state_are_asked_about_one_by_one(
    tmp_path: Path, guess_at: Guesser, name: str
) -> None:
    path = written(tmp_path, [name], [2], [4], [2], [-1])
    sample, guessed = guess_at(path)
    asked = {question.text.split("`")[1]: question.flag for question in guessed.questions}
    assert asked == {
        value: f"--status {value}=completed (or …=cancelled, …=return)"
        for value in ("2", "4", "-1")
    }
    assert {question.reason for question in guessed.questions} == {"unknown_status"}
    states = rows(sample.connection, stage(sample, guessed)["orders"], "source_order_id, status")
    assert [status for _, status in states] == ["2", "4", "2", "-1"]


@pytest.mark.parametrize("name", ["quantity_state", "tax_status", "fulfillment_status_id", "size"])
def test_numbers_of_something_else_are_no_state(
    tmp_path: Path, guess_at: Guesser, name: str
) -> None:
    _, guessed = guess_at(written(tmp_path, [name], [2], [4], [2]))
    assert not guessed.entities["orders"].has("status")


def test_a_number_keeps_its_sign() -> None:
    assert [status_word(word) for word in ("-1", "wc-on-hold", "partially_refunded")] == [
        "-1",
        "on hold",
        "partially refunded",
    ]


def test_what_was_said_of_a_status_is_known_the_next_time(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "order_statuses.csv").write_text(
        "source_system,status_word,status\n*,paid,completed\ntill,4,cancelled\nshop,5,completed\n"
    )
    assert declared_answers(tmp_path, "till").meant_statuses == {"4": "cancelled"}
