"""Money of which an unknown part went back is not counted in full until somebody says so."""

from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.onboarding.answers import Answers
from orchestration.onboarding.guess import guess
from orchestration.onboarding.vocabulary import Contract
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

HEADER = ["order_id", "email", "order_date", "total"]
PAID = ["1", "a@post.example", "2025-03-01", 30.5]
PARTLY = ["2", "b@post.example", "2025-03-02", 20.25]
HELD = "partially_refunded (amount unknown)"


def states_and_questions(
    guess_at: Guesser, folder: Path, header: list[str], *told: list[object]
) -> tuple[list[str], list[str]]:
    write_csv(folder / "orders.csv", [*HEADER, *header], list(told))
    sample, guessed = guess_at(folder)
    read = rows(sample.connection, stage(sample, guessed)["orders"], "source_order_id, status")
    return [status for _, status in read], [question.text for question in guessed.questions]


def test_an_order_that_gave_back_an_unknown_part_waits_and_is_asked_about(
    tmp_path: Path, guess_at: Guesser
) -> None:
    states, asked = states_and_questions(
        guess_at, tmp_path, ["status"], [*PAID, "paid"], [*PARTLY, "partially_refunded"]
    )
    assert states == ["paid", HELD]
    assert asked == [
        "`partially_refunded` in `status` (1 row, such as order `2`) says that a part of the money "
        "went back, and no column says how much: do these orders count in full?"
    ]


@pytest.mark.parametrize("state", ["shipped", "pending"])
def test_what_is_said_of_the_payment_holds_an_order_too(
    tmp_path: Path, guess_at: Guesser, state: str
) -> None:
    header = ["order_status", "payment_status"]
    told = [[*PAID, "shipped", "paid"], [*PARTLY, state, "partially_refunded"]]
    states, asked = states_and_questions(guess_at, tmp_path, header, *told)
    assert states == ["shipped", HELD]
    assert len(asked) == 1


def test_nothing_is_unknown_where_the_amount_is_read(tmp_path: Path, guess_at: Guesser) -> None:
    header = ["status", "refunded_amount"]
    told = [[*PAID, "paid", 0], [*PARTLY, "partially_refunded", 5.5]]
    states, asked = states_and_questions(guess_at, tmp_path, header, *told)
    assert states == ["paid", "partially_refunded"]
    assert not asked


def test_nothing_is_unknown_where_rows_give_it_back(tmp_path: Path, guess_at: Guesser) -> None:
    back = ["2b", "b@post.example", "2025-03-05", -5.5, "refunded"]
    told = [[*PAID, "paid"], [*PARTLY, "partially_refunded"], back]
    states, asked = states_and_questions(guess_at, tmp_path, ["status"], *told)
    assert states == ["paid", "partially_refunded", "refunded"]
    assert not asked


@pytest.mark.parametrize("said", ["partially_refunded", HELD])
def test_an_answer_ends_the_question(
    tmp_path: Path, guess_at: Guesser, contract: Contract, said: str
) -> None:
    write_csv(
        tmp_path / "orders.csv",
        [*HEADER, "status"],
        [[*PAID, "paid"], [*PARTLY, "partially_refunded"]],
    )
    sample, _ = guess_at(tmp_path)
    sample = replace(sample, answers=Answers(statuses=(f"{said}=completed",)))
    guessed = guess(sample, contract)
    assert not guessed.questions
    read = rows(sample.connection, stage(sample, guessed)["orders"], "source_order_id, status")
    # The seed has the word that was said.
    assert read[1] == ("2", said)
