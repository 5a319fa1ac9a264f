"""What values prove where names say little, and what stays open in a draft."""

from datetime import date, datetime
from pathlib import Path

import pytest

from orchestration.onboarding.guessed import Guess
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv


def mapping(guess: Guess, entity: str) -> dict[str, str]:
    return {c: found.profile.name for c, found in guess.entities[entity].columns.items()}


def test_an_e_mail_address_needs_no_name(guess_at: Guesser, tmp_path: Path) -> None:
    write_csv(
        tmp_path / "people.csv",
        ["id", "xq7", "zz"],
        [[n, f"p{n}@example.com", "female" if n % 2 else "male"] for n in range(30)],
    )
    _, guess = guess_at(tmp_path)
    assert mapping(guess, "customers") == {
        "source_customer_id": "id",
        "email": "xq7",
        "gender": "zz",
    }


def test_values_found_in_another_table_s_key_make_a_reference(
    guess_at: Guesser, tmp_path: Path
) -> None:
    write_csv(
        tmp_path / "orders.csv",
        ["order_id", "who", "date"],
        [[n, f"c{n % 20}", "2024-01-01"] for n in range(40)],
    )
    write_csv(
        tmp_path / "customers.csv",
        ["customer_id", "name", "city"],
        [[f"c{n}", f"Name {n}", "Berlin"] for n in range(20)],
    )
    _, guess = guess_at(tmp_path)
    assert mapping(guess, "orders")["source_customer_id"] == "who"
    assert guess.entities["orders"].columns["source_customer_id"].confidence == 0.8


def test_milliseconds_since_1970_are_times(guess_at: Guesser, tmp_path: Path) -> None:
    write_csv(
        tmp_path / "events.csv",
        ["user_id", "action", "ts"],
        [["u1", "view", 1704448800000 + n] for n in range(5)],
    )
    sample, guess = guess_at(tmp_path)
    models = stage(sample, guess, "Asia/Shanghai")
    assert rows(sample.connection, models["events"], "occurred_at, event_date")[0] == (
        datetime(2024, 1, 5, 10, 0),
        date(2024, 1, 5),
    )


def test_a_doubtful_column_stays_a_comment(guess_at: Guesser, tmp_path: Path) -> None:
    write_csv(
        tmp_path / "customers.csv",
        ["customer_id", "city", "gender"],
        [[n, "Rome", value] for n, value in enumerate(["female", "red", "green"])],
    )
    sample, guess = guess_at(tmp_path)
    assert "gender" in guess.entities["customers"].doubtful
    model = stage(sample, guess)["customers"]
    assert "-- 0.33, too unsure to be used:" in model
    assert "gender" not in [
        row[0] for row in sample.connection.execute(f"describe {model}").fetchall()
    ]


def test_orders_without_a_number_are_told_apart_by_all_they_say(
    guess_at: Guesser, tmp_path: Path
) -> None:
    """Two of one day differ in time, amount or channel; only two that are alike are one."""
    columns = ["customer", "order date", "total", "channel"]
    usual = [(f"c{n}", f"2024-01-{n:02} 09:30:00", f"{n}.50", "web") for n in range(1, 29)]
    same_day = [
        ("c1", "2024-01-01 18:00:00", "1.50", "web"),
        ("c1", "2024-01-01 09:30:00", "2.50", "web"),
        ("c1", "2024-01-01 09:30:00", "1.50", "app"),
    ]
    write_csv(tmp_path / "orders.csv", columns, [*usual, *same_day, usual[4]])
    sample, guess = guess_at(tmp_path)
    models = stage(sample, guess)
    orders = rows(sample.connection, models["orders"], "source_order_id, day(order_date)")
    lines = rows(
        sample.connection, models["order_lines"], "source_order_id, line_number, net_amount"
    )
    assert len(orders) == len(lines) == 32
    assert len(set(orders)) == 31 and len(set(lines)) == 31
    assert {order for order, _ in orders} == {order for order, *_ in lines}
    assert sum(day == 1 for _, day in set(orders)) == 4
    assert {number for _, number, _ in lines} == {1}
    told = models["orders"].split("with")[0]
    assert "Rows that are alike in everything cannot be told apart" in " ".join(
        told.replace("--", "").split()
    )


def test_dates_that_fit_two_ways_are_told(guess_at: Guesser, tmp_path: Path) -> None:
    for day, is_ambiguous in (("02/03/2024", True), ("03/25/2024", False)):
        write_csv(
            tmp_path / "orders.csv",
            ["order_id", "customer_id", "date", "total"],
            [["1", "c", "01/02/2024", "3.50"], ["2", "c", day, "4.00"]],
        )
        sample, guess = guess_at(tmp_path)
        told = bool(guess.questions)
        noted = "read once its values tell day from month" in stage(sample, guess)["orders"]
        assert (told, noted) == (is_ambiguous, is_ambiguous)


def test_a_list_within_json_names_nothing(guess_at: Guesser, tmp_path: Path) -> None:
    (tmp_path / "orders.jsonl").write_text(
        '{"id": "o1", "email": "a@post.example", "created_at": "2025-03-01T10:00:00Z", '
        '"total_price": "10.50", "line_items": [{"sku": "tea", "quantity": 1}]}\n'
    )
    sample, guess = guess_at(tmp_path)
    assert "line_items" not in mapping(guess, "order_lines").values()
    model = stage(sample, guess)["order_lines"]
    columns = "source_order_id, source_product_id, net_amount::double"
    assert rows(sample.connection, model, columns) == [("o1", "(whole order)", 10.5)]


@pytest.mark.parametrize(
    "days",
    [
        ("2025-03-05", "17.03.2025"),
        ("5/3/2025", "17/03/2025", "2025.03.05"),
        ("March 5, 2025", "2025-03-17"),
        ("05.03.2025, 14:05", "2025-03-17 08:00:00"),
        ("Wednesday, March 5, 2025", "Mar 17, 2025"),
    ],
)
def test_days_written_in_two_ways_are_both_read(
    guess_at: Guesser, tmp_path: Path, days: tuple[str, ...]
) -> None:
    write_csv(
        tmp_path / "orders.csv",
        ["order_id", "email", "order_date", "total"],
        [[at, "a@post.example", day, "5.50"] for at, day in enumerate(days)],
    )
    sample, guess = guess_at(tmp_path)
    found = rows(sample.connection, stage(sample, guess)["orders"], "order_date, unparsed_values")
    assert {day for day, _ in found} == {date(2025, 3, 5), date(2025, 3, 17)}
    assert all(unparsed is None for _, unparsed in found)
    assert not guess.questions


def test_a_second_way_that_leaves_day_and_month_in_doubt_is_not_read(
    guess_at: Guesser, tmp_path: Path
) -> None:
    write_csv(
        tmp_path / "orders.csv",
        ["order_id", "email", "order_date", "total"],
        [
            [1, "a@post.example", "2025-03-05", "5.50"],
            [2, "a@post.example", "2025-03-06", "5.50"],
            [3, "a@post.example", "03/04/2025", "5.50"],
        ],
    )
    sample, guess = guess_at(tmp_path)
    model = stage(sample, guess)["orders"]
    assert rows(sample.connection, model, "order_date, unparsed_values")[-1] == (
        None,
        "order_date=03/04/2025",
    )


def test_refunds_with_a_minus_lower_the_spend_too(guess_at: Guesser, tmp_path: Path) -> None:
    write_csv(
        tmp_path / "orders.csv",
        ["order_id", "email", "order_date", "total", "refunds"],
        [[1, "a@post.example", "2025-03-05", "30.00", "-10.50"]],
    )
    sample, guess = guess_at(tmp_path)
    model = stage(sample, guess)["orders"]
    assert rows(sample.connection, model, "refunded_amount::double") == [(10.5,)]


@pytest.mark.parametrize(
    ("values", "column"),
    [(("Payment accepted", "Canceled"), "status"), (("Bavaria", "Hesse"), "shipping_region")],
)
def test_a_state_is_what_became_of_an_order_or_a_region(
    guess_at: Guesser, tmp_path: Path, values: tuple[str, str], column: str
) -> None:
    write_csv(
        tmp_path / "orders.csv",
        ["order_id", "email", "order_date", "state", "total"],
        [[at, "a@post.example", "2025-03-05", value, "5.50"] for at, value in enumerate(values)],
    )
    _, guess = guess_at(tmp_path)
    assert mapping(guess, "orders")[column] == "state"
