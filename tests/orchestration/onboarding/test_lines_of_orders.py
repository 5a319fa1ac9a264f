"""Amounts that stand on rows and are their order's, in part or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.onboarding.answers import Answers
from orchestration.onboarding.guess import guess
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.vocabulary import Contract
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

Lines = list[tuple[str, str, Decimal]]


class Shop:
    """A file of sales, guessed with an answer or without."""

    def __init__(self, folder: Path, guess_at: Guesser, contract: Contract) -> None:
        self._folder, self._guess_at, self._contract = folder, guess_at, contract

    def lines(
        self, header: Sequence[str], *told: Sequence[object], word: str = ""
    ) -> tuple[Lines, Guess]:
        """Order, product and amount of each line, and what was guessed."""
        write_csv(self._folder / "sales.csv", header, told)
        sample, guessed = self._guess_at(self._folder)
        if word:
            sample = replace(sample, answers=Answers(amounts=(word,)))
            guessed = guess(sample, self._contract)
        models = stage(sample, guessed)
        columns = "source_order_id, source_product_id, net_amount::decimal(18, 2)"
        model = models.get("order_lines")
        return rows(sample.connection, model, columns) if model else [], guessed


@pytest.fixture
def shop(tmp_path: Path, guess_at: Guesser, contract: Contract) -> Shop:
    return Shop(tmp_path, guess_at, contract)


def test_a_row_an_order_has_what_the_order_came_to(shop: Shop) -> None:
    found, _ = shop.lines(
        ["Transaction ID", "Email", "Date", "Description", "Subtotal", "Tax amount", "Total"],
        ["T1", "a@post.example", "2025-03-01", "Mug", "10.00", "2.00", "12.00"],
        ["T2", "b@post.example", "2025-03-02", "Tea", "5.00", "1.00", "6.00"],
    )
    assert found == [("T1", "Mug", Decimal(10)), ("T2", "Tea", Decimal(5))]


def test_what_stands_on_each_row_of_an_order_counts_once(shop: Shop) -> None:
    found, guessed = shop.lines(
        ["Order ID", "Date", "Email", "Product", "Qty", "Order Total"],
        ["1", "2025-03-01", "a@post.example", "Mug", "2", "30.00"],
        ["1", "2025-03-01", "a@post.example", "Tea", "1", "30.00"],
        ["2", "2025-03-02", "b@post.example", "Tea", "1", "10.00"],
    )
    assert found == [("1", "(whole order)", Decimal(30)), ("2", "(whole order)", Decimal(10))]
    assert any("what was in it is not told apart" in told for told in guessed.says)


def test_lines_in_a_table_of_their_own_without_amounts_are_not_worth_nothing(
    shop: Shop, tmp_path: Path
) -> None:
    write_csv(
        tmp_path / "order_items.csv",
        ["order_id", "sku", "quantity"],
        [["1", "Mug", "2"], ["1", "Tea", "1"], ["2", "Tea", "1"]],
    )
    found, _ = shop.lines(
        ["order_id", "customer_email", "order_date", "total"],
        ["1", "a@post.example", "2025-03-01", "30.00"],
        ["2", "b@post.example", "2025-03-02", "10.00"],
    )
    assert found == [("1", "(whole order)", Decimal(30)), ("2", "(whole order)", Decimal(10))]


INSTALMENTS = (
    ["Zahlung", "Bestellnummer", "Kunden-E-Mail", "Zahlungsdatum", "Betrag"],
    ["Z1", "B-1", "a@post.example", "05.01.2025", "30,00"],
    ["Z2", "B-1", "a@post.example", "05.02.2025", "30,00"],
    ["Z4", "B-2", "b@post.example", "16.01.2025", "20,00"],
)


@pytest.mark.parametrize(
    ("word", "amounts"),
    [
        ("total-of-order", {"B-1": 30, "B-2": 20}),
        ("total-of-row", {"B-1": 60, "B-2": 20}),
        ("", {}),
    ],
)
def test_whether_rows_are_parts_of_an_order_is_asked(
    shop: Shop, word: str, amounts: dict[str, int]
) -> None:
    found, guessed = shop.lines(*INSTALMENTS, word=word)
    sums: dict[str, Decimal] = {}
    for order, _, amount in found:
        sums[order] = sums.get(order, Decimal(0)) + amount
    assert sums == amounts
    assert [one.text for one in guessed.questions] == (
        []
        if word
        else [
            "2 rows of order `B-1` have `30,00` in `Betrag` each: did the order come to that, or "
            "each row?"
        ]
    )


def test_a_net_amount_that_is_the_same_beside_other_prices_is_the_orders(shop: Shop) -> None:
    found, _ = shop.lines(
        ["Order number", "Date", "Email", "Item", "Qty", "Unit Price", "Total", "Net amount"],
        ["1", "2025-03-01", "a@post.example", "Mug", "2", "10.00", "25.00", "25.00"],
        ["1", "2025-03-01", "a@post.example", "Tea", "1", "5.00", "25.00", "25.00"],
    )
    assert found == [("1", "Mug", Decimal(20)), ("1", "Tea", Decimal(5))]


@pytest.mark.parametrize(
    ("word", "amounts"), [("prices-before-discount", [18, 5]), ("prices-after-discount", [20, 5])]
)
def test_a_discount_in_percent_is_no_amount(shop: Shop, word: str, amounts: list[int]) -> None:
    sold = (
        ["Belegnr", "Belegdatum", "Kunde-Nr", "Artikelnr", "Menge", "Einzelpreis", "Rabatt %"],
        ["R1", "01.03.2025", "K1", "A1", "2", "10,00", "10"],
        ["R1", "01.03.2025", "K1", "A2", "1", "5,00", "0 %"],
    )
    found, guessed = shop.lines(*sold)
    (question,) = guessed.questions
    assert (found, question.evidence[0]) == (
        [],
        "prices-before-discount: order `r1` comes to 23.00",
    )
    found, _ = shop.lines(*sold, word=word)
    assert [amount for _, _, amount in found] == amounts
