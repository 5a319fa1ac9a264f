"""What keys, statuses and currencies leave open is asked, and nothing is read in silence."""

from pathlib import Path

from orchestration.onboarding.guessed import Guess
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

ORDERS = ["order_id", "customer_id", "order_date", "total"]


def asked(guess: Guess) -> dict[str, str]:
    """Reason → the question that is asked under it."""
    return {question.reason: question.text for question in guess.questions}


def test_an_unknown_status_is_asked_for_by_name_with_its_rows(
    guess_at: Guesser, tmp_path: Path
) -> None:
    statuses = ["completed", "wc-on-hold", "parked", "parked"]
    write_csv(
        tmp_path / "orders.csv",
        [*ORDERS, "status"],
        [[n, f"c{n}", "2024-01-05", "10.00", status] for n, status in enumerate(statuses)],
    )
    sample, guess = guess_at(tmp_path)
    assert [question.text for question in guess.questions] == [
        "What does the status `parked` (`status`, 2 rows) mean: completed, cancelled or return?"
    ]
    staged = rows(sample.connection, stage(sample, guess)["orders"], "status")
    assert [status for (status,) in staged] == sorted(statuses)


def test_a_mailbox_is_one_key_however_it_is_written(guess_at: Guesser, tmp_path: Path) -> None:
    mailboxes = ["Ann@Mail.example", " ann@mail.example ", "bo@mail.example"]
    write_csv(
        tmp_path / "orders.csv",
        ["order_id", "customer_email", "order_date", "total"],
        [[n, mailbox, "2024-01-05", "10.00"] for n, mailbox in enumerate(mailboxes)],
    )
    sample, guess = guess_at(tmp_path)
    staged = rows(sample.connection, stage(sample, guess)["orders"], "source_customer_id")
    assert [key for (key,) in staged] == ["ann@mail.example"] * 2 + ["bo@mail.example"]


def test_zeros_in_front_are_left_out_where_that_makes_tables_meet(
    guess_at: Guesser, tmp_path: Path
) -> None:
    for customers, keys in ((["0456", "1200"], ["456.0", "1200.0"]), (["0456"], ["0456", "12"])):
        write_csv(
            tmp_path / "customers.csv",
            ["customer_id", "name", "city"],
            [[key, f"Name {key}", "Ulm"] for key in customers],
        )
        write_csv(
            tmp_path / "orders.csv",
            ORDERS,
            [[n, key, "2024-01-05", "10.00"] for n, key in enumerate(keys)],
        )
        sample, guess = guess_at(tmp_path)
        models = stage(sample, guess)
        of_orders = {
            key for (key,) in rows(sample.connection, models["orders"], "source_customer_id")
        }
        of_customers = {
            key for (key,) in rows(sample.connection, models["customers"], "source_customer_id")
        }
        is_loose = customers == ["0456", "1200"]
        assert of_orders == ({"456", "1200"} if is_loose else {"0456", "12"})
        assert of_customers == ({"456", "1200"} if is_loose else {"0456"})
        assert any("read as numbers" in told for told in guess.says) == is_loose


def test_a_number_that_a_spreadsheet_rounded_is_named_with_what_to_do(
    guess_at: Guesser, tmp_path: Path
) -> None:
    write_csv(
        tmp_path / "orders.csv",
        ORDERS,
        [[key, "c1", "2024-01-05", "10.00"] for key in ("7.10001E+12", "7.10002E+12")],
    )
    _, guess = guess_at(tmp_path)
    assert "`7.10001E+12`" in asked(guess)["rounded_key"]
    assert "as text?" in asked(guess)["rounded_key"]


def test_a_key_that_stands_for_three_names_is_nobody(guess_at: Guesser, tmp_path: Path) -> None:
    people = [("till@shop.example", name) for name in ("Mila Orn", "Noel Ask", "Ole Berg")]
    people += [("ann@mail.example", "Ann Lee"), ("ann@mail.example", "Ann Lee-Roth")]
    write_csv(
        tmp_path / "orders.csv",
        ["order_id", "customer_email", "customer_name", "city", "order_date", "total"],
        [[n, key, name, "Ulm", "2024-01-05", "10.00"] for n, (key, name) in enumerate(people)],
    )
    sample, guess = guess_at(tmp_path)
    assert "stands for 3 names" in asked(guess)["missing_customer"]
    staged = rows(sample.connection, stage(sample, guess)["orders"], "source_customer_id")
    assert [key for (key,) in staged] == ["ann@mail.example"] * 2 + [None] * 3


def test_a_masked_number_is_no_key_and_the_question_names_it(
    guess_at: Guesser, tmp_path: Path
) -> None:
    write_csv(
        tmp_path / "orders.csv",
        ["order_id", "phone", "order_date", "total"],
        [[n, f"136****000{n % 2}", "2024-01-05", "10.00"] for n in range(4)],
    )
    _, guess = guess_at(tmp_path)
    assert not guess.entities
    (text,) = [question.text for question in guess.questions]
    assert "phone is masked" in text
    assert "no column names a customer" in text


def test_several_currencies_are_asked_about(guess_at: Guesser, tmp_path: Path) -> None:
    write_csv(
        tmp_path / "orders.csv",
        [*ORDERS, "currency"],
        [[n, "c1", "2024-01-05", "10.00", code] for n, code in enumerate(["USD", "JPY", "usd"])],
    )
    _, guess = guess_at(tmp_path)
    assert "2 currencies (`JPY`, `USD`)" in asked(guess)["missing_exchange_rate"]


def test_a_row_that_gives_money_back_is_no_order(guess_at: Guesser, tmp_path: Path) -> None:
    write_csv(
        tmp_path / "orders.csv",
        ORDERS,
        [["1", "c1", "2024-01-05", "50.00"], ["2", "c1", "2024-01-09", "-20.00"]],
    )
    sample, guess = guess_at(tmp_path)
    staged = stage(sample, guess)["order_lines"]
    found = rows(sample.connection, staged, "source_order_id, source_product_id, quantity::int")
    assert found == [("1", "(whole order)", 1), ("2", "(refund)", -1)]


def test_a_header_with_numbers_in_it_is_one(guess_at: Guesser, tmp_path: Path) -> None:
    names = ["order_id", "customer_id", "order_date", "total", "2024", "tax 19%", "line 1"]
    write_csv(tmp_path / "orders.csv", names, [["1", "c", "2025-01-06", "12.00", "7", "1", "x"]])
    _, guess = guess_at(tmp_path)
    assert not [question for question in guess.questions if "no header" in question.text]


def test_a_number_with_a_hash_is_that_without(guess_at: Guesser, tmp_path: Path) -> None:
    orders = [[f"#{at}", "c1", "2024-01-05"] for at in (1001, 1002)]
    write_csv(tmp_path / "orders.csv", ["order_id", "customer_id", "order_date"], orders)
    lines = [[at, "tea", 2, 4.5] for at in (1001, 1002)]
    write_csv(tmp_path / "order_lines.csv", ["order_id", "sku", "quantity", "unit_price"], lines)
    sample, guess = guess_at(tmp_path)
    staged = stage(sample, guess)
    keys = [
        rows(sample.connection, staged[one], "source_order_id") for one in ("orders", "order_lines")
    ]
    assert keys[0] == keys[1] == [("1001",), ("1002",)]
    assert any("#1001 in one table and 1001 in another" in told for told in guess.says)
