"""What people are called is no name of a product."""

from pathlib import Path

import pytest

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.shops import write_csv


@pytest.mark.parametrize("name", ["first_name", "Last Name", "recipient_name", "buyer name"])
def test_orders_with_people_in_them_name_no_products(
    tmp_path: Path, guess_at: Guesser, name: str
) -> None:
    header = ["order_id", "order_date", "customer_id", name, "sku", "quantity", "unit_price"]
    lines: list[list[object]] = [
        [number, f"2025-03-{number:02}", f"C{number % 5:03}", f"Ann{number % 5}", sku, 1, price]
        for number in range(1, 29)
        for sku, price in (("P18", 61.61), ("P20", 96.16), (f"P{number}", 5.5))
    ]
    write_csv(tmp_path / "orders.csv", header, lines)
    _, guessed = guess_at(tmp_path)
    assert "name" not in guessed.entities["products"].columns
