"""Refunds that stand as a list in the order that they lower."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import mistyped, rows, stage

ORDER = {"customer_id": 7, "date_created": "2025-03-01T10:00:00", "total": "30.00"}


@pytest.mark.parametrize(
    ("refunds", "amount"),
    [
        ([{"id": 1, "total": "-10.00"}, {"id": 2, "total": "-2.50"}], 12.5),
        ([{"transactions": [{"amount": "4.00"}, {"amount": "1.00"}]}], 5.0),
        ([{"amount": 3}], 3.0),
        ([{"note": "lost"}], 0.0),
        ([], 0.0),
        (None, 0.0),
    ],
)
def test_what_an_order_lists_as_refunds_was_given_back(
    tmp_path: Path, guess_at: Guesser, refunds: Any, amount: float
) -> None:
    told = [
        {"id": 1, **ORDER, "refunds": refunds},
        {"id": 2, **ORDER, "refunds": [{"id": 9, "total": "-1.00"}]},
    ]
    (tmp_path / "orders.json").write_text(json.dumps(told), encoding="utf-8")
    sample, guessed = guess_at(tmp_path)
    models = stage(sample, guessed)
    columns = "source_order_id, refunded_amount::double"
    assert rows(sample.connection, models["orders"], columns) == [("1", amount), ("2", 1.0)]
    assert mistyped(sample, guessed, models) == []
    assert "refunds that `refunds` lists are added up" in guessed.says


def test_what_is_no_list_stops_nothing(tmp_path: Path, guess_at: Guesser) -> None:
    """A later file may hold any text in that column."""
    told = [{"id": n, **ORDER, "refunds": [{"total": "-1.00"}]} for n in (1, 2)]
    (tmp_path / "orders.json").write_text(json.dumps(told), encoding="utf-8")
    sample, guessed = guess_at(tmp_path)
    orders = stage(sample, guessed)["orders"]
    table = sample.tables[0].relation
    sample.connection.execute(f"update {table} set refunds = '[{{broken' where id = '1'")
    assert rows(sample.connection, orders, "refunded_amount::double") == [(0.0,), (1.0,)]
