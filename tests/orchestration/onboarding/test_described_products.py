"""A product that is known from order lines alone is described by a line that can be used."""

from pathlib import Path

import pytest

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

HEADER = ["order_number", "date", "customer_email", "sku", "product_name", "qty", "price"]
LINES: list[list[object]] = [
    [str(number), f"2025-03-{number:02}", f"{name}@post.example", sku, title, 1, price]
    for number, name in enumerate("abcabcabcabc", start=1)
    for sku, title, price in (("mug", "Blue mug", "9.00"), ("tea", "Green tea", "5.50"))
]


@pytest.mark.parametrize("price", ["free", "-9.00"])
def test_the_newest_line_of_which_the_price_is_none_names_no_product(
    tmp_path: Path, guess_at: Guesser, price: str
) -> None:
    newest = ["13", "2025-03-13", "a@post.example", "mug", "Blue mug, chipped", 1, price]
    write_csv(tmp_path / "rows.csv", HEADER, [*LINES, newest])
    sample, guessed = guess_at(tmp_path)
    products = stage(sample, guessed)["products"]
    told = rows(sample.connection, products, "source_product_id, name, price, unparsed_values")
    prices = [(key, name, float(price), unparsed) for key, name, price, unparsed in told]
    assert prices == [("mug", "Blue mug", 9.0, None), ("tea", "Green tea", 5.5, None)]
