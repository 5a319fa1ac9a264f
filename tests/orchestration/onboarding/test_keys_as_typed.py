"""Keys of customers compare without what people, mail programs and keyboards do to them."""

from pathlib import Path

import pytest

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

ONE = {
    "mail programs": ("buyer", ["ann@post.example", "Ann Lee <Ann@post.example>"]),
    "a name with a comma": ("buyer", ["ann@post.example", '"Lee, Ann" <ann@post.example>']),
    "links": ("email", ["ann@post.example", "mailto:ann@post.example"]),
    "signs that nobody sees": ("email", ["ann@post.example", "\u200bann@post.example\u00a0"]),
    "wide digits": ("会員番号", ["１２３", "123", "123.0"]),
    "wide letters": ("会員番号", ["Ｋ－１２", "K-12"]),
    "small letters": ("customer_id", ["k-77", "K-77"]),
    "blanks in phone numbers": ("phone", ["138 0013 8000", "138-0013-8000", "13800138000"]),
}


def customers(folder: Path, guess_at: Guesser, name: str, keys: list[str]) -> set[str]:
    write_csv(
        folder / "orders.csv",
        ["order_id", name, "order_date", "total"],
        [[f"o{at}", key, f"2025-03-{at + 1:02}", "5.50"] for at, key in enumerate(keys)],
    )
    sample, guessed = guess_at(folder)
    found = rows(sample.connection, stage(sample, guessed)["orders"], "source_customer_id")
    return {key for (key,) in found}


@pytest.mark.parametrize("spelt", ONE)
def test_spellings_of_a_key_are_one_customer(tmp_path: Path, guess_at: Guesser, spelt: str) -> None:
    name, keys = ONE[spelt]
    assert len(customers(tmp_path, guess_at, name, keys)) == 1


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("customer_id", ["aB3xQ9", "ab3xq9"]),  # Letters without a number behind may be any.
        ("customer_id", ["k-77", "k-78"]),
        ("email", ["ann@post.example", "ann.lee@post.example"]),
        # What stands in an address's place is compared as it is: seeds list `no email`.
        ("email", ["ann@post.example", "bo@post.example", "no email"]),
    ],
)
def test_other_keys_are_others(
    tmp_path: Path, guess_at: Guesser, name: str, keys: list[str]
) -> None:
    assert customers(tmp_path, guess_at, name, keys) == set(keys)


def test_that_letters_were_made_alike_is_said(tmp_path: Path, guess_at: Guesser) -> None:
    assert customers(tmp_path, guess_at, "customer_id", ["k-77", "K-77"]) == {"K-77"}
    _, guessed = guess_at(tmp_path)
    assert "source_customer_id is both K-77 and k-77, which are read as one" in guessed.says


@pytest.mark.parametrize(
    ("keys", "is_asked"), [(["Ann Lee", "Zoé O'Hara"], True), (["annlee", "zoe7"], False)]
)
def test_names_in_place_of_keys_are_asked_about(
    tmp_path: Path, guess_at: Guesser, keys: list[str], *, is_asked: bool
) -> None:
    assert customers(tmp_path, guess_at, "customer", keys) == set(keys)
    _, guessed = guess_at(tmp_path)
    assert [q.flag for q in guessed.questions] == ["--columns customer_id=customer"] * is_asked
