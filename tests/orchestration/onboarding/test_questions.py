"""What the data cannot decide is asked, held back, and read as soon as it is decided."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from orchestration.onboarding.answers import Answers, declared_answers
from orchestration.onboarding.draft import Draft, writing_draft
from orchestration.onboarding.guess import guess
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.sample import Sample, sample_files
from orchestration.onboarding.vocabulary import Contract
from orchestration.warehouse.questions import Question, read_questions
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage

ORDERS = "order_id,customer_id,order_date,total\n1,a,{},{}\n2,b,{},{}\n"


def write(folder: Path, *cells: str) -> Path:
    (folder / "orders.csv").write_text(ORDERS.format(*cells))
    return folder


def answered(sample: Sample, contract: Contract, answers: Answers) -> tuple[Sample, Guess]:
    told = replace(sample, answers=answers)
    return told, guess(told, contract)


def days(sample: Sample, guessed: Guess) -> list[tuple[object, ...]]:
    return rows(sample.connection, stage(sample, guessed)["orders"], "order_date, unparsed_values")


def test_a_day_that_could_be_a_month_is_asked_and_held_back(
    tmp_path: Path, guess_at: Guesser
) -> None:
    sample, guessed = guess_at(write(tmp_path, "03/04/2025", "5.50", "05/06/2025", "7.25"))
    (question,) = guessed.questions
    assert question.text.endswith("(day first) or 4 March 2025 (month first)?")
    assert "`03/04/2025` in the column `order_date` of `orders.csv` 3 April 2025" in question.text
    assert question.evidence == (
        "day first: all of them are from 2025-04-03 to 2025-06-05",
        "month first: all of them are from 2025-03-04 to 2025-05-06",
    )
    assert (question.flag[:17], question.reason) == ("--dates day-first", "unparseable_value")
    assert days(sample, guessed) == [
        (None, "order_date=03/04/2025"),
        (None, "order_date=05/06/2025"),
    ]


def test_a_later_file_decides_for_the_earlier_ones(tmp_path: Path, guess_at: Guesser) -> None:
    sample, guessed = guess_at(write(tmp_path, "03/04/2025", "5.50", "05/06/2025", "7.25"))
    table = sample.tables[0].relation
    columns = ", ".join(column.name for column in sample.tables[0].columns)
    sample.connection.execute(
        f"insert into {table} ({columns}) values ('3', 'c', '02/14/2025', '1.50')"
    )
    assert days(sample, guessed) == [
        (date(2025, 2, 14), None),
        (date(2025, 3, 4), None),
        (date(2025, 5, 6), None),
    ]


@pytest.mark.parametrize(
    ("answer", "first"), [("day-first", date(2025, 4, 3)), ("month-first", date(2025, 3, 4))]
)
def test_an_answer_ends_the_question(
    tmp_path: Path, guess_at: Guesser, contract: Contract, answer: str, first: date
) -> None:
    unanswered, _ = guess_at(write(tmp_path, "03/04/2025", "5.50", "05/06/2025", "7.25"))
    sample, guessed = answered(unanswered, contract, Answers(dates=answer))
    assert not guessed.questions
    assert days(sample, guessed)[0] == (first, None)


def test_dots_before_three_digits_are_asked_and_held_back(
    tmp_path: Path, guess_at: Guesser, contract: Contract
) -> None:
    sample, guessed = guess_at(write(tmp_path, "2025-03-04", "1.250", "2025-03-05", "12"))
    (question,) = guessed.questions
    assert question.text == "Is `1.250` in the column `total` of `orders.csv` 1250 or 1.25?"
    amounts = "net_amount::varchar, unparsed_values"
    lines = rows(sample.connection, stage(sample, guessed)["order_lines"], amounts)
    assert lines == [(None, "total=1.250"), (None, "total=12")]
    for mark, amount in ((",", "1250.0000"), (".", "1.2500")):
        told, sure = answered(sample, contract, Answers(decimal=mark))
        assert not sure.questions
        lines = rows(told.connection, stage(told, sure)["order_lines"], amounts)
        assert (amount, None) in lines


@pytest.mark.parametrize(
    ("totals", "asked"),
    [
        (("¥1,250", "￥12,000"), None),
        (("$1,250", "$300"), None),
        (("1,000", "2,000"), "1000 or 1?"),
        (("1,000", "2,250"), "2250 or 2.25?"),
        (("€ 1,250", "€ 300"), "1250 or 1.25?"),
    ],
)
def test_commas_beside_signs_of_currencies(
    tmp_path: Path, guess_at: Guesser, totals: tuple[str, str], asked: str | None
) -> None:
    """Who writes dollars or yen marks no decimals with a comma."""
    head = "order_id;customer_id;order_date;total\n"
    told = "".join(f"{n};a;2025-03-0{n};{total}\n" for n, total in enumerate(totals, 1))
    (tmp_path / "orders.csv").write_text(head + told, encoding="utf-8")
    _, guessed = guess_at(tmp_path)
    endings = [one.text.partition("`orders.csv` ")[2] for one in guessed.questions]
    assert endings == ([asked] if asked else [])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_before_three_digits_are_asked_between_semicolons(
    tmp_path: Path, guess_at: Guesser, contract: Contract, delimiter: str
) -> None:
    """Semicolons stand between fields where the comma marks decimals."""
    table = [["order_id", "customer_id", "order_date", "total"], ["1", "a", "2025-03-04", "1,250"]]
    with (tmp_path / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(table)
    sample, guessed = guess_at(tmp_path)
    amounts = "net_amount::varchar, unparsed_values"
    lines = rows(sample.connection, stage(sample, guessed)["order_lines"], amounts)
    if delimiter != ";":
        assert (lines, guessed.questions) == ([("1250.0000", None)], ())
        return
    (question,) = guessed.questions
    assert question.text == "Is `1,250` in the column `total` of `orders.csv` 1250 or 1.25?"
    assert lines == [(None, "total=1,250")]
    for mark, amount in ((",", "1.2500"), (".", "1250.0000")):
        told, sure = answered(sample, contract, Answers(decimal=mark))
        assert not sure.questions
        assert rows(told.connection, stage(told, sure)["order_lines"], amounts) == [(amount, None)]


def test_wide_digits_are_asked_about_as_others_are(tmp_path: Path, guess_at: Guesser) -> None:
    _, guessed = guess_at(write(tmp_path, "2025-03-04", "１．２５０", "2025-03-05", "12"))
    (question,) = guessed.questions
    assert "1250 or 1.25?" in question.text


def test_another_column_shows_the_decimal_mark(tmp_path: Path, guess_at: Guesser) -> None:
    """Who writes a file writes all its amounts alike."""
    text = "order_id,customer_id,order_date,total,deposit\n1,a,2025-03-04,1.250,4{}90\n"
    found = {}
    for mark in ".,":
        (tmp_path / "orders.csv").write_text(text.format(mark).replace("4,90", '"4,90"'))
        sample, guessed = guess_at(tmp_path)
        assert not guessed.questions
        lines = stage(sample, guessed)["order_lines"]
        found[mark] = rows(sample.connection, lines, "net_amount::integer")
    assert found == {".": [(1,)], ",": [(1250,)]}


def test_what_nobody_needs_is_left_out_until_it_is_decided(
    tmp_path: Path, guess_at: Guesser
) -> None:
    (tmp_path / "customers.csv").write_text(
        "customer_id,email,birth_date\na,a@b.example,03/04/1980\n"
    )
    _, guessed = guess_at(tmp_path)
    customers = guessed.entities["customers"]
    assert "birth_date" in customers.doubtful
    (question,) = guessed.questions
    assert (question.column, question.reason) == ("customers.csv: birth_date", "")


def test_what_is_left_out_does_not_run(tmp_path: Path, guess_at: Guesser) -> None:
    """A macro gives several lines, of which a comment of SQL would hold the first alone."""
    (tmp_path / "orders.csv").write_text("order_date,sku,price\n03/04/2025,a,1.50\n")
    sample, guessed = guess_at(tmp_path)
    assert "updated_at" in guessed.entities["products"].doubtful
    assert rows(sample.connection, stage(sample, guessed)["products"], "source_product_id")


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2025-03-01T10:00:00Z", "2025-03-01 10:00:00"),
        ("2025-03-01T10:00:00.25z", "2025-03-01 10:00:00.25"),
        ("2025-03-01 10:00 +0130", "2025-03-01 08:30:00"),
        ("2025-03-01T10:00:00-05", "2025-03-01 15:00:00"),
        ("2025-03-01 10:00:00 UTC", "2025-03-01 10:00:00"),
        ("2025-03-01 10:00:00", None),
    ],
)
def test_an_offset_from_utc_is_part_of_the_time(
    tmp_path: Path, guess_at: Guesser, written: str, utc: str | None
) -> None:
    sample, guessed = guess_at(write(tmp_path, "2025-03-01T10:00:00Z", "5", written, "7"))
    found = rows(sample.connection, stage(sample, guessed)["orders"], "ordered_at::varchar")
    assert (utc,) in found


@pytest.mark.parametrize("later", ["2025-03-02T10:00:00+02:00", "2025-03-02 10:00:00 PM"])
def test_an_offset_in_a_column_that_had_none_is_not_dropped(
    tmp_path: Path, guess_at: Guesser, later: str
) -> None:
    sample, guessed = guess_at(write(tmp_path, "2025-03-01 10:00:00", "5", " 2025-03-01", "7"))
    table = sample.tables[0].relation
    sample.connection.execute(
        f"insert into {table} select '3', 'c', '{later}', '1.50', 'orders.csv', 3"
    )
    assert days(sample, guessed) == [
        (date(2025, 3, 1), None),
        (date(2025, 3, 1), None),
        (None, f"order_date={later}"),
    ]


def test_a_year_of_two_digits_is_no_year_of_four(tmp_path: Path, guess_at: Guesser) -> None:
    sample, guessed = guess_at(write(tmp_path, "03/15/2025", "5", "03/16/25", "7"))
    assert days(sample, guessed)[1] == (date(2025, 3, 16), None)


def draft(folder: Path, sample: Sample, guessed: Guess) -> Draft:
    with writing_draft(folder, "shop", sample, guessed, "UTC") as written:
        return written


def test_an_answer_writes_anew_what_nobody_has_edited(
    tmp_path: Path, guess_at: Guesser, contract: Contract
) -> None:
    dbt_project = tmp_path / "dbt_project"
    (dbt_project / "models" / "staging").mkdir(parents=True)
    (dbt_project / "dbt_project.yml").write_text("vars:\n  sources:\n    other: [orders]\n")
    (tmp_path / "data").mkdir()
    data = write(tmp_path / "data", "03/04/2025", "5.50", "05/06/2025", "7.25")
    sample, guessed = guess_at(data)
    first = draft(dbt_project, sample, guessed)
    declared = first.folder / "_sources.yml"
    assert len(_meta(declared)["questions"]) == 1
    lines = first.folder / "stg_shop__order_lines.sql"
    lines.write_text(lines.read_text() + "-- mine\n")
    again = draft(dbt_project, *answered(sample, contract, Answers(dates="month-first")))
    assert {path.name for path in again.written} == {"_sources.yml", "stg_shop__orders.sql"} | {
        path.name for path in again.written if path.name == "stg_shop.yml"
    }
    assert again.left_alone == [lines]
    assert any("does not know your answer" in hint for hint in again.hints)
    assert _meta(declared)["dates"] == "month-first" and "questions" not in _meta(declared)
    assert "'%m/%d/%Y'" in (first.folder / "stg_shop__orders.sql").read_text()


def _meta(path: Path) -> dict[str, object]:
    (source,) = yaml.safe_load(path.read_text())["sources"]
    meta: dict[str, object] = source["config"]["meta"]["portrait"]
    return meta


def test_a_question_survives_its_declaration() -> None:
    question = Question("orders.csv: total", "Is it?", ("yes", "no"), "--decimal ,", "some_reason")
    assert read_questions("raw_shop", {"questions": [question.meta]}) == (question,)


def test_an_encoding_that_is_said_is_kept_and_read(tmp_path: Path, contract: Contract) -> None:
    """Few Polish names look Western: nothing in the bytes tells."""
    text = ORDERS.format("2025-03-01", "5", "2025-03-02", "7").replace("a,", "Żółć,")
    (tmp_path / "orders.csv").write_bytes(text.encode("cp1250"))
    folder = tmp_path / "dbt"
    (folder / "models" / "staging").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("vars:\n  sources:\n    other: [orders]\n")
    with sample_files(tmp_path / "orders.csv", (), Answers(encoding="cp1250")) as sample:
        told, guessed = answered(sample, contract, Answers(encoding="cp1250"))
        names = rows(told.connection, stage(told, guessed)["orders"], "source_customer_id")
        assert ("Żółć",) in names
        draft(folder, told, guessed)
    assert declared_answers(folder, "shop") == Answers(encoding="cp1250")
