"""`portrait identity find` writes what it finds beside the rules, tells it, and forgets it."""

import json
from collections.abc import Callable

import duckdb
import pytest
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from orchestration.entering import environment
from orchestration.identity.found_links import read_found_links
from orchestration.project import Project
from tests.orchestration.identity.test_find import ACCOUNTS, SCHEMA, TWO_OF_ONE, add, pairs

Command = Callable[..., Result]


@pytest.fixture
def find(project: Project, monkeypatch: pytest.MonkeyPatch) -> Command:
    for name, value in environment(project).items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: CliRunner().invoke(main, ["identity", "find", *arguments])


@pytest.fixture
def warehouse(project: Project) -> None:
    project.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(project.warehouse) as connection:
        connection.execute(SCHEMA)
        add(connection, ACCOUNTS)


@pytest.mark.usefixtures("warehouse")
def test_what_is_found_is_told_and_kept_until_it_is_forgotten(
    find: Command, project: Project
) -> None:
    told = find("--least", "0.9")
    assert told.exit_code == 0, told.output
    assert (
        "24 pairs of accounts in 24 groups found to be one person's, 24 of them new." in told.output
    )
    assert "The least probability is 99." in told.output
    assert "It counts from the next run on: portrait run" in told.output
    assert pairs(read_found_links(project.found_links)) == TWO_OF_ONE
    text = project.found_links.read_text()
    assert text.startswith('{"version": 1, "least_probability": 0.9}\n')
    assert "bergmann" not in text and "1990" not in text
    again = json.loads(find("--json").stdout)
    assert (again["pairs"], again["new_pairs"], again["gone_pairs"]) == (24, 0, 0)
    assert project.found_links.read_text() == text.replace("0.9}", "0.95}", 1)
    assert "forgotten from the next run on: portrait run" in find("--forget").output
    assert not project.found_links.exists()
    assert "Nothing was found that could be forgotten." in find("--forget").output


@pytest.mark.usefixtures("warehouse")
def test_what_is_likely_no_more_is_gone_and_told(find: Command, project: Project) -> None:
    find()
    with duckdb.connect(project.warehouse) as connection:
        connection.execute("update intermediate.int_customers set name = null where name > 'b'")
        connection.execute("delete from intermediate.int_customers where name is not null")
    told = find().output
    assert "No two accounts without a shared identifier are one person's" in told
    assert "24 pairs found before are likely no more." in told
    assert read_found_links(project.found_links) == []


@pytest.mark.parametrize("is_begun", [False, True])
def test_without_a_warehouse_nothing_is_looked_at(
    find: Command, project: Project, is_begun: bool
) -> None:
    """There is none, or a first run has not come far."""
    if is_begun:
        project.warehouse.parent.mkdir(parents=True, exist_ok=True)
        duckdb.connect(project.warehouse).close()
    told = find()
    assert told.exit_code == 2
    assert "There are no accounts yet to look at." in told.output
    assert not project.found_links.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--least", "95"], "95.0 is not in the range 0.5<=x<=1."),
        (["--forget", "--least", "0.9"], "--forget takes all back"),
    ],
)
def test_what_cannot_be_is_told(find: Command, arguments: list[str], message: str) -> None:
    told = find(*arguments)
    assert told.exit_code == 2
    assert message in told.output


@pytest.mark.usefixtures("warehouse")
def test_a_broken_file_is_told_with_its_line(find: Command, project: Project) -> None:
    """It is not written over; forgetting does not read it."""
    find()
    project.found_links.write_text("{")
    told = find()
    assert told.exit_code == 2
    assert "cannot be read: line 1" in told.output
    assert project.found_links.read_text() == "{"
    assert find("--forget").exit_code == 0
