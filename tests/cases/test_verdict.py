"""What counts as right: the numbers, or a question instead of other numbers."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cases.case import Case, Figures, read_cases
from tests.cases.trial import Tried
from tests.cases.verdict import judge

ASKED = "`1.250` in `total`: is the dot a decimal mark?"
TOLD = "columns: order_id, total"


def read(folder: Path, outcome: str, **more: Any) -> Case:
    given = {
        "files": [["orders.csv"]],
        "command": "portrait source add one --files DIR --time-zone Europe/Berlin && portrait run",
        "outcome": outcome,
        "customers": {"Anna@post.example": {"orders": 2, "spend": 15.0, "currency": None}},
        "absent": [],
        "never": [],
        "say_any": [r"1\.250", "order_id"],
        **more,
    }
    (folder / "expected.json").write_text(json.dumps({"cases": {"one": given}}))
    (case,) = read_cases(folder)
    return case


def tried(text: str = "", **customers: tuple[int, float]) -> Tried:
    found = {f"{name}@post.example": Figures(*figures) for name, figures in customers.items()}
    return Tried(["add"], [text], found)


def test_what_source_add_is_told_stands_in_the_command(tmp_path: Path) -> None:
    assert read(tmp_path, "numbers").options == ["--time-zone", "Europe/Berlin"]


@pytest.mark.parametrize(
    ("outcome", "came", "is_right"),
    [
        ("numbers", tried(anna=(2, 15.0)), True),
        ("numbers", tried(anna=(2, 15.01)), False),
        ("numbers", tried(anna=(2, 15.0), ben=(1, 1.0)), False),
        ("numbers", tried(ASKED), False),
        ("numbers_or_question", tried(anna=(2, 15.0)), True),
        ("numbers_or_question", tried(), False),
        ("numbers_or_question", tried(ASKED), True),
        ("numbers_or_question", tried(TOLD), False),
        ("numbers_or_question", tried(ASKED, anna=(2, 16.0)), False),
        ("question", tried(ASKED, anna=(2, 15.0)), True),
        ("question", tried(TOLD, anna=(2, 15.0)), False),
        ("question", tried(ASKED, anna=(2, 16.0)), False),
        ("numbers", tried("Traceback (most recent call last)", anna=(2, 15.0)), False),
    ],
)
def test_a_case_is_right_if_its_numbers_are_or_its_doubt_is_named(
    tmp_path: Path, outcome: str, came: Tried, is_right: bool
) -> None:
    verdict = judge(read(tmp_path, outcome), came)
    assert (not verdict.wrong) == is_right, verdict.wrong


def test_what_must_never_be_may_be_where_it_is_said(tmp_path: Path) -> None:
    never = [{"customer": "anna@post.example", "spend": 3.0, "unless": "said"}]
    case = read(tmp_path, "numbers_or_question", never=never)
    assert judge(case, tried(anna=(1, 3.0))).wrong
    assert not judge(case, tried(ASKED, anna=(1, 3.0))).wrong


def test_aliases_and_those_who_must_not_be_there(tmp_path: Path) -> None:
    aliases = {"anna@post.example": ["an@post.example"]}
    case = read(tmp_path, "numbers", aliases=aliases, absent=["test@post.example"])
    assert not judge(case, tried(an=(2, 15.0), test=(0, 0.0))).wrong
    assert judge(case, tried(an=(2, 15.0), test=(1, 0.0))).wrong


def test_orders_are_of_the_day_that_is_asked_for(tmp_path: Path) -> None:
    case = read(tmp_path, "numbers", order_dates={"1": "2025-03-09"})
    came = tried(anna=(2, 15.0))
    assert judge(case, came).wrong
    came.order_dates["1"] = "2025-03-09"
    assert not judge(case, came).wrong
