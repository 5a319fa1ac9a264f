"""What values prove where names say little, and what stays open in a draft."""

from datetime import date, datetime
from pathlib import Path

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
