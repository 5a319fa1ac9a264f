"""Orders of a JSON export list their lines: these are lines, and not one sum an order."""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.onboarding.report import meanings
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import mistyped, rows, stage
from tests.orchestration.onboarding.shops import write_csv, write_export

MUG = {"product_id": 7, "sku": "MUG", "title": "Blue mug", "quantity": 2, "price": "10.50"}
TEA = {"product_id": 8, "sku": "TEA", "title": "Green tea", "quantity": 1, "price": "20.00"}
LINES = "source_order_id, line_number, source_product_id, quantity::int, net_amount::double"


def order(number: int, lines: object, total: str, **more: object) -> dict[str, object]:
    return {
        "id": number,
        "created_at": f"2025-03-{number - 100:02}T10:00:00Z",
        "customer": {"id": 70 + number % 3, "email": f"c{number % 3}@post.example"},
        "financial_status": "paid",
        "currency": "EUR",
        "total_price": total,
        "line_items": lines,
        **more,
    }


ORDERS = [
    order(101, [MUG, TEA], "41.00"),
    order(102, [TEA], "20.00"),
    order(103, [MUG, MUG], "42.00"),
]


def staged(
    guess_at: Guesser, folder: Path, orders: object
) -> tuple[dict[str, list[tuple[Any, ...]]], list[str]]:
    (folder / "orders.json").write_text(json.dumps(orders))
    sample, guessed = guess_at(folder)
    models = stage(sample, guessed)
    assert mistyped(sample, guessed, models) == []
    columns = {"order_lines": LINES, "products": "source_product_id, name"}
    columns["orders"] = "source_order_id, total_amount::double"
    found = {
        entity: rows(sample.connection, models[entity], columns[entity])
        for entity in columns
        if entity in models
    }
    return found, list(guessed.says)


def test_each_element_is_a_line_of_its_order(tmp_path: Path, guess_at: Guesser) -> None:
    found, says = staged(guess_at, tmp_path, ORDERS)
    assert found["order_lines"] == [
        ("101", 1, "7", 2, 21.0),
        ("101", 2, "8", 1, 20.0),
        ("102", 1, "8", 1, 20.0),
        ("103", 1, "7", 2, 21.0),
        ("103", 2, "7", 2, 21.0),
    ]
    assert found["products"] == [("7", "Blue mug"), ("8", "Green tea")]
    assert found["orders"] == [("101", 41.0), ("102", 20.0), ("103", 42.0)]
    assert says == [
        "100 % of 3 orders add up to the cent",
        "`line_items of orders.json` are the lines of the orders",
    ]


def test_what_is_taken_off_the_lines_already_is_taken_off_once(
    tmp_path: Path, guess_at: Guesser
) -> None:
    sample, guessed = guess_at(write_export(tmp_path, "woocommerce_json"))
    models = stage(sample, guessed)
    assert rows(sample.connection, models["order_lines"], LINES) == [
        ("727", 1, "93", 2, 6.0),
        ("727", 2, "22", 1, 12.0),
        ("728", 1, "22", 1, 14.0),
        ("729", 1, "93", 5, 15.0),
    ]
    amounts = "source_order_id, total_amount::double, refunded_amount::double"
    assert rows(sample.connection, models["orders"], amounts) == [
        ("727", 29.35, 0.0),
        ("728", 14.0, 14.0),
        ("729", 20.0, 0.0),
    ]
    assert "100 % of 3 orders add up to the cent" in guessed.says
    assert not guessed.questions


def test_fields_of_objects_are_columns_and_lists_are_not(tmp_path: Path, guess_at: Guesser) -> None:
    lines = [
        {
            "product": {"id": one["product_id"], "name": one["title"]},
            "quantity": one["quantity"],
            "unit price": one["price"],
            "taxes": [{"product_id": 9, "amount": "1"}],
        }
        for one in (MUG, TEA)
    ]
    found, _ = staged(guess_at, tmp_path, [order(101, lines, "41.00"), order(102, [], "0.00")])
    assert found["order_lines"] == [("101", 1, "7", 2, 21.0), ("101", 2, "8", 1, 20.0)]
    assert found["products"] == [("7", "Blue mug"), ("8", "Green tea")]
    assert found["orders"] == [("101", 41.0), ("102", 0.0)]
    _, guessed = guess_at(tmp_path)
    assert [column.name for column in guessed.entities["order_lines"].table.columns] == [
        *("order_id", "line_number"),
        *("product.id", "product.name", "quantity", "unit price"),
    ]


def test_what_an_element_says_in_another_case_or_not_at_all(
    tmp_path: Path, guess_at: Guesser
) -> None:
    more = {"SKU": "x", "order_id": 5, "line_number": 9, "": {"a": 1}, 'q"t': 1, "{{ x }}": 1}
    lines = [{**MUG, **more}, {"product_id": 8}, {}]
    found, _ = staged(guess_at, tmp_path, [order(101, lines, "21.00"), ORDERS[1]])
    assert found["order_lines"] == [
        ("101", 1, "7", 2, 21.0),
        ("101", 2, "8", None, None),
        ("101", 3, None, None, None),
        ("102", 1, "8", 1, 20.0),
    ]


@pytest.mark.parametrize(
    "listed",
    [
        ["mug", "tea"],
        "[mug]",
        {"mug": 2},
        [{"note": "wrap it"}],
        [{}],
        [],
        None,
        "[{'sku': 'MUG'}]",
    ],
)
def test_an_order_whose_lines_cannot_be_read_is_one_line(
    tmp_path: Path, guess_at: Guesser, listed: object
) -> None:
    orders = [order(100 + n, listed, "41.00") for n in (1, 2)]
    found, says = staged(guess_at, tmp_path, orders)
    assert found["order_lines"] == [
        ("101", 1, "(whole order)", 1, 41.0),
        ("102", 1, "(whole order)", 1, 41.0),
    ]
    assert not any("are the lines" in told for told in says)


@pytest.mark.parametrize("cell", ['{"0": {"sku": "MUG"}}', '[{"sku": "MUG"', "1"])
def test_an_order_whose_list_cannot_be_read_later_is_told(
    tmp_path: Path, guess_at: Guesser, cell: str
) -> None:
    (tmp_path / "orders.json").write_text(json.dumps([*ORDERS, order(104, [], "0.00")]))
    sample, guessed = guess_at(tmp_path)
    models = stage(sample, guessed)
    sample.connection.execute(
        "update sample.orders set line_items = ? where id = '102'", [cell]
    ).fetchall()
    found = rows(sample.connection, models["orders"], "source_order_id, unparsed_values")
    assert found == [("101", None), ("102", f"line_items={cell}"), ("103", None), ("104", None)]
    assert {line[0] for line in rows(sample.connection, models["order_lines"], LINES)} == {
        *("101", "103")
    }


def test_payments_are_no_lines(tmp_path: Path, guess_at: Guesser) -> None:
    payments = [{"id": 1, "amount": "41.00", "gateway": "card"}]
    orders = [{"transactions": payments, **one} for one in ORDERS]
    found, says = staged(guess_at, tmp_path, orders)
    assert len(found["order_lines"]) == 5
    assert "`line_items of orders.json` are the lines of the orders" in says


def test_lines_in_a_file_of_their_own_are_the_lines(tmp_path: Path, guess_at: Guesser) -> None:
    write_csv(
        tmp_path / "order_lines.csv",
        ["order_id", "sku", "quantity", "price"],
        [["101", "MUG", 2, "10.50"], ["101", "TEA", 1, "20.00"], ["102", "TEA", 1, "20.00"]],
    )
    (tmp_path / "orders.json").write_text(json.dumps(ORDERS[:2]))
    _, guessed = guess_at(tmp_path)
    assert guessed.entities["order_lines"].table.name == "order_lines"
    assert not any("are the lines" in told for told in guessed.says)


def test_what_is_listed_is_used_and_what_is_not_used_of_it_is_told(
    tmp_path: Path, guess_at: Guesser
) -> None:
    lines = [{**MUG, "gift_note": "for Ann"}, TEA]
    (tmp_path / "orders.json").write_text(json.dumps([order(101, lines, "41.00"), ORDERS[1]]))
    sample, guessed = guess_at(tmp_path)
    assert not guessed.unused
    (told,) = [one for one in meanings(sample, guessed) if one.startswith("columns that were not")]
    assert "gift_note" in told and "line_items" not in told
