"""Guests have orders, one person has one key, and the shop itself is no customer."""

from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

ANN, BEN, CLEO = (f"{name}@post.example" for name in ("ann", "ben", "cleo"))
Told = list[tuple[Any, ...]]


def keys(
    guess_at: Guesser, folder: Path, header: list[str], *told: list[object]
) -> tuple[list[str | None], list[str], list[str]]:
    """Keys of the orders, of their lines' customers what is said of keys, and what is asked."""
    lines = [[at, f"2025-03-1{at}", 5.5 + at, *one] for at, one in enumerate(told)]
    write_csv(folder / "orders.csv", ["order_id", "date", "total", *header], lines)
    sample, guessed = guess_at(folder)
    orders = stage(sample, guessed)["orders"]
    read = rows(sample.connection, orders, "source_order_id, source_customer_id")
    says = [told for told in guessed.says if "nobody's in some rows" in told]
    return [key for _, key in read], says, [question.text for question in guessed.questions]


@pytest.mark.parametrize("nobody", ["0", "Guest", ""])
def test_a_mailbox_is_the_key_where_an_id_is_nobodys_in_some_rows(
    tmp_path: Path, guess_at: Guesser, nobody: str
) -> None:
    told = [[nobody, ANN], ["7", BEN], [nobody, CLEO], ["7", BEN.upper()], [nobody, BEN]]
    read, says, asked = keys(guess_at, tmp_path, ["customer_id", "email"], *told)
    assert read == [ANN, BEN, CLEO, BEN, BEN]
    assert says == [
        "`customer_id` is nobody's in some rows, so `email` is the key of all customers"
    ]
    assert not asked


def test_ids_are_the_key_where_all_have_one(tmp_path: Path, guess_at: Guesser) -> None:
    told: list[list[object]] = [["7", ANN], ["8", BEN], ["0", ""]]
    read, says, _ = keys(guess_at, tmp_path, ["customer_id", "email"], *told)
    assert read == ["7", "8", "0"]
    assert not says


def test_who_has_no_mailbox_keeps_the_id(tmp_path: Path, guess_at: Guesser) -> None:
    """Of ten and more rows one has none."""
    told: list[list[object]] = [
        ["0", ANN],
        *([f"{at}", f"m{at}@post.example"] for at in range(3, 13)),
    ]
    read, _, _ = keys(guess_at, tmp_path, ["customer_id", "email"], *told[:9], ["99", ""], told[9])
    assert sorted(map(str, read))[:2] == ["99", ANN]


def test_guests_and_accounts_with_mailboxes_of_their_own_are_one_person(
    tmp_path: Path, guess_at: Guesser
) -> None:
    told = [["A77", "", ANN], ["", BEN, ""], ["", ANN, ""], ["A78", "", CLEO]]
    header = ["account_id", "guest_email", "account_email"]
    read, says, _ = keys(guess_at, tmp_path, header, *told)
    assert read == [ANN, BEN, ANN, CLEO]
    assert says == [
        "`account_id` is nobody's in some rows, so `account_email`, or else `guest_email`, "
        "is the key"
    ]


def test_a_guests_mailbox_stands_beside_ids_that_have_none(
    tmp_path: Path, guess_at: Guesser
) -> None:
    told = [["A77", ""], ["", BEN], ["", ANN], ["A78", ""]]
    read, says, _ = keys(guess_at, tmp_path, ["customer_id", "guest_email"], *told)
    assert read == ["A77", BEN, ANN, "A78"]
    assert says == [
        "`customer_id` is nobody's in some rows, so `guest_email` is the key there, and "
        "`customer_id` elsewhere"
    ]


def test_ids_by_which_tables_are_joined_stay(tmp_path: Path, guess_at: Guesser) -> None:
    write_csv(tmp_path / "customers.csv", ["customer_id", "city"], [["7", "Ulm"], ["8", "Bonn"]])
    told = [["0", ANN], ["7", BEN], ["8", CLEO]]
    read, says, _ = keys(guess_at, tmp_path, ["customer_id", "email"], *told)
    assert read == [ANN, "7", "8"]
    assert says == [
        "`customer_id` is nobody's in some rows, so `email` is the key of the customer there, and "
        "the id elsewhere"
    ]


@pytest.mark.parametrize(
    ("mail", "boxes"),
    [
        ("email", ["staff@shop.example"] * 8),
        ("email", ["staff@shop.example", "clerk@shop.example"] * 4),
        ("seller_email", [f"{letter}@shop.example" for letter in "abcdefgh"]),
    ],
)
def test_mailboxes_of_the_shops_own_people_are_nobodys_key(
    tmp_path: Path, guess_at: Guesser, mail: str, boxes: list[str]
) -> None:
    ids = ["0", "3", "4", "5", "0", "6", "7", "8"]
    told = [[one, box] for one, box in zip(ids, boxes, strict=True)]
    read, says, _ = keys(guess_at, tmp_path, ["customer_id", mail], *told)
    assert read == ids
    assert not says


@pytest.mark.parametrize("mail", ["Customer Email", "written to"])
def test_a_mailbox_goes_before_a_name(tmp_path: Path, guess_at: Guesser, mail: str) -> None:
    told = [["Ann Lind", ANN], ["Ben Roth", BEN], ["Ann Lind", ANN]]
    read, _, asked = keys(guess_at, tmp_path, ["Customer", mail], *told)
    assert read == [ANN, BEN, ANN]
    assert not asked


@pytest.mark.parametrize(
    ("mails", "called"),
    [
        (["", "", BEN], "Email"),
        (["shop@post.example"] * 3, "Email"),
        ([ANN, BEN, CLEO], "Sales Rep Email"),
    ],
)
def test_a_name_is_asked_about_where_no_mailbox_is_its_own(
    tmp_path: Path, guess_at: Guesser, mails: list[str], called: str
) -> None:
    told = [
        [f"{name} Lind", mail] for name, mail in zip(("Ann", "Ben", "Cleo"), mails, strict=True)
    ]
    read, _, asked = keys(guess_at, tmp_path, ["Customer", called], *told)
    assert read == ["Ann Lind", "Ben Lind", "Cleo Lind"]
    assert "which two people may share" in asked[0]


def test_a_persons_name_is_no_number_of_an_order(tmp_path: Path, guess_at: Guesser) -> None:
    write_csv(
        tmp_path / "orders.csv",
        ["Date", "Name", "Order Amount", "From Email"],
        [["2025-03-01", "Ann Lind", 5.5, ANN], ["2025-03-02", "Ben Roth", 7.25, BEN]],
    )
    _, guessed = guess_at(tmp_path)
    assert not guessed.entities["orders"].has("source_order_id")


@pytest.mark.parametrize(
    ("mailbox", "times", "is_shops"),
    [("Kasse@laden.example", 5, True), ("kasse@laden.example", 3, False), (ANN, 5, False)],
)
def test_a_tills_mailbox_on_all_rows_is_nobodys_until_it_is_said(
    tmp_path: Path, guess_at: Guesser, mailbox: str, times: int, *, is_shops: bool
) -> None:
    read, _, asked = keys(guess_at, tmp_path, ["Email"], *([[mailbox]] * times))
    assert read == [None if is_shops else mailbox] * times
    assert asked == (
        [
            "`kasse@laden.example` in `Email` stands on all 5 rows and is read as nobody: is it "
            "the shop's own mailbox?"
        ]
        if is_shops
        else []
    )
