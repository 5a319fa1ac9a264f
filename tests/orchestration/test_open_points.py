"""What a source leaves open is told in every summary until it is settled."""

from pathlib import Path

from orchestration.publishing.open_points import (
    OpenPoints,
    look_for_open_points,
    read_open_points,
    write_open_points,
)
from orchestration.warehouse.manifest import Column, RawTable, SourceSystem
from orchestration.warehouse.questions import Question, status_question

DATES = Question(
    "orders.csv: order_date",
    "Is `03/04/2025` 3 April or 4 March?",
    ("day first: all of them are in April",),
    "--dates day-first",
    "unparseable_value",
)
STANDING = Question("orders.csv: note", "Who is it?")


def system(*questions: Question) -> SourceSystem:
    column = Column("customer", "varchar", "")
    table = RawTable("raw_shop", "orders", "", (column,), ("orders*.csv",), "csv", None)
    return SourceSystem(
        "shop", "raw_shop", "", (table,), None, "", is_default=False, questions=questions
    )


def test_files_that_nobody_reads_and_questions_are_kept(tmp_path: Path) -> None:
    for name in ("orders_1.csv", "returns.csv"):
        (tmp_path / name).write_text("customer\nanna\n")
    found = look_for_open_points({"shop": system(DATES, STANDING)}, {"shop": tmp_path})
    assert found == {"shop": OpenPoints(("returns.csv",), (DATES, STANDING))}
    kept = tmp_path / "open_points.json"
    write_open_points(kept, found)
    assert read_open_points(kept) == found
    kept.write_text("[")
    assert read_open_points(kept) == {}


def test_a_source_that_leaves_nothing_open_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("customer\nanna\n")
    assert look_for_open_points({"shop": system()}, {"shop": tmp_path}) == {}


def test_a_question_is_told_while_it_holds_rows_back() -> None:
    points = OpenPoints(("returns.csv",), (DATES, STANDING))
    asked = [
        DATES.text,
        "    day first: all of them are in April",
        "    answer: portrait source add shop --dates day-first",
    ]
    left = ["Who is it?", "Not read, because no table of shop names them: returns.csv"]
    assert points.lines("shop", ["unparseable_value"]) == [*asked, *left]
    assert points.lines("shop", ["missing_customer"]) == left


def test_many_files_are_counted() -> None:
    names = [f"{number}.csv" for number in range(25)]
    (line,) = OpenPoints(names).lines("shop", [])
    assert line.endswith("19.csv and 5 more")


def test_a_status_of_a_later_file_is_asked_with_its_rows() -> None:
    asked = status_question("parked", "`State`", 1)
    points = OpenPoints((), (asked, STANDING))
    lines = points.lines("shop", ["unknown_status"], {"parked": 1, "on the way": 1_200})
    assert [line for line in lines if line.endswith("?")] == [
        "Who is it?",
        "What does the status `on the way` (`State`, 1,200 rows) mean: completed, cancelled or "
        "return?",
        "What does the status `parked` (`State`, 1 row) mean: completed, cancelled or return?",
    ]
    (line, *_) = OpenPoints().lines("shop", ["unknown_status"], {"lost": 2})
    assert line.startswith("What does the status `lost` (`status`, 2 rows) mean")
    many = OpenPoints().lines("shop", ["unknown_status"], {str(n): n for n in range(1, 11)})
    assert many[-1] == "What do 2 more words of `status` mean?"
