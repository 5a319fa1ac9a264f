"""A line that was cancelled or came back loses itself, and not its order."""

from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

HEADER = ["order_number", "date", "customer_email", "sku", "qty", "price"]
LINES: list[list[object]] = [
    ["1", "2025-03-01", "a@post.example", "mug", 1, 9, "delivered"],
    ["1", "2025-03-01", "a@post.example", "tea", 1, 5, "returned"],
    ["2", "2025-03-02", "b@post.example", "tea", 1, 5, "returned"],
    ["2", "2025-03-02", "b@post.example", "mug", 1, 10, "delivered"],
    ["3", "2025-03-13", "a@post.example", "cup", 1, 3, "cancelled"],
    ["3", "2025-03-13", "a@post.example", "cup", 2, 3, "delivered"],
    ["4", "2025-03-14", "a@post.example", "cup", 1, 3, "cancelled"],
    ["5", "2025-03-15", "b@post.example", "cup", 1, 3, "returned"],
]


def staged(
    guess_at: Guesser, folder: Path, name: str, lines: list[list[object]]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[str]]:
    """States of orders, lines, and what is said of the states."""
    write_csv(folder / "rows.csv", [*HEADER, name], lines)
    sample, guessed = guess_at(folder)
    models = stage(sample, guessed)
    of_lines = "source_order_id, source_product_id, quantity::int, net_amount::double"
    says = [told for told in guessed.says if "judged by its own" in told]
    of_lines += ", line_status" if says else ""
    return (
        rows(sample.connection, models["orders"], "source_order_id, status"),
        rows(sample.connection, models["order_lines"], of_lines),
        says,
    )


def test_each_line_is_judged_by_its_own_status(tmp_path: Path, guess_at: Guesser) -> None:
    orders, lines, says = staged(guess_at, tmp_path, "status", LINES)
    assert dict(orders) == {
        **dict.fromkeys("123", "delivered"),
        "4": "cancelled",
        "5": "returned",
    }
    assert lines == [
        ("1", "mug", 1, 9, "delivered"),
        ("1", "tea", 1, 5, "return"),
        ("2", "mug", 1, 10, "delivered"),
        ("2", "tea", 1, 5, "return"),
        ("3", "cup", 1, 3, "cancelled"),
        ("3", "cup", 2, 6, "delivered"),
        ("4", "cup", 1, 3, None),
        ("5", "cup", 1, 3, "return"),
    ]
    assert says == [
        "`status` differs from line to line in 3 orders, so each line is judged by its own: "
        "4 lines with `cancelled`, `returned` are no purchase and go to quarantine"
    ]


def test_a_row_that_gives_back_what_another_sold_takes_it_off(
    tmp_path: Path, guess_at: Guesser
) -> None:
    sold = ["6", "2025-03-16", "b@post.example", "tea", 3, 5, "delivered"]
    back = ["6", "2025-03-16", "b@post.example", "tea", 1, 5, "returned"]
    orders, lines, _ = staged(guess_at, tmp_path, "status", [*LINES, back, sold])
    assert orders[-1] == ("6", "delivered")
    assert lines[-2:] == [("6", "tea", -1, -5, None), ("6", "tea", 3, 15, "delivered")]


def test_a_word_that_only_a_later_file_has_waits_for_validation(
    tmp_path: Path, guess_at: Guesser
) -> None:
    """On the line that has it, as the order's where all lines have it, and blank as sold."""
    write_csv(tmp_path / "rows.csv", [*HEADER, "status"], LINES)
    sample, guessed = guess_at(tmp_path)
    models = stage(sample, guessed)
    sample.connection.execute("""
        create or replace table raw_shop.later as select * replace (
            case when order_number = '1' then case sku when 'tea' then 'verloren' else status end
                when order_number = '2' then 'verloren'
                when order_number = '3' and status = 'delivered' then ''
                else status end as status
        ) from raw_shop.rows
    """)
    orders, lines = (
        models[entity].replace('raw_shop."rows"', "raw_shop.later")
        for entity in ("orders", "order_lines")
    )
    assert dict(rows(sample.connection, orders, "source_order_id, status")) == {
        "1": "delivered",
        "2": "verloren",
        "3": None,
        "4": "cancelled",
        "5": "returned",
    }
    of_lines = rows(
        sample.connection, lines, "source_order_id, source_product_id, quantity::int, line_status"
    )
    assert of_lines[:6] == [
        ("1", "mug", 1, "delivered"),
        ("1", "tea", 1, "verloren"),
        ("2", "mug", 1, "verloren"),
        ("2", "tea", 1, "verloren"),
        ("3", "cup", 1, "cancelled"),
        ("3", "cup", 2, "completed"),
    ]


@pytest.mark.parametrize("at", [1, -1])
def test_a_status_that_all_lines_of_an_order_share_is_the_orders(
    tmp_path: Path, guess_at: Guesser, at: int
) -> None:
    whole = [["1", *LINES[0][1:-1], "delivered"], *LINES[6:], LINES[3]][::at]
    orders, _, says = staged(guess_at, tmp_path, "status", whole)
    assert dict(orders) == {"1": "delivered", "2": "delivered", "4": "cancelled", "5": "returned"}
    assert not says


def test_a_kind_of_row_is_no_state_of_its_line(tmp_path: Path, guess_at: Guesser) -> None:
    kinds = {"delivered": "sale", "returned": "refund", "cancelled": "sale"}
    lines = [[*line[:-1], kinds[str(line[-1])]] for line in LINES]
    _, read, says = staged(guess_at, tmp_path, "type", lines)
    assert ("1", "tea", -1, -5) in read
    assert not says


def test_a_status_on_the_first_line_alone_is_the_orders(tmp_path: Path, guess_at: Guesser) -> None:
    cancelled = ["4", "2025-03-14", "a@post.example", "mug", 1, 3, ""]
    lines = [*LINES[2:4], LINES[6], cancelled]
    orders, read, says = staged(guess_at, tmp_path, "status", lines)
    assert dict(orders)["4"] == "cancelled"
    assert len(read) == 4
    assert not says
