"""Dagster's own records: killed runs are closed, and the event log is Dagster's, only quicker."""

from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.test_utils import create_run_for_test

from orchestration.defs.event_log import OpenSqliteEventLog
from orchestration.defs.killed_runs import fail_dead_runs
from orchestration.project import Project

# Dagster and SQLAlchemy warn about their own insides.
pytestmark = pytest.mark.filterwarnings("ignore")


def test_killed_runs_are_marked_failed() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        started = dg.DagsterRunStatus.STARTED
        dead = create_run_for_test(instance, status=started)
        alive = create_run_for_test(instance, status=started)
        done = create_run_for_test(instance, status=dg.DagsterRunStatus.SUCCESS)

        assert fail_dead_runs(instance, alive.run_id, silent_for=timedelta(minutes=2)) == 0
        assert fail_dead_runs(instance, alive.run_id) == 1

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
