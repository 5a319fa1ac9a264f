"""What amounts mean: the column that adds up is taken, and what nothing decides can be said."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.onboarding.answers import Answers, declared_answers, meant
from orchestration.onboarding.draft_yml import sources_yml
from orchestration.onboarding.guess import guess
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.vocabulary import Contract
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

KEYS = ["order_id", "customer_id", "order_date"]
Answered = Callable[..., tuple[Sample, Guess]]


@pytest.fixture
def answered(tmp_path: Path, guess_at: Guesser, contract: Contract) -> Answered:
    """Guesses at orders with these amounts, once something was said of them."""

    def at(
        header: Sequence[str], *amounts: Sequence[object], words: Sequence[str] = ()
    ) -> tuple[Sample, Guess]:
        told = [[f"n{n}", f"c{n}", f"2024-01-{n + 10}", *one] for n, one in enumerate(amounts)]
        write_csv(tmp_path / "orders.csv", [*KEYS, *header], told)
        sample, _ = guess_at(tmp_path)
        sample = replace(sample, answers=Answers(amounts=meant(words)))
        return sample, guess(sample, contract)

    return at


def spent(sample: Sample, guessed: Guess) -> list[Decimal]:
    models = stage(sample, guessed)
    lines = rows(sample.connection, models["order_lines"], "source_order_id, net_amount")
    return [amount for _, amount in lines]


@pytest.mark.parametrize("header", [("total", "amount_paid"), ("amount_paid", "total")])
def test_of_several_totals_the_one_that_adds_up_is_taken(
    answered: Answered, header: tuple[str, str]
) -> None:
    paid = {goods: {"amount_paid": goods + 5, "total": 8 * goods} for goods in (10, 20, 30)}
    told = [(goods, 5, *(one[name] for name in header)) for goods, one in paid.items()]
    _, guessed = answered(["subtotal", "shipping", *header], *told)
    assert guessed.entities["orders"].columns["total_amount"].profile.name == "amount_paid"
    assert "100 % of 3 orders add up to the cent" in guessed.says
    assert not guessed.questions


def test_where_no_total_adds_up_the_best_named_is_asked_about(answered: Answered) -> None:
    """No order is published until it is known that they do not."""
    told = [(goods, 5, 9 * goods, 7 * goods) for goods in (10, 20, 30)]
    header = ["subtotal", "shipping", "total", "gross"]
    _, guessed = answered(header, *told)
    assert any("add up for 0 of 3 orders only" in one.text for one in guessed.questions)
    assert not guessed.entities.keys() & {"orders", "order_lines"}
    _, known = answered(header, *told, words=["as-they-stand"])
    assert known.entities["orders"].columns["total_amount"].profile.name == "total"


def test_a_total_without_postage_is_found_out_or_said(answered: Answered) -> None:
    header = ["shipping", "total"]
    _, guessed = answered(["subtotal", *header], (20, 5, 20), (30, 5, 30))
    assert "100 % of 2 orders add up to the cent" in guessed.says
    assert not guessed.entities["orders"].has("shipping_amount")
    assert spent(*answered(header, (5, 25), (5, 35))) == [20, 30]
    said = answered(header, (5, 25), (5, 35), words=["total-without-shipping"])
    assert spent(*said) == [25, 35]
    assert not said[1].entities["orders"].has("shipping_amount")


@pytest.mark.parametrize(
    ("word", "amounts"), [("tax-on-top", [20, 30]), ("tax-included", [24, 36])]
)
def test_whether_tax_is_in_a_total_is_asked_and_answered(
    answered: Answered, word: str, amounts: list[int]
) -> None:
    told = [(4, 24), (6, 36)]
    _, guessed = answered(["tax", "total"], *told)
    (question,) = guessed.questions
    assert question.text == (
        "`tax` is read as standing on top of the prices, and no spend: do the prices include it?"
    )
    assert question.evidence == (
        "tax-on-top: order `n0` comes to 20.00",
        "tax-included: order `n0` comes to 24.00",
    )
    assert question.flag == "--amounts tax-on-top (or --amounts tax-included)"
    sample, guessed = answered(["tax", "total"], *told, words=[word])
    assert not guessed.questions
    assert spent(sample, guessed) == amounts


@pytest.mark.parametrize(
    ("word", "amounts"), [("price-of-one", [30, 5]), ("price-of-line", [10, 5])]
)
def test_whether_a_price_is_that_of_one_is_asked_and_answered(
    answered: Answered, word: str, amounts: list[int]
) -> None:
    header, told = ["sku", "quantity", "price"], [("tea", 3, 10), ("mug", 1, 5)]
    _, guessed = answered(header, *told)
    (question,) = guessed.questions
    assert question.flag == "--amounts price-of-one (or --amounts price-of-line)"
    sample, guessed = answered(header, *told, words=[word])
    assert not guessed.questions
    assert spent(sample, guessed) == amounts


def test_answers_are_kept_and_a_later_one_of_the_same_thing_replaces_them(
    answered: Answered, tmp_path: Path
) -> None:
    sample, guessed = answered(["tax", "total"], (4, 24), words=["tax-included", "price-of-one"])
    folder = tmp_path / "models" / "staging" / "shop"
    folder.mkdir(parents=True)
    (folder / "_sources.yml").write_text(sources_yml("shop", sample, "UTC", guessed.questions))
    before = declared_answers(tmp_path, "shop")
    assert before.amounts == ("price-of-one", "tax-included")
    later = Answers(amounts=("tax-on-top",)).or_else(before)
    assert later.amounts == ("price-of-one", "tax-on-top")
    assert later.reading == {"price_is_line": False, "is_tax_in": False}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["tax-inclusive"],
            "tax-inclusive means nothing here.*Did you mean tax-included",
        ),
        (["tax-included", "tax-on-top"], "tax-included and tax-on-top cannot both be"),
    ],
)
def test_what_means_nothing_or_two_things_is_refused(words: list[str], told: str) -> None:
    with pytest.raises(PortraitError) as error:
        meant(words)
    assert re.search(told, f"{error.value.message} {error.value.hint}")
