"""Lines of orders without a number: told apart by the moment of the receipt, or by the day."""

from pathlib import Path

import pytest

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

COLUMNS = ["customer_id", "sold at", "product_id", "quantity", "price"]
MORNING, EVENING = "2024-01-05 10:01:07", "2024-01-05 18:30:00"


def receipts(times: tuple[str, str]) -> list[list[str]]:
    morning, evening = times
    return [
        ["c1", morning, "tea", "1", "3.50"],
        ["c1", morning, "jam", "2", "2.00"],
        ["c1", evening, "tea", "1", "3.50"],
        ["c2", morning, "jam", "1", "2.00"],
        *([f"c{n}", f"2024-01-{n:02}{morning[10:]}", "tea", str(n), "3.50"] for n in range(6, 20)),
    ]


@pytest.mark.parametrize(
    ("times", "orders_of_c1"), [((MORNING, EVENING), 2), ((MORNING[:10], EVENING[:10]), 1)]
)
@pytest.mark.parametrize("time_zone", ["UTC", "America/New_York"])
def test_lines_of_a_moment_are_an_order(
    guess_at: Guesser, tmp_path: Path, times: tuple[str, str], orders_of_c1: int, time_zone: str
) -> None:
    write_csv(tmp_path / "sales_lines.csv", COLUMNS, receipts(times))
    sample, guess = guess_at(tmp_path)
    models = stage(sample, guess, time_zone)
    orders = rows(
        sample.connection, models["orders"], "source_order_id, source_customer_id, order_date"
    )
    lines = rows(
        sample.connection, models["order_lines"], "source_order_id, line_number, source_product_id"
    )
    assert sum(customer == "c1" for _, customer, _ in orders) == orders_of_c1
    assert len(orders) == 15 + orders_of_c1
    # Lines and orders are drafted apart, and meet in their keys.
    assert {order for order, *_ in lines} == {order for order, *_ in orders}
    assert len(lines) == 18 and len({(order, number) for order, number, _ in lines}) == 18
    note = " ".join(models["orders"].split("with")[0].replace("--", "").split())
    when = "at one moment" if orders_of_c1 == 2 else "on one day"
    assert f"what a customer buys {when} is one order" in note


def test_a_clickstream_has_a_moment_a_click(guess_at: Guesser, tmp_path: Path) -> None:
    kinds = ["view", "view", "cart", "buy"]
    clicks = [
        [f"c{n % 5}", f"2024-01-{n % 9 + 1:02} 10:{n:02}:00", kinds[n % 4], f"p{n % 3}"]
        for n in range(60)
    ]
    bought = [["c7", f"2024-01-03 11:00:{n:02}", "buy", f"p{n}"] for n in range(3)]
    columns = ["user_id", "event_time", "event_type", "product_id"]
    write_csv(tmp_path / "events.csv", columns, [*clicks, *bought])
    sample, guess = guess_at(tmp_path)
    orders = rows(
        sample.connection, stage(sample, guess)["orders"], "source_order_id, source_customer_id"
    )
    assert len({order for order, customer in orders if customer == "c7"}) == 1


def test_names_with_blanks_and_hyphens_stay_whole_among_all_that_a_row_says(
    guess_at: Guesser, tmp_path: Path
) -> None:
    """However many columns stand before them in a line."""
    others = [f"note {at} with e-mail-like words" for at in range(12)]
    write_csv(
        tmp_path / "orders.csv",
        ["Date", "Customer E-Mail Address", "Order Total", *others],
        [
            ["2025-03-01", "a@post.example", 5.5, *others],
            ["2025-03-02", "b@post.example", 7, *others],
        ],
    )
    sample, guess = guess_at(tmp_path)
    read = rows(sample.connection, stage(sample, guess)["orders"], "source_order_id")
    assert len(set(read)) == 2
