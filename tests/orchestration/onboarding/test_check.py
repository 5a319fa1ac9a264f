"""A check tells what a run would do, and leaves the warehouse and the state alone."""

from pathlib import Path

import pytest

from orchestration.console import make_console
from orchestration.errors import PortraitError
from orchestration.onboarding.check import check_source
from orchestration.onboarding.check_report import print_check
from orchestration.project import Project
from tests.checkouts import copy_dbt_project
from tests.orchestration.onboarding.conftest import Guesser, write_draft
from tests.orchestration.onboarding.shops import write_csv, write_export


@pytest.fixture
def checkout(tmp_path: Path) -> Project:
    return copy_dbt_project(tmp_path)


def test_a_check_counts_and_explains_and_touches_nothing(
    checkout: Project, guess_at: Guesser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported = write_export(tmp_path, "chinese_till")
    sample, guess = guess_at(exported)
    write_draft(checkout.dbt_project, "till", sample, guess, "Asia/Shanghai")
    checked = check_source(checkout, "till", exported)
    assert list(checkout.home.iterdir()) == []
    assert checked.raw_rows == {"orders": 5}
    assert (checked.orders, checked.broken, checked.makes_portraits) == (2, (), True)
    assert checked.restated == 0
    orders, lines, *_ = checked.entities
    assert (orders.entity, orders.rows, orders.accepted) == ("orders", 4, 3)
    assert (lines.entity, lines.rows, lines.accepted) == ("order_lines", 5, 4)
    (refusal,) = orders.refusals
    assert (refusal.reason, refusal.count, refusal.examples[0].row) == ("missing_customer", 1, 4)
    assert orders.mapped["source_customer_id"] == 0.75
    assert "channel" in orders.missing and not orders.lacking
    print_check(make_console(), checked)
    said = capsys.readouterr().out
    assert "订单导出2024-01.csv row 4, key D0003" in said
    assert "portrait run --source till" in said


def test_an_order_dated_after_it_was_loaded_or_of_an_unknown_status_is_told(
    checkout: Project, guess_at: Guesser, tmp_path: Path
) -> None:
    data = tmp_path / "shop"
    data.mkdir()
    told = [("2024-03-01", "paid"), ("2024-03-02", "parked"), ("2098-12-31", "paid")]
    rows = [[n, f"c{n}", f"{day} 12:00:00", 10, word] for n, (day, word) in enumerate(told)]
    header = ["order_id", "customer_id", "order_date", "total", "status"]
    write_csv(data / "orders.csv", header, rows)
    sample, guess = guess_at(data)
    write_draft(checkout.dbt_project, "shop", sample, guess, "UTC")
    checked = check_source(checkout, "shop", data)
    orders, *_ = checked.entities
    assert [(refusal.reason, refusal.count) for refusal in orders.refusals] == [
        ("future_date", 1),
        ("unknown_status", 1),
    ]
    assert orders.refusals[1].examples[0].unparsed == "status=parked"
    assert ["parked" in question.text for question in checked.questions] == [True]


def test_of_several_exports_the_one_that_changed_last_counts(
    checkout: Project, guess_at: Guesser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "shop"
    data.mkdir()
    header = ["order_id", "customer_id", "order_date", "total", "status", "updated_at"]
    told = {
        "orders_2024-03-31.csv": ["1", "c", "2024-03-01", "9.00", "paid", "2024-04-02 10:00"],
        "orders_2024-04-01.csv": ["1", "c", "2024-03-01", "9.00", "open", "2024-03-01 10:00"],
    }
    for name, row in told.items():
        write_csv(data / name, header, [row])
    sample, guess = guess_at(data)
    write_draft(checkout.dbt_project, "shop", sample, guess, "UTC")
    checked = check_source(checkout, "shop", data)
    assert (checked.restated, checked.orders) == (1, 1)
    print_check(make_console(), checked)
    assert (
        "1 order stands in several exports, and the newest counts: by the time of its last change "
        "(updated_at), else the date in the file's name" in capsys.readouterr().out
    )


def test_a_status_of_a_file_that_comes_later_is_asked(
    checkout: Project, guess_at: Guesser, tmp_path: Path
) -> None:
    data = tmp_path / "shop"
    data.mkdir()
    header = ["order_id", "customer_id", "order_date", "total", "status"]
    write_csv(data / "orders_1.csv", header, [[1, "a", "2024-03-01", 5, "paid"]])
    sample, guess = guess_at(data)
    write_draft(checkout.dbt_project, "shop", sample, guess, "UTC")
    assert not check_source(checkout, "shop", data).questions
    later = [[n, "b", "2024-03-02", 5, "Abholbereit"] for n in (2, 3)]
    write_csv(data / "orders_2.csv", header, later)
    (question,) = check_source(checkout, "shop", data).questions
    assert question.text == (
        "What does the status `Abholbereit` (`status`, 2 rows) mean: completed, cancelled or "
        "return?"
    )


def test_attributes_alone_make_no_portraits_and_an_edit_against_the_contract_is_told(
    checkout: Project, guess_at: Guesser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "people"
    data.mkdir()
    write_csv(data / "customers.csv", ["customer_id", "city"], [[n, "Rome"] for n in range(9)])
    sample, guess = guess_at(data)
    folder = write_draft(checkout.dbt_project, "people", sample, guess, "UTC").folder
    model = folder / "stg_people__customers.sql"
    model.write_text(model.read_text().replace("as city,", "as city,\n        1 as shoe_size,"))
    checked = check_source(checkout, "people", data)
    assert not checked.makes_portraits
    assert checked.broken == ("customers: the contract has no column shoe_size",)
    model.write_text(model.read_text().replace("1 as shoe_size", "no_such_column as name"))
    with pytest.raises(PortraitError, match="stg_people__customers does not run"):
        check_source(checkout, "people", data)
    with pytest.raises(PortraitError, match="There is no source peple"):
        check_source(checkout, "peple", data)
