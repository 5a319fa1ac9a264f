"""Rows that are alike in everything: copies of one, or equal lines of a basket."""

from collections.abc import Sequence
from pathlib import Path

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

HEADER = ["order_id", "email", "order_date", "sku", "quantity", "price"]
TEA = ["1", "a@post.example", "2025-03-01", "tea", 1, "5.50"]
MUG = ["1", "a@post.example", "2025-03-01", "mug", 1, "7.25"]
OTHER = ["2", "b@post.example", "2025-03-02", "tea", 2, "5.50"]


def lines_of(
    folder: Path, guess_at: Guesser, header: Sequence[str], *told: Sequence[object]
) -> tuple[list[tuple[object, ...]], str]:
    """Product and number of the first order's lines, and what is said of copies."""
    write_csv(folder / "sales.csv", header, told)
    sample, guessed = guess_at(folder)
    model = stage(sample, guessed)["order_lines"]
    found = rows(sample.connection, model, "source_order_id, source_product_id, line_number")
    says = [one for one in guessed.says if "all they say" in one]
    return [line for number, *line in found if number == "1"], "".join(says)


def test_a_number_of_lines_that_copies_repeat_tells_them(tmp_path: Path, guess_at: Guesser) -> None:
    """Two lines with the number of one are a row and its copy, which quarantine keeps."""
    told = [["l1", *TEA], ["l2", *TEA], ["l1", *TEA], ["l3", *OTHER]]
    found, says = lines_of(tmp_path, guess_at, ["line_id", *HEADER], *told)
    assert len(found) == 3 and len({number for _, number in found}) == 2
    assert says == (
        "1 row repeats another of `sales.csv` in all they say, and what they say counts once: "
        "`line_id` numbers the lines"
    )


def test_copies_are_told_by_what_orders_add_up_to(tmp_path: Path, guess_at: Guesser) -> None:
    told = [[*TEA, "12.75"], [*MUG, "12.75"], [*TEA, "12.75"], [*MUG, "12.75"], [*OTHER, "11.00"]]
    found, says = lines_of(tmp_path, guess_at, [*HEADER, "order_total"], *told)
    assert found == [["mug", 1], ["mug", 1], ["tea", 2], ["tea", 2]]
    assert says.endswith("counts once: without them 1 more orders add up")


def test_equal_lines_that_add_up_are_lines(tmp_path: Path, guess_at: Guesser) -> None:
    told = [[*TEA, "11.00"], [*TEA, "11.00"], [*OTHER, "11.00"]]
    found, says = lines_of(tmp_path, guess_at, [*HEADER, "order_total"], *told)
    assert found == [["tea", 1], ["tea", 2]]
    assert says.endswith("(order `1`): they count, as equal lines of a basket")


def test_equal_lines_of_which_nothing_tells_are_lines_and_said(
    tmp_path: Path, guess_at: Guesser
) -> None:
    found, says = lines_of(tmp_path, guess_at, HEADER, TEA, TEA, OTHER)
    assert found == [["tea", 1], ["tea", 2]]
    assert says.endswith("they count, as equal lines of a basket")
    assert not lines_of(tmp_path, guess_at, HEADER, TEA, MUG, OTHER)[1]
