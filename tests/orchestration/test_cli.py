"""The command tells errors in two lines, and does only what is needed."""

import errno
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner

from orchestration.cli.errors import telling_errors
from orchestration.cli.main import main
from orchestration.console import COMMANDS, as_typed, make_console, showing_progress
from orchestration.entering import environment
from orchestration.errors import PortraitError
from orchestration.progress import finished, started, step
from orchestration.project import Project
from orchestration.publishing.versions import new_version

HEAVY = {"dagster", "dbt", "sklearn", "pandas"}


@pytest.fixture
def home(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in environment(project).items():
        monkeypatch.setenv(name, value)
    return project.home


@pytest.fixture
def snapshot(home: Path) -> Path:
    """A snapshot with two customers."""
    with (
        new_version(home / "published", datetime(2024, 1, 1, tzinfo=UTC)) as folder,
        duckdb.connect(folder / "marts.duckdb") as connection,
    ):
        connection.execute(
            "create table customer_profiles as select * from (values "
            "('shop:17', date '2024-01-01', 0, null), ('shop:18', date '2024-01-01', 0, 'tea')"
            ") as t (customer_id, as_of_date, order_count, top_categories)"
        )
    return home


def test_one_customer_is_shown(snapshot: Path) -> None:
    result = CliRunner().invoke(main, ["show", "shop:18"])
    assert result.exit_code == 0
    assert result.output == (
        "shop:18 is a customer, as of 2024-01-01. There is no order yet. "
        "Buys tea above the average.\n"
    )


def test_the_source_may_be_left_out_where_one_customer_is_meant(snapshot: Path) -> None:
    assert CliRunner().invoke(main, ["show", "18"]).output.startswith("shop:18 is a customer")
    with duckdb.connect(snapshot / "published" / "current" / "marts.duckdb") as connection:
        connection.execute(
            "insert into customer_profiles values ('till:18', date '2024-01-01', 0, null), "
            "('17', date '2024-01-01', 0, null)"
        )
    assert CliRunner().invoke(main, ["show", "17"]).output.startswith("17 is a customer")
    result = CliRunner().invoke(main, ["show", "18"])
    assert result.exit_code == 2
    assert result.output == (
        "error: Several sources have a customer 18.\nwhat to do: Name one of shop:18, till:18.\n"
    )


def test_a_customer_is_found_by_any_key(snapshot: Path) -> None:
    with duckdb.connect(snapshot / "published" / "current" / "marts.duckdb") as connection:
        connection.execute(
            "create table customer_identifiers as select * from (values "
            "('shop:17', 'shop', '17'), ('shop:17', 'till', 'card-9'), ('shop:18', 'shop', '18'), "
            "('shop:18', 'till', '17')) as t (customer_id, source_system, source_customer_id)"
        )
    for key in ("shop:17", "till:card-9", "card-9"):
        assert CliRunner().invoke(main, ["show", key]).output.startswith("shop:17 is a customer")
    assert CliRunner().invoke(main, ["show", "till:17"]).output.startswith("shop:18 is a customer")
    assert "Name one of shop:17, shop:18." in CliRunner().invoke(main, ["show", "17"]).output


def test_a_portrait_can_be_had_as_json(snapshot: Path) -> None:
    result = CliRunner().invoke(main, ["show", "shop:18", "--json"])
    assert json.loads(result.output) == {
        "customer_id": "shop:18",
        "as_of_date": "2024-01-01",
        "order_count": 0,
        "top_categories": "tea",
        "predictions": [],
        "recommendations": [],
        "next_categories": [],
    }


def test_a_past_day_that_was_not_made_is_told(snapshot: Path) -> None:
    result = CliRunner().invoke(main, ["show", "shop:18", "--as-of", "2023-12-01"])
    assert result.exit_code == 2
    assert "The portraits as of 2023-12-01 have not been published yet." in result.output
    assert "portrait run --as-of 2023-12-01" in result.output


def every_command(
    group: click.Group, *names: str
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, *names, name)
        else:
            yield (*names, name), command


def test_help_is_whole_and_has_an_example() -> None:
    assert tuple(main.commands) == COMMANDS
    for flag in ("-h", "--help"):
        help_ = CliRunner().invoke(main, [flag], terminal_width=80)
        assert help_.exit_code == 0
        assert "..." not in help_.output.partition("Commands:")[2]
    for group in ("source", "quarantine"):
        listed = CliRunner().invoke(main, [group, "-h"], terminal_width=80).output
        assert "..." not in listed.partition("Commands:")[2]
    for names, command in every_command(main):
        example = f"Example: portrait {' '.join(names)}"
        assert command.epilog and command.epilog.startswith(example), names


def test_what_is_printed_can_be_pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "with blank" / "portrait"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(program), "run"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert as_typed("Ask: portrait show 1") == "Ask: 'with blank/portrait' show 1"
    assert as_typed("a portrait of one, .venv/bin/portrait run") == (
        "a portrait of one, .venv/bin/portrait run"
    )
    monkeypatch.setenv("PATH", str(program.parent))
    assert as_typed("Ask: portrait show 1") == "Ask: portrait show 1"
    monkeypatch.setattr(sys, "argv", ["pytest"])
    assert as_typed("Ask: portrait show 1") == "Ask: portrait show 1"


def test_an_unknown_customer_comes_with_near_ids(snapshot: Path) -> None:
    result = CliRunner().invoke(main, ["show", "shop:1"])
    assert result.exit_code == 2
    assert result.output == (
        "error: There is no customer shop:1.\n"
        "what to do: Ids that look like it: shop:17, shop:18.\n"
    )


def test_nothing_published_is_told(home: Path) -> None:
    for command in (["summary"], ["show", "x"]):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 2
        assert "error: Nothing has been published yet." in result.output


def test_an_as_of_date_that_is_none_is_refused(home: Path) -> None:
    assert CliRunner().invoke(main, ["run", "--as-of", "2024-02-30"]).exit_code == 2


@pytest.mark.parametrize(
    "modules",
    ["orchestration.publishing.news", "orchestration.cli.main, orchestration.publishing.summary"],
)
def test_what_needs_no_dagster_does_not_import_it(modules: str) -> None:
    assert HEAVY.isdisjoint(_imported_with(modules))


def test_the_last_runs_are_asked_for_without_dbt() -> None:
    asking = "orchestration.runs.job, orchestration.runs.status"
    assert {"dbt", "dagster_dbt", "sklearn", "pandas"}.isdisjoint(_imported_with(asking))


def _imported_with(modules: str) -> list[str]:
    script = f"import json, sys, {modules}; print(json.dumps(list(sys.modules)))"
    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    return list(json.loads(printed))


def test_progress_is_a_line_a_finished_step(capsys: pytest.CaptureFixture[str]) -> None:
    with showing_progress(make_console()):
        started("staging")
        with step("landing") as current:
            current.rows = 1_234
        finished("features", 2.5, detail="11 relations")
    first, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["landing", "0.0", "s", "1,234", "rows"]
    assert second.split() == ["features", "2.5", "s", "11", "relations"]


def test_a_step_that_fails_is_not_finished(capsys: pytest.CaptureFixture[str]) -> None:
    with (
        pytest.raises(PortraitError),
        showing_progress(make_console()),
        step("landing"),
    ):
        raise PortraitError("no", "yes")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "cause",
    [
        OSError(errno.ENOSPC, "No space left on device", "warehouse.duckdb"),
        duckdb.IOException("IO Error: Could not write all bytes: No space left on device"),
        sqlite3.OperationalError("database or disk is full"),
    ],
)
def test_a_full_disk_is_one_sentence(cause: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_code, telling_errors():
        try:
            raise cause
        except Exception as error:
            raise PortraitError("The model features.x failed.", "Look at the log.") from error
    assert exit_code.value.code == 2
    assert capsys.readouterr().err.startswith("error: The disk is full;")


def test_what_nobody_foresaw_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), telling_errors():
        raise ZeroDivisionError
