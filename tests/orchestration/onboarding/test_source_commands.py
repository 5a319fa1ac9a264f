"""`portrait source` for whoever is no person: JSON, and exit codes that mean one thing each."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from tests.checkouts import copy_dbt_project
from tests.orchestration.onboarding.shops import write_csv

Typed = Callable[..., Result]
HEADER = ["order_id", "customer_id", "order_date", "total", "status"]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Types a `portrait source` command in a checkout of its own."""
    project = copy_dbt_project(tmp_path)
    monkeypatch.setattr("orchestration.project.Project.find", classmethod(lambda _: project))
    return lambda *words: CliRunner().invoke(main, ["source", *map(str, words)])


def export(folder: Path, status: str = "paid", customer: str = "c1") -> Path:
    folder.mkdir()
    rows = [[n, customer, f"2024-01-1{n}", "5.00", "paid" if n else status] for n in range(3)]
    write_csv(folder / "orders.csv", HEADER, rows)
    return folder


def read(result: Result) -> Any:
    assert result.exit_code in (0, 1, 3), result.output
    return json.loads(result.output)


def test_what_was_drafted_and_asked_can_be_had_as_json(typed: Typed, tmp_path: Path) -> None:
    added = read(typed("add", "shop", "--files", export(tmp_path / "data", "parked"), "--json"))
    orders = next(one for one in added["entities"] if one["entity"] == "orders")
    assert orders["columns"]["total_amount"]["from"] == "total"
    assert [question["reason"] for question in added["questions"]] == ["unknown_status"]
    assert [path.rsplit("/")[-1] for path in added["written"]] == [
        *("_sources.yml", "stg_shop__orders.sql", "stg_shop__order_lines.sql"),
        *("stg_shop.yml", "dbt_project.yml"),
    ]
    first, held, *_ = added["preview"]["orders"]
    assert (first["net"], first["state"], held["state"]) == (5.0, "completed", "unknown_status")
    assert added["preview"]["portrait"]["orders"] == 2
    assert added["next"] == "portrait source check shop"
    checked = read(typed("check", "shop", "--json"))
    assert checked["makes_portraits"] and checked["orders"] == 2
    assert [question["reason"] for question in checked["questions"]] == ["unknown_status"]


@pytest.mark.parametrize(("status", "code"), [("paid", 0), ("parked", 3)])
def test_a_question_is_an_exit_code_of_its_own_where_it_is_asked_for(
    typed: Typed, tmp_path: Path, status: str, code: int
) -> None:
    data = export(tmp_path / "data", status)
    assert typed("add", "shop", "--files", data, "--strict").exit_code == code
    assert typed("check", "shop").exit_code == 0
    assert typed("check", "shop", "--strict").exit_code == code
    assert typed("add", "shop", "--files", data).exit_code == 2  # Nothing is left to draft.


def test_an_export_that_makes_no_portraits_and_one_that_is_not_there(
    typed: Typed, tmp_path: Path
) -> None:
    data = export(tmp_path / "data", customer="guest")
    assert typed("add", "shop", "--files", data).exit_code == 0
    assert typed("check", "shop", "--strict").exit_code == 1
    assert typed("add", "other", "--files", tmp_path / "nowhere").exit_code == 2
    assert typed("check", "other").exit_code == 2


@pytest.mark.parametrize("command", ["add", "check"])
def test_exit_codes_stand_in_the_help(typed: Typed, command: str) -> None:
    said = " ".join(typed(command, "--help").output.split())
    assert "Exit code 0: " in said and " 2: an error" in said and " 3: " in said
