"""Signs beside amounts tell the currency where no column does."""

from pathlib import Path

import pytest

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage


@pytest.mark.parametrize(
    ("amounts", "currencies"),
    [
        (("€10.00", "$20.00"), ("EUR", "USD")),
        (("€10.00", "€20.00"), ("EUR", "EUR")),
        (("R$ 10,50", "US$ 20,50"), ("BRL", "USD")),
        (("10.50 CHF", "20.50 EUR"), ("CHF", "EUR")),
        (("$10.00", "$20.00"), None),  # Of which country, nothing tells.
        (("10.50", "20.50"), None),
    ],
)
def test_a_sign_is_a_currency(
    tmp_path: Path, guess_at: Guesser, amounts: tuple[str, str], currencies: tuple[str, str] | None
) -> None:
    lines = [f"{at};2025-03-1{at};a@post.example;{one}" for at, one in enumerate(amounts)]
    text = "\n".join(["order_id;order_date;email;total", *lines])
    (tmp_path / "orders.csv").write_text(text, encoding="utf-8")
    sample, guessed = guess_at(tmp_path)
    assert guessed.entities["orders"].has("currency") == (currencies is not None)
    if currencies:
        told = rows(sample.connection, stage(sample, guessed)["orders"], "order_date, currency")
        assert tuple(code for _, code in told) == currencies
    asked = [question.text for question in guessed.questions]
    assert len(asked) == (len(set(currencies or ())) > 1)
    assert all("which one do the portraits count in" in text for text in asked)
