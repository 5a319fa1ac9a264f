"""Dagster's own records: killed runs are closed, events are Dagster's, logs are of the run."""

from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.compute_log_manager import ComputeIOType
from dagster._core.storage.event_log.migration import ASSET_KEY_INDEX_COLS
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.test_utils import create_run_for_test

from orchestration.defs.event_log import OpenSqliteEventLog
from orchestration.defs.killed_runs import fail_killed_runs
from orchestration.defs.run_logs import RunLogs
from orchestration.progress import detail, logger
from orchestration.project import Project

# Dagster and SQLAlchemy warn about their own insides.
pytestmark = pytest.mark.filterwarnings("ignore")


def test_killed_runs_are_marked_failed() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        started = dg.DagsterRunStatus.STARTED
        dead = create_run_for_test(instance, status=started)
        alive = create_run_for_test(instance, status=started)
        done = create_run_for_test(instance, status=dg.DagsterRunStatus.SUCCESS)

        assert fail_killed_runs(instance, alive.run_id, silent_for=timedelta(minutes=2)) == 0
        assert fail_killed_runs(instance, alive.run_id) == 1

        statuses = {run.run_id: run.status for run in instance.get_runs()}
        assert statuses == {
            dead.run_id: dg.DagsterRunStatus.FAILURE,
            alive.run_id: started,
            done.run_id: dg.DagsterRunStatus.SUCCESS,
        }


@dg.asset
def thing() -> None:
    """Something to record."""


def test_the_instance_of_the_template_keeps_events_where_dagster_looks(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.dagster_home.mkdir()
    template = project.dagster_template.read_text()
    (project.dagster_home / "dagster.yaml").write_text(template)
    monkeypatch.setenv("DAGSTER_HOME", str(project.dagster_home))
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, OpenSqliteEventLog)
        assert not instance.telemetry_enabled
        result = dg.materialize([thing], instance=instance)
        written = [event.message for event in instance.all_logs(result.run_id)]
        with instance.event_log_storage.run_connection(result.run_id) as connection:
            said = [
                connection.exec_driver_sql(f"pragma {name}").scalar()
                for name in ("journal_mode", "synchronous")
            ]
    # Only with a log written ahead are files whole whenever the power goes; 1 is normal.
    assert said == ["wal", 1]

    (project.dagster_home / "dagster.yaml").write_text("telemetry: {enabled: false}")
    with dg.DagsterInstance.get() as instance:
        assert type(instance.event_log_storage) is SqliteEventLogStorage
        assert [event.message for event in instance.all_logs(result.run_id)] == written
        assert instance.get_latest_materialization_event(dg.AssetKey("thing"))


def test_the_event_log_lies_in_dagster_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    OpenSqliteEventLog.from_config_value(None, {}).dispose()
    assert (tmp_path / "history" / "runs" / "index.db").exists()


@pytest.mark.parametrize(
    ("question", "made"),
    [
        ("has_table", "asset_check_executions"),
        ("has_secondary_index", ASSET_KEY_INDEX_COLS),
        ("has_asset_key_col", "cached_status_data"),
    ],
)
def test_what_migrations_made_is_asked_for_once_and_what_they_did_not_each_time(
    question: str, made: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = getattr(SqliteEventLogStorage, question)

    def counted(log: SqliteEventLogStorage, name: str) -> bool:
        asked.append(name)
        return bool(ask(log, name))

    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    log = OpenSqliteEventLog.from_config_value(None, {})
    monkeypatch.setattr(SqliteEventLogStorage, question, counted)
    assert [getattr(log, question)(made) for _ in range(3)] == [True] * 3
    assert [getattr(log, question)("of_a_later_dagster") for _ in range(2)] == [False] * 2
    log.dispose()
    assert asked == [made, *2 * ["of_a_later_dagster"]]


@dg.asset
def telling_thing() -> None:
    """Something that says what it does."""
    logger.warning("a source is \x1b[31mlate")
    detail("info", "1 of 2 OK created sql view model\n")
    detail("error", "Runtime Error\n  no such column")
    detail("debug", "select 1")


def test_the_log_of_a_run_is_readable_where_dagster_looks_for_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.dagster_home.mkdir()
    template = project.dagster_template.read_text()
    (project.dagster_home / "dagster.yaml").write_text(template)
    monkeypatch.setenv("DAGSTER_HOME", str(project.dagster_home))
    handlers = [*logger.handlers]
    with dg.DagsterInstance.get() as instance:
        logs = instance.compute_log_manager
        assert isinstance(logs, RunLogs)
        result = dg.materialize([telling_thing], instance=instance)
        (key,) = logs.get_log_keys_for_log_key_prefix(
            [result.run_id, "compute_logs"], ComputeIOType.STDOUT
        )
        data = logs.get_log_data(key)
        assert logs.is_capture_complete(key)
    assert data.stdout and data.stderr
    lines = [line[9:] for line in data.stdout.decode().splitlines()]
    assert [line for line in lines if "column" not in line] == [
        r"WARNING a source is \x1b[31mlate",
        "INFO    1 of 2 OK created sql view model",
        "ERROR   Runtime Error",
    ]
    assert "OK created" not in data.stderr.decode()
    assert data.stderr.decode().count("\n") == 3
    assert logger.handlers == handlers
