"""Columns of a file without a header are named by what they hold; what nothing tells is asked."""

from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.onboarding.answers import Answers
from orchestration.onboarding.draft_yml import sources_yml
from orchestration.onboarding.guess import guess
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.sample import Sample, sample_files
from orchestration.onboarding.unnamed import with_names
from orchestration.onboarding.vocabulary import Contract, has_no_header
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage

LINES = """\
B1\t1\t2025-03-01 10:00\tC1\tTEA-G\tGreen tea\t2\t4.50\t9.00
B1\t2\t2025-03-01 10:00\tC1\tMUG-1\tMug\t1\t3.00\t3.00
B2\t1\t2025-03-01 11:30\tC2\tTEA-G\tGreen tea\t1\t4.50\t4.50
B3\t1\t2025-03-03 09:15\tC1\tTEA-B\tBlack tea\t3\t5.00\t15.00
"""
ORDERS = """\
5001;K17;01.03.2025;19,90;web
5002;K18;15.03.2025;7,50;shop
5003;K17;20.03.2025;12,00;web
"""
SUMS = """\
5001,a@post.example,2025-03-01,20.00,5.00,2.00,23.00,2025-03-04
5002,b@post.example,2025-03-02,10.00,5.00,0.00,15.00,2025-03-04
5003,a@post.example,2025-03-03,30.00,0.00,3.00,27.00,2025-03-04
"""
NAMES = ORDERS.replace("K17", "Anna Lind").replace("K18", "Bo Berg").replace("shop", "Kiel")


def named(sample: Sample) -> list[str]:
    return [column.name for column in sample.tables[0].columns]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (LINES, "order_id line_number order_date customer_id sku product_name quantity unit_price"),
        (ORDERS, "order_id customer_id order_date total column5"),
        (SUMS, "order_id email order_date subtotal shipping discount_amount total column8"),
    ],
)
def test_columns_are_told_by_what_they_hold(
    tmp_path: Path, guess_at: Guesser, text: str, names: str
) -> None:
    (tmp_path / "sales.txt").write_text(text)
    sample, guessed = guess_at(tmp_path)
    assert named(sample)[: len(names.split())] == names.split()
    assert "sales.txt has no header; by what they hold" in sample.tables[0].notes[0]
    assert not guessed.questions


@pytest.mark.parametrize(
    ("text", "spent"),
    [(LINES, [3, 4.5, 9, 15]), (ORDERS, [7.5, 12, 19.9]), (SUMS, [10, 20, 30])],
)
def test_lines_come_to_what_they_do_with_a_header(
    tmp_path: Path, guess_at: Guesser, text: str, spent: list[float]
) -> None:
    (tmp_path / "sales.txt").write_text(text)
    sample, guessed = guess_at(tmp_path)
    lines = rows(sample.connection, stage(sample, guessed)["order_lines"], "net_amount::double")
    assert [amount for (amount,) in lines] == spent


def answered(path: Path, contract: Contract, *columns: str) -> tuple[list[str], Guess, str]:
    with sample_files(path) as unanswered:
        sample = with_names(replace(unanswered, answers=Answers(columns=columns)))
        guessed = guess(sample, contract)
        return named(sample), guessed, sources_yml("shop", sample, "UTC", guessed.questions)


def test_what_may_be_the_customer_is_asked_and_nothing_is_read(
    tmp_path: Path, contract: Contract
) -> None:
    (tmp_path / "sales.csv").write_text(NAMES)
    _, guessed, _ = answered(tmp_path, contract)
    (question,) = guessed.questions
    assert not guessed.entities
    assert "whether `column2` or `column5` is the customer: what are the names" in question.text
    assert "column2 `Anna Lind`" in question.evidence[0]
    assert question.flag == (
        "--columns sales:order_id,customer_id,order_date,total,- "
        "(or --columns sales:order_id,-,order_date,total,customer_id)"
    )


@pytest.mark.parametrize("place", ["", "sales:", "sales.csv:"])
def test_the_answer_names_them(tmp_path: Path, contract: Contract, place: str) -> None:
    (tmp_path / "sales.csv").write_text(NAMES)
    said = f"{place}order_id,customer_id,order_date,total,-"
    names, guessed, declared = answered(tmp_path, contract, said)
    assert names == ["order_id", "customer_id", "order_date", "total", "column5"]
    assert not guessed.questions
    assert guessed.entities["orders"].columns["source_customer_id"].confidence == 1
    assert "header: none" in declared and said in declared


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("a,b", "--columns names 2 columns, and sales.csv has 5"),
        ("others:a,b,c,d,e", "names no table"),
        ("a,A,b,c,d", "gives two columns of sales.csv one name"),
    ],
)
def test_an_answer_that_fits_nothing_is_an_error(
    tmp_path: Path, contract: Contract, said: str, told: str
) -> None:
    (tmp_path / "sales.csv").write_text(ORDERS)
    with pytest.raises(PortraitError, match=told):
        answered(tmp_path, contract, said)


@pytest.mark.parametrize(
    ("names", "is_without"),
    [
        (["1001", "a@post.example", "2025-03-01", "4.50"], True),
        (["1001", "17", "20250301", "450", "web"], True),
        (["order_id", "customer", "2024"], False),
        (["order_id", "email", "total"], False),
        (["region", "2024", "product"], False),
    ],
)
def test_what_is_no_header(names: list[str], is_without: bool) -> None:
    assert has_no_header(names) == is_without


def test_a_later_answer_of_the_same_table_replaces_the_earlier() -> None:
    before = Answers(columns=("a:x,y", "b:z"))
    assert Answers(columns=("a:y,x",)).or_else(before).columns == ("a:y,x", "b:z")
