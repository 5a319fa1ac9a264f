"""Rows say what they are: sales, what was cancelled, and what gives money back."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestration.quoting import quoted
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

KEYS = ["order_id", "order_date", "email"]


def written(folder: Path, header: Sequence[str], *told: Sequence[object]) -> Path:
    lines = [[at, f"2025-03-1{at}", "a@post.example", *one] for at, one in enumerate(told)]
    write_csv(folder / "orders.csv", [*KEYS, *header], lines)
    return folder


@pytest.mark.parametrize("name", ["cancelled_at", "Storniert am", "取消时间"])
@pytest.mark.parametrize("is_told", [True, False])
def test_an_order_with_a_day_of_cancelling_is_cancelled(
    tmp_path: Path, guess_at: Guesser, name: str, *, is_told: bool
) -> None:
    told = [["paid"], ["paid"]] if is_told else [[], []]
    header = [*(["financial_status"] if is_told else []), name, "total"]
    path = written(tmp_path, header, [*told[0], "", 5.5], [*told[1], "2025-03-12 09:00:00", 7.25])
    sample, guessed = guess_at(path)
    states = rows(sample.connection, stage(sample, guessed)["orders"], "source_order_id, status")
    assert states == [("0", "paid" if is_told else "completed"), ("1", "cancelled")]
    assert not guessed.questions


@pytest.mark.parametrize("name", ["Type", "Vorgang", "交易类型"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_row_of_a_return_gives_back_whatever_its_sign(
    tmp_path: Path, guess_at: Guesser, name: str, sign: int
) -> None:
    path = written(tmp_path, [name, "total"], ["Sale", 50.5], ["Refund", 20.25 * sign])
    sample, guessed = guess_at(path)
    staged = stage(sample, guessed)
    lines = rows(sample.connection, staged["order_lines"], "quantity::int, net_amount::double")
    assert lines == [(-1, -20.25), (1, 50.5)]
    states = rows(sample.connection, staged["orders"], "source_order_id, status")
    assert states == [("0", "Sale"), ("1", "Refund")]
    is_told = "rows with `Refund` in `" + name + "` give back what they name" in guessed.says
    assert is_told == (sign > 0)


def test_a_refund_under_the_number_of_its_sale_is_no_order(
    tmp_path: Path, guess_at: Guesser
) -> None:
    write_csv(
        tmp_path / "orders.csv",
        [*KEYS, "type", "sku", "quantity", "line_total"],
        [
            ["1", "2025-03-01", "a@post.example", "Sale", "tea", 3, 30.5],
            ["1", "2025-03-09", "a@post.example", "Refund", "tea", 1, 10.25],
        ],
    )
    sample, guessed = guess_at(tmp_path)
    staged = stage(sample, guessed)
    assert rows(sample.connection, staged["orders"], "source_order_id, status") == [("1", "Sale")]
    lines = rows(sample.connection, staged["order_lines"], "quantity::int, net_amount::double")
    assert lines == [(-1, -10.25), (3, 30.5)]


def test_a_refund_of_a_whole_order_under_its_number_is_no_order(
    tmp_path: Path, guess_at: Guesser
) -> None:
    write_csv(
        tmp_path / "orders.csv",
        [*KEYS, "type", "subtotal"],
        [
            ["1", "2025-03-01", "a@post.example", "Sale", 30.5],
            ["1", "2025-03-09", "a@post.example", "Refund", 10.25],
            ["2", "2025-03-10", "a@post.example", "Sale", 5.5],
        ],
    )
    sample, guessed = guess_at(tmp_path)
    staged = stage(sample, guessed)
    states = rows(sample.connection, staged["orders"], "source_order_id, status")
    assert states == [("1", "Sale"), ("2", "Sale")]
    columns = "source_order_id, quantity::int, net_amount::double"
    lines = rows(sample.connection, staged["order_lines"], columns)
    assert lines == [("1", -1, -10.25), ("1", 1, 30.5), ("2", 1, 5.5)]


def test_a_kind_that_is_no_state_is_none(tmp_path: Path, guess_at: Guesser) -> None:
    path = written(tmp_path, ["type", "total"], ["standard", 5.5], ["express", 7.25])
    _, guessed = guess_at(path)
    assert not guessed.entities["orders"].has("status")


FLAGS = {
    "paid": ("yes", "no", "unpaid"),
    "bezahlt": ("ja", "nein", "unpaid"),
    "是否付款": ("是", "否", "unpaid"),
    "is_cancelled": ("false", "true", "cancelled"),
    "test": ("false", "true", "cancelled"),
    "storniert": ("", "x", "cancelled"),
    "annulée": ("non", "oui", "cancelled"),
    "refunded": ("no", "yes", "refunded"),
    "返金済み": ("いいえ", "はい", "refunded"),
}


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("status", [None, "shipped"])
def test_a_flag_says_what_became_of_an_order(
    tmp_path: Path, guess_at: Guesser, name: str, status: str | None
) -> None:
    usual, telling, meaning = FLAGS[name]
    header = [*(["order_status"] if status else []), name, "total"]
    told = [status] if status else []
    path = written(tmp_path, header, [*told, usual, 5.5], [*told, telling, 7.25])
    sample, guessed = guess_at(path)
    states = rows(sample.connection, stage(sample, guessed)["orders"], "source_order_id, status")
    assert states == [("0", status or "completed"), ("1", meaning)]
    assert f"orders of which `{name}` says so count as {meaning}" in guessed.says
    assert not guessed.questions


def test_a_state_of_payment_outranks_that_of_the_order_where_money_lacks(
    tmp_path: Path, guess_at: Guesser
) -> None:
    header = ["order_status", "payment_status", "total"]
    told = [
        ["shipped", "paid"],
        ["shipped", "refunded"],
        ["cancelled", "paid"],
        ["shipped", "on tick"],
    ]
    sample, guessed = guess_at(written(tmp_path, header, *([*one, 5.5] for one in told)))
    states = rows(sample.connection, stage(sample, guessed)["orders"], "source_order_id, status")
    assert states == [("0", "shipped"), ("1", "refunded"), ("2", "cancelled"), ("3", "on tick")]
    (question,) = guessed.questions
    assert question.text.startswith("What does the status `on tick` (")


def test_a_state_of_payment_alone_is_the_status(tmp_path: Path, guess_at: Guesser) -> None:
    sample, guessed = guess_at(
        written(tmp_path, ["payment_status", "total"], ["paid", 5.5], ["unpaid", 7])
    )
    states = rows(sample.connection, stage(sample, guessed)["orders"], "source_order_id, status")
    assert states == [("0", "paid"), ("1", "unpaid")]


@pytest.mark.parametrize("name", ["payment", "payment_method", "payment_status"])
def test_how_somebody_paid_is_no_state(tmp_path: Path, guess_at: Guesser, name: str) -> None:
    header = ["order_status", name, "total"]
    sample, guessed = guess_at(
        written(tmp_path, header, ["shipped", "Visa", 5.5], ["shipped", "cash", 7])
    )
    states = rows(sample.connection, stage(sample, guessed)["orders"], "source_order_id, status")
    assert states == [("0", "shipped"), ("1", "shipped")]
    assert not guessed.questions


STATES = ["order_status", "payment_status"]


@pytest.mark.parametrize(
    ("header", "told", "later", "meaning"),
    [
        (["bezahlt"], ["ja"], ["nein"], "unpaid"),
        (STATES, ["cancelled", "paid"], ["cancelled", "settled"], "cancelled"),
        (STATES, ["shipped", "paid"], ["delivered", "refunded"], "refunded"),
    ],
)
def test_words_that_come_up_later_mean_what_they_say(
    tmp_path: Path,
    guess_at: Guesser,
    header: Sequence[str],
    told: Sequence[str],
    later: Sequence[str],
    meaning: str,
) -> None:
    """A draft reads files of which its sample knew nothing."""
    sample, guessed = guess_at(written(tmp_path, [*header, "total"], [*told, 5.5]))
    model = stage(sample, guessed)["orders"]
    names = ", ".join(header)
    values = ", ".join(map(quoted, later))
    sample.connection.execute(
        f"insert into {guessed.entities['orders'].table.relation} "
        f"(order_id, order_date, email, {names}, total) "
        f"values ('9', '2025-03-19', 'a@post.example', {values}, '7.25')"
    )
    states = rows(sample.connection, model, "source_order_id, status")
    assert states[-1] == ("9", meaning)
