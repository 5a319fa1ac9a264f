"""Amounts are read as people write them: with a currency, with any mark, below zero in any way."""

from pathlib import Path

import duckdb
import pytest

from orchestration.landing.written import MONEY, bare_amount, bare_amount_sql, reads_as
from orchestration.quoting import quoted
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import ENVIRONMENT, rows, stage

WRITTEN = [
    ("1'234.50", ".", 1234.5),
    ("2’000.00", ".", 2000),
    ("1\u202f234,50 €", ",", 1234.5),
    ("2\u00a0000,00 €", ",", 2000),
    ("R$ 1.234,56", ",", 1234.56),
    ("US$4.00", ".", 4),
    ("EUR 12,50", ",", 12.5),
    ("12,50 EUR", ",", 12.5),
    ("99 kr", ".", 99),
    ("1 299,00 zł", ",", 1299),
    ("(12.50)", ".", -12.5),
    ("(€12.50)", ".", -12.5),
    ("12.50-", ".", -12.5),
    ("\u221212.50", ".", -12.5),
    ("-$3.00", ".", -3),
    ("€-3.00", ".", -3),
    ("12,-", ",", 12),
    ("1.250,–", ",", 1250),
    ("3.--", ".", 3),
    ("-7,-", ",", -7),
    ("$.50", ".", 0.5),
    ("-,5", ",", -0.5),
    ("₹1,23,456.50", ".", 123456.5),
    ("12,00,000", ".", 1200000),
    ("１２，５００", ".", 12500),
    ("￥１２００", ".", 1200),
    ("1,23,45", ".", None),
    (".", ".", None),
    ("1,2,3", ".", None),
    ("12 34.50", ".", None),
    ("TEA 12.50", ".", 12.5),  # Three capitals may be a currency: the column's name decides.
    ("about 12.50", ".", None),
]


@pytest.mark.parametrize(("text", "mark", "amount"), WRITTEN)
def test_an_amount_is_read_as_it_is_written(text: str, mark: str, amount: float | None) -> None:
    macro = ENVIRONMENT.from_string("{{ try_parse_amount(text, mark) }}")
    parsed = macro.render(text=quoted(text), mark=mark)
    with duckdb.connect() as connection:
        query = f"select {parsed}::double, {reads_as(mark, quoted(text))}"
        query += f", {bare_amount_sql(quoted(text))}"
        ((found, is_read, bare),) = connection.execute(query).fetchall()
    assert (found, is_read, bare) == (amount, amount is not None, bare_amount(text))
    assert set(MONEY) == {".", ","}


@pytest.mark.parametrize(
    "amounts", [("1'234.50", "99.00"), ("1\u202f234,50 €", "99,00 €"), ("R$ 1.234,50", "R$ 99,00")]
)
def test_orders_come_to_what_is_written(
    tmp_path: Path, guess_at: Guesser, amounts: tuple[str, str]
) -> None:
    lines = [f"{at};2025-03-1{at};a@post.example;{one}" for at, one in enumerate(amounts)]
    text = "\n".join(["order_id;order_date;email;total", *lines])
    (tmp_path / "orders.csv").write_text(text, encoding="utf-8")
    sample, guessed = guess_at(tmp_path)
    staged = stage(sample, guessed)["order_lines"]
    assert rows(sample.connection, staged, "net_amount::double") == [(99.0,), (1234.5,)]


def test_a_comma_before_three_digits_is_what_the_file_s_other_amounts_show(
    guess_at: Guesser, tmp_path: Path
) -> None:
    """`1,250` kilograms beside `3,50` euros is one and a quarter."""
    (tmp_path / "lines.csv").write_text(
        "order_id;email;order_date;sku;quantity;price\n"
        "1;a@post.example;2025-03-01;tea;1,250;3,50\n2;a@post.example;2025-03-01;tea;0,500;7,25\n"
    )
    sample, guess = guess_at(tmp_path)
    model = stage(sample, guess)["order_lines"]
    assert rows(sample.connection, model, "quantity::double") == [(0.5,), (1.25,)]
