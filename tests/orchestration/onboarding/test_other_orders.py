"""Two tables of orders in one source: nothing of a part is published as if it were all."""

from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.onboarding.add import add_source
from orchestration.onboarding.answers import Answers
from orchestration.onboarding.check import check_source
from orchestration.onboarding.guess import guess
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.sample import sample_files
from orchestration.onboarding.vocabulary import Contract
from tests.checkouts import copy_dbt_project
from tests.orchestration.onboarding.rendering import rows, stage

WEB = "order_id,email,order_date,total\nw1,a@post.example,2025-03-01,5.50\n"
TILL = "Receipt,Customer Email,Sold At,Amount\nt1,b@post.example,2025-03-02,7.25\n"
PEOPLE = "customer_id,email,city\na@post.example,a@post.example,Kiel\n"


def read(
    folder: Path, contract: Contract, *together: str
) -> tuple[Guess, list[tuple[object, ...]]]:
    """The guess, and number and customer of each order."""
    with sample_files(folder, (), Answers(together=together)) as sample:
        guessed = guess(sample, contract)
        staged = stage(sample, guessed)
        columns = "source_order_id, source_customer_id"
        found = rows(sample.connection, staged["orders"], columns) if "orders" in staged else []
        return guessed, found


def test_other_orders_hold_back_all_until_it_is_answered(
    tmp_path: Path, contract: Contract
) -> None:
    for name, text in {"web": WEB, "till": TILL, "customers": PEOPLE}.items():
        (tmp_path / f"{name}.csv").write_text(text)
    guessed, _ = read(tmp_path, contract)
    assert list(guessed.entities) == ["customers"]
    (question,) = guessed.questions
    assert question.text.endswith("which it has not: do the two belong together?")
    assert question.flag == "--together till,web (or --leave-out web)"


@pytest.mark.parametrize("together", ["web,till", "till, web"])
def test_tables_are_read_together_whatever_their_columns_are_called(
    tmp_path: Path, contract: Contract, together: str
) -> None:
    (tmp_path / "web.csv").write_text(WEB)
    (tmp_path / "till.csv").write_text(TILL)
    guessed, found = read(tmp_path, contract, together)
    assert found == [("t1", "b@post.example"), ("w1", "a@post.example")]
    assert not guessed.questions
    meta = guessed.entities["orders"].table.meta
    assert sorted([*meta["files"], *meta["files_beside"]]) == ["till.csv", "web.csv"]


def test_a_table_with_the_same_orders_is_asked_about_and_holds_nothing_back(
    tmp_path: Path, contract: Contract
) -> None:
    (tmp_path / "orders.csv").write_text(WEB)
    (tmp_path / "payments.csv").write_text(
        "order_id,email,paid_at,amount\nw1,a@post.example,2025-03-02,5.50\n"
    )
    guessed, found = read(tmp_path, contract)
    assert found == [("w1", "a@post.example")]
    assert [q.flag for q in guessed.questions] == ["--leave-out payments"]


def test_numbers_that_mean_other_orders_are_never_one_table(
    tmp_path: Path, contract: Contract
) -> None:
    (tmp_path / "web.csv").write_text(WEB)
    (tmp_path / "till.csv").write_text(TILL.replace("t1", "w1"))
    guessed, _ = read(tmp_path, contract)
    (question,) = guessed.questions
    assert "with the same numbers for others" in question.text
    assert question.flag.startswith("--leave-out ")
    assert not guessed.entities


@pytest.mark.parametrize("said", ["web,shop", "web", "web,web", "web,people"])
def test_what_cannot_be_read_together_is_an_error(
    tmp_path: Path, contract: Contract, said: str
) -> None:
    (tmp_path / "web.csv").write_text(WEB)
    (tmp_path / "people.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(PortraitError, match=f"--together {said}"):
        read(tmp_path, contract, said)


def test_a_header_without_rows_is_said(tmp_path: Path, contract: Contract) -> None:
    (tmp_path / "orders.csv").write_text(WEB.splitlines()[0] + "\n")
    guessed, _ = read(tmp_path, contract)
    assert guessed.unused == {"orders": "has no rows below its header, so it is left out"}


def test_what_is_one_table_lands_as_one(tmp_path: Path) -> None:
    project = copy_dbt_project(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    (data / "web.csv").write_text(WEB)
    (data / "till.csv").write_text(TILL)
    add_source(None, project, "shop", data, None, answers=Answers(together=("web,till",)))
    checked = check_source(project, "shop")
    assert checked.raw_rows == {"web": 2}
    assert checked.orders == 2
    assert checked.unread == ()
