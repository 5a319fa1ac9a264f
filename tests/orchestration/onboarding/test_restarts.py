"""Numbers of orders that begin anew each year, month or day."""

from pathlib import Path

import pytest

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

HEADER = ["order_id", "email", "ordered_at", "sku", "quantity", "price"]
A, B, C = "a@post.example", "b@post.example", "c@post.example"


def told(folder: Path, guess_at: Guesser, *lines: list[object]) -> tuple[list[str], list[str]]:
    """The numbers of the orders, and what is said of them."""
    write_csv(folder / "sales.csv", HEADER, lines)
    sample, guessed = guess_at(folder)
    staged = stage(sample, guessed)
    orders, lines_of = (
        {number for (number,) in rows(sample.connection, staged[name], "source_order_id")}
        for name in ("orders", "order_lines")
    )
    assert orders == lines_of
    return sorted(orders), [one for one in guessed.says if "begins anew" in one]


@pytest.mark.parametrize(
    ("period", "days", "behind"),
    [
        ("year", ("2024-02-01", "2025-01-05"), ("2024", "2025")),
        ("month", ("2025-02-01", "2025-03-05"), ("2025-02", "2025-03")),
        ("day", ("2025-03-01 09:00", "2025-03-02 09:00"), ("2025-03-01", "2025-03-02")),
    ],
)
def test_an_order_is_its_number_and_the_period(
    tmp_path: Path, guess_at: Guesser, period: str, days: tuple[str, str], behind: tuple[str, str]
) -> None:
    first, second = days
    numbers, says = told(
        tmp_path,
        guess_at,
        ["1", A, first, "tea", 1, "5.50"],
        ["1", A, first, "mug", 1, "7.25"],
        ["2", B, first, "tea", 1, "5.50"],
        ["1", B, second, "tea", 2, "5.50"],
        ["2", C, second, "mug", 1, "7.25"],
    )
    assert numbers == sorted(f"{number}/{one}" for number in (1, 2) for one in behind)
    assert says == [f"`order_id` begins anew each {period}, so an order is its number and {period}"]


def test_a_number_with_two_customers_on_one_day_is_no_restart(
    tmp_path: Path, guess_at: Guesser
) -> None:
    assert told(
        tmp_path,
        guess_at,
        ["1", A, "2025-03-01", "tea", 1, "5.50"],
        ["1", B, "2025-03-01", "tea", 1, "5.50"],
        ["2", A, "2025-03-02", "tea", 1, "5.50"],
        ["2", B, "2025-03-02", "tea", 1, "5.50"],
    ) == (["1", "2"], [])


def test_one_number_with_two_customers_is_a_mistake_and_no_restart(
    tmp_path: Path, guess_at: Guesser
) -> None:
    assert told(
        tmp_path,
        guess_at,
        ["1", A, "2024-03-01", "tea", 1, "5.50"],
        ["1", B, "2025-03-01", "tea", 1, "5.50"],
        ["2", B, "2025-03-02", "tea", 1, "5.50"],
    ) == (["1", "2"], [])
