"""Where a guess turns: each threshold just below and at its edge."""

from pathlib import Path

import pytest

from orchestration.onboarding import scores
from orchestration.onboarding.guessed import ColumnGuess
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import SampledColumn
from orchestration.onboarding.vocabulary import entity_words
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.shops import write_csv


@pytest.mark.parametrize(
    ("percent", "is_taken", "is_doubtful"),
    [(50, True, False), (49, False, True), (25, False, True), (24, False, False)],
)
def test_a_column_is_taken_from_a_half_and_told_from_a_quarter(
    guess_at: Guesser, tmp_path: Path, percent: int, is_taken: bool, is_doubtful: bool
) -> None:
    costs = [f"{n}.25" if n < percent else f"about {n}" for n in range(100)]
    write_csv(
        tmp_path / "products.csv",
        ["product_id", "brand", "cost"],
        [[f"p{number}", "Pottery", cost] for number, cost in enumerate(costs)],
    )
    _, guess = guess_at(tmp_path)
    found = guess.entities["products"]
    assert ("cost" in found.columns, "cost" in found.doubtful) == (is_taken, is_doubtful)
    if is_taken or is_doubtful:
        assert {**found.columns, **found.doubtful}["cost"].confidence == percent / 100
    assert ("cost" in guess.missing["products"]) == (not is_taken)


def column_guess(source: str, column: str, confidence: float, filled: int = 10) -> ColumnGuess:
    profile = ColumnProfile(SampledColumn(source, "varchar"), 10, filled, 10, (), None)
    return ColumnGuess(column, profile, confidence)


def assigned(*candidates: ColumnGuess) -> dict[str, str]:
    taken = scores.assigned(list(candidates), entity_words()["order_lines"])
    return {column: found.profile.name for column, found in taken.items()}


@pytest.mark.parametrize(("confidence", "is_taken"), [(0.71, True), (0.69, False)])
def test_a_column_is_what_it_is_surest_to_be_or_hardly_less(
    confidence: float, is_taken: bool
) -> None:
    taken = assigned(
        column_guess("rebate", "discount_amount", 0.95),
        column_guess("saved", "discount_amount", 0.9),
        column_guess("saved", "net_amount", confidence),
    )
    assert taken == {"discount_amount": "rebate", **({"net_amount": "saved"} if is_taken else {})}


def test_the_surest_pair_goes_first_then_the_contract_s_order_then_the_fuller_column() -> None:
    assert assigned(column_guess("a", "unit_price", 0.8), column_guess("b", "unit_price", 0.9)) == {
        "unit_price": "b"
    }
    assert assigned(column_guess("a", "net_amount", 0.9), column_guess("a", "unit_price", 0.9)) == {
        "unit_price": "a"
    }
    assert assigned(
        column_guess("a", "unit_price", 0.9, filled=4),
        column_guess("b", "unit_price", 0.9, filled=5),
    ) == {"unit_price": "b"}


ATTRIBUTES = ["city", "gender", "language", "country"]


def people(folder: Path, name: str, attributes: int) -> Path:
    rows = [[n, *["Rome", "female", "en", "IT"][:attributes]] for n in range(3)]
    write_csv(folder / f"{name}.csv", ["customer_id", *ATTRIBUTES[:attributes]], rows)
    return folder


@pytest.mark.parametrize(
    ("table", "attributes", "confidence"),
    [
        ("customers", 1, 0.87),
        ("customers", 2, 0.93),
        ("customers", 3, 1.0),
        ("customers", 4, 1.0),
        ("our_customers", 3, 0.91),
        ("persons", 3, 0.7),
    ],
)
def test_an_entity_is_as_sure_as_its_key_its_other_columns_and_its_name(
    guess_at: Guesser, tmp_path: Path, table: str, attributes: int, confidence: float
) -> None:
    _, guess = guess_at(people(tmp_path, table, attributes))
    assert guess.entities["customers"].confidence == confidence


def test_a_column_of_ids_alone_is_no_entity(guess_at: Guesser, tmp_path: Path) -> None:
    _, guess = guess_at(people(tmp_path, "customers", 0))
    assert not guess.entities
    assert guess.unused == {"customers": "looks like no entity of the contract"}


def test_the_surer_table_is_the_entity_and_the_other_is_told(
    guess_at: Guesser, tmp_path: Path
) -> None:
    people(tmp_path, "persons", 2)
    _, guess = guess_at(people(tmp_path, "customers", 2))
    assert guess.entities["customers"].table.name == "customers"
    assert guess.unused == {
        "persons": "looks like customers (0.63), which another table is surer to be"
    }


@pytest.mark.parametrize(
    ("attributes", "entities"),
    [
        ({}, set()),
        ({"city": "Rome"}, set()),
        ({"customer_name": "Ann Lee", "gender": "female"}, {"customers"}),
    ],
)
def test_orders_describe_customers_by_two_attributes(
    guess_at: Guesser, tmp_path: Path, attributes: dict[str, str], entities: set[str]
) -> None:
    write_csv(
        tmp_path / "orders.csv",
        ["order_id", "customer_id", "order_date", "total", *attributes],
        [[n, f"c{n}", "2024-01-05", "3.50", *attributes.values()] for n in range(3)],
    )
    _, guess = guess_at(tmp_path)
    assert set(guess.entities) == {"orders", "order_lines", *entities}


@pytest.mark.parametrize(
    ("attributes", "entities"), [({}, set()), ({"brand": "Pottery"}, {"products"})]
)
def test_lines_describe_products_by_one_attribute(
    guess_at: Guesser, tmp_path: Path, attributes: dict[str, str], entities: set[str]
) -> None:
    write_csv(
        tmp_path / "order_lines.csv",
        ["order_id", "product_id", "quantity", *attributes],
        [[n, f"p{n}", 1, *attributes.values()] for n in range(3)],
    )
    _, guess = guess_at(tmp_path)
    assert set(guess.entities) == {"order_lines", *entities}


@pytest.mark.parametrize(
    ("known", "rows", "confidence"),
    [(10, 10, 0.8), (7, 10, 0.56), (5, 10, 0.4), (4, 10, None), (9, 9, None)],
)
def test_values_refer_to_a_table_where_half_of_them_are_its_keys(
    guess_at: Guesser, tmp_path: Path, known: int, rows: int, confidence: float | None
) -> None:
    write_csv(
        tmp_path / "products.csv",
        ["product_id", "brand"],
        [[f"p{n}", "Pottery"] for n in range(10)],
    )
    write_csv(
        tmp_path / "events.csv",
        ["user_id", "action", "ts", "what"],
        [
            ["u1", "view", "2024-01-01 10:00:00", f"p{n}" if n < known else f"x{n}"]
            for n in range(rows)
        ],
    )
    _, guess = guess_at(tmp_path)
    events = guess.entities["events"]
    found = {**events.columns, **events.doubtful}.get("source_product_id")
    assert (found.confidence if found else None) == confidence
    assert ("source_product_id" in events.columns) == (confidence in (0.8, 0.56))
