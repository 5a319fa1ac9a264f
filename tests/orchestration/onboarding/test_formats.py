"""Each format of an export is found by its header, in any order, and gives what its makers mean."""

import csv
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
import yaml

from orchestration.onboarding.formats import format_of, known_formats
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.vocabulary import Contract, entity_words, squeezed
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import mistyped, rows, stage

FOLDER = Path(__file__).parent / "examples"
EXAMPLES = yaml.safe_load((FOLDER / "examples.yml").read_text(encoding="utf-8"))
SELLING = [key for key, told in EXAMPLES.items() if "goods" in told]


def write_example(path: Path, key: str, seed: int | None = None) -> Path:
    """The example of a format; with a seed, its columns in another order."""
    header, *lines = list(csv.reader(EXAMPLES[key]["file"].strip().splitlines()))
    places = list(range(len(header)))
    if seed is not None:
        Random(seed).shuffle(places)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([line[place] for place in places] for line in [header, *lines])
    return path


def test_every_format_has_an_example() -> None:
    assert {one.key for one in known_formats()} == set(EXAMPLES)


@pytest.mark.parametrize("key", EXAMPLES)
def test_a_format_names_columns_of_the_contract_and_is_known_by_its_marks(
    key: str, contract: Contract
) -> None:
    (told,) = [one for one in known_formats() if one.key == key]
    for entity, columns in told.columns.items():
        allowed = {*contract.guessable(entity), *entity_words()[entity].columns}
        assert set(columns) <= allowed
        assert set(told.sql.get(entity, {})) <= set(columns)
    header = next(csv.reader(EXAMPLES[key]["file"].strip().splitlines()))
    assert told.marks <= {squeezed(name) for name in header}
    assert format_of(reversed(header)) == told
    assert len(told.marks) >= 4 or "Lineitem" in str(header)


@pytest.mark.parametrize("key", SELLING)
def test_a_format_is_none_where_nothing_numbers_its_orders(key: str) -> None:
    (told,) = [one for one in known_formats() if one.key == key]
    header = next(csv.reader(EXAMPLES[key]["file"].strip().splitlines()))
    numbers = {squeezed(name) for name in told.columns["orders"]["source_order_id"]}
    assert not told.fits(name for name in header if squeezed(name) not in numbers)


@pytest.mark.parametrize("key", SELLING)
def test_an_example_gives_what_it_says_whatever_the_order_of_its_columns(
    guess_at: Guesser, tmp_path: Path, key: str
) -> None:
    for seed in (None, 5):
        folder = tmp_path / str(seed)
        folder.mkdir()
        write_example(folder / f"{key}.csv", key, seed)
        sample, guess = guess_at(folder)
        models = stage(sample, guess)
        assert mistyped(sample, guess, models) == []
        goods = rows(sample.connection, models["order_lines"], "source_order_id, net_amount")
        sums: dict[str, Decimal] = {}
        for number, amount in goods:
            sums[number] = sums.get(number, Decimal(0)) + amount
        told = {
            str(number): Decimal(str(amount)) for number, amount in EXAMPLES[key]["goods"].items()
        }
        assert sums == told
        assert_customers(sample.connection, models["orders"], key)


@pytest.mark.parametrize("key", [key for key in EXAMPLES if "events" in EXAMPLES[key]])
def test_an_export_of_events_gives_them(guess_at: Guesser, tmp_path: Path, key: str) -> None:
    write_example(tmp_path / f"{key}.csv", key, seed=5)
    sample, guess = guess_at(tmp_path)
    models = stage(sample, guess)
    assert mistyped(sample, guess, models) == []
    columns = "device_id, source_customer_id, event_kind, session_id, occurred_at::varchar"
    found = [list(row) for row in rows(sample.connection, models["events"], columns)]
    by_text = {"key": str}
    assert sorted(found, **by_text) == sorted(EXAMPLES[key]["events"], **by_text)


def assert_customers(connection: object, orders: str, key: str) -> None:
    found = rows(connection, orders, "source_order_id, source_customer_id")  # type: ignore[arg-type]
    told = {str(number): customer for number, customer in EXAMPLES[key]["customers"].items()}
    assert dict(found) == told


@pytest.mark.parametrize("key", [key for key in EXAMPLES if "asks" in EXAMPLES[key]])
def test_an_export_that_makes_no_portraits_says_why(
    guess_at: Guesser, tmp_path: Path, key: str
) -> None:
    write_example(tmp_path / f"{key}.csv", key)
    _, guess = guess_at(tmp_path)
    assert any(EXAMPLES[key]["asks"] in asked and f"{key}.csv" in asked for asked in texts(guess))
    assert all(asked.endswith("?") for asked in texts(guess))


def texts(guess: Guess) -> list[str]:
    return [question.text for question in guess.questions]


def test_a_format_that_names_no_time_of_changes_is_read_with_it(
    guess_at: Guesser, tmp_path: Path
) -> None:
    """Exports that overlap are put in order by it."""
    write_example(tmp_path / "orders.csv", "magento_orders")
    text = (tmp_path / "orders.csv").read_text().splitlines()
    told = [f"{line},2025-03-2{at} 10:00:00" for at, line in enumerate(text[1:])]
    (tmp_path / "orders.csv").write_text("\n".join([f"{text[0]},Updated At", *told]) + "\n")
    _, guess = guess_at(tmp_path)
    assert guess.entities["orders"].columns["updated_at"].profile.name == "Updated At"
