"""An order of which lines are in two currencies is no sum of either."""

from pathlib import Path

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

HEADER = ["order_number", "date", "customer_email", "sku", "qty", "price", "currency"]
LINES: list[list[object]] = [
    [str(number), f"2025-03-{number:02}", f"{name}@post.example", sku, 1, price, "EUR"]
    for number, name in enumerate("abcabcabcabc", start=1)
    for sku, price in (("mug", 9), ("tea", 5))
]


def orders(guess_at: Guesser, folder: Path, lines: list[list[object]]) -> list[tuple[object, ...]]:
    write_csv(folder / "rows.csv", HEADER, lines)
    sample, guessed = guess_at(folder)
    return rows(sample.connection, stage(sample, guessed)["orders"], "source_order_id, currency")


def test_it_is_in_both_for_which_there_is_no_rate(tmp_path: Path, guess_at: Guesser) -> None:
    other = [*LINES[1][:-1], "CHF"]
    told = dict(orders(guess_at, tmp_path, [LINES[0], other, *LINES[2:]]))
    assert told == {str(number): "EUR" for number in range(1, 13)} | {"1": "CHF, EUR"}


def test_a_currency_may_stand_on_the_first_line_only(tmp_path: Path, guess_at: Guesser) -> None:
    blank = [[*line[:-1], line[-1] if place % 2 == 0 else ""] for place, line in enumerate(LINES)]
    assert orders(guess_at, tmp_path, blank) == orders(guess_at, tmp_path, LINES)
