"""A German till's lines are orders, whatever it calls the number of a receipt."""

from pathlib import Path

import pytest

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.shops import write_csv


@pytest.mark.parametrize("number", ["Bonnr", "Bon-Nr", "Kassenbon", "Belegnr"])
def test_receipts_are_orders(tmp_path: Path, guess_at: Guesser, number: str) -> None:
    header = [number, "Datum", "Kundennr", "Artikelnr", "Artikel", "Warengruppe", "Menge"]
    lines: list[list[object]] = [
        [
            f"{100 + bon}",
            f"{bon:02}.03.2025",
            f"{bon % 5 + 1:05}",
            f"9783{item}",
            f"Der Roman {item}",
            "Belletristik",
            1,
            f"{item},50",
            f"{item},50",
        ]
        for bon in range(1, 29)
        for item in (10 + bon % 7, 20 + bon % 3)
    ]
    write_csv(tmp_path / "bons.csv", [*header, "Einzelpreis", "Betrag"], lines)
    _, guessed = guess_at(tmp_path)
    assert {"orders", "order_lines", "products"} <= set(guessed.entities)
    orders, products = guessed.entities["orders"], guessed.entities["products"]
    assert orders.columns["source_order_id"].profile.name == number
    assert products.columns["name"].profile.name == "Artikel"
    assert products.columns["source_product_id"].profile.name == "Artikelnr"
