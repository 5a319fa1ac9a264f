"""Dates that cannot be read hide the orders: it is asked how they are written."""

from pathlib import Path

import pytest

from tests.orchestration.onboarding.conftest import Guesser

HEADER = "Order ID,Email,Order Date,Total\n"


def asked(guess_at: Guesser, folder: Path, text: str) -> list[str]:
    (folder / "orders.csv").write_text(text, encoding="utf-8")
    return [one.text for one in guess_at(folder)[1].questions if "looks like dates" in one.text]


@pytest.mark.parametrize(
    "written", ["7 of Mirtul 2025", "2025-W10-3", "01|03|2025", "März 2025", "45717", "45717.5"]
)
def test_a_time_of_orders_that_no_style_reads_is_asked(
    guess_at: Guesser, tmp_path: Path, written: str
) -> None:
    (question,) = asked(guess_at, tmp_path, f"{HEADER}1,a@post.example,{written},5.50\n")
    assert question == (
        f"`Order Date` of `orders.csv` looks like dates (`{written}`) that cannot be read: "
        "how are they written?"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}1,a@post.example,711,5.50\n",
        f"{HEADER}1,a@post.example,10:05,5.50\n",
        f"{HEADER}1,a@post.example,10:05:30,5.50\n",
        f"{HEADER}1,a@post.example,morning,5.50\n",
        f"{HEADER}1,a@post.example,2025-03-01,5.50\n",
        "customer_id,email,date\n1,a@post.example,7 of Mirtul 2025\n",
        "order_id,email,date,created_at,total\n1,a@post.example,7 of Mirtul 2025,2025-03-01,5\n",
    ],
)
def test_what_is_no_date_or_hides_no_orders_is_not_asked(
    guess_at: Guesser, tmp_path: Path, text: str
) -> None:
    assert asked(guess_at, tmp_path, text) == []


def test_lines_of_orders_that_are_read_need_no_time(guess_at: Guesser, tmp_path: Path) -> None:
    (tmp_path / "order_lines.csv").write_text(
        "order_id,sku,date,price\n1,tea,7 of Mirtul 25,5.50\n"
    )
    assert asked(guess_at, tmp_path, f"{HEADER}1,a@post.example,2025-03-01,5.50\n") == []


def test_another_time_is_not_taken_for_it_in_silence(guess_at: Guesser, tmp_path: Path) -> None:
    text = HEADER.replace("\n", ",Sent\n") + "1,a@post.example,7 of Mirtul 25,5.50,2025-03-04\n"
    assert len(asked(guess_at, tmp_path, text)) == 1
