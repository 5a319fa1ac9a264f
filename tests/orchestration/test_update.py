"""A run happens when something is new, and only then."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.code_digest import hash_code
from orchestration.connections.source_health import read_health
from orchestration.connections.sources import choose
from orchestration.errors import PortraitError
from orchestration.landing.corrections import CORRECTIONS, CREATE_CORRECTIONS
from orchestration.project import Project
from orchestration.publishing import news
from orchestration.publishing.fingerprint import FINGERPRINT_FILE, fingerprint
from orchestration.runs import job
from orchestration.runs.portraits import make_portraits
from orchestration.warehouse.opening import open_warehouse
from tests.hostile import TERMINAL, obeyed_in

from .conftest import shop


@pytest.fixture
def runs(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs; each publishes the fingerprint of what it was made from."""
    runs: list[str] = []
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("customer\nanna\n")
    project.current.mkdir(parents=True)
    systems = {"shop": shop({"customer": "varchar"})}

    def run(project: Project, *, full_refresh: bool) -> None:
        runs.append("forced" if full_refresh else "news")
        choice = choose(project, systems, [])
        files = {"shop": {"sales": {"a.csv": file_hash(tmp_path / "data" / "a.csv")}}}
        made_from = fingerprint(choice, files, "", hash_code(project.code))
        (project.current / FINGERPRINT_FILE).write_text(json.dumps(made_from))

    monkeypatch.setattr(news, "current_manifest", lambda project: {})
    monkeypatch.setattr(news, "source_systems", lambda manifest: systems)
    monkeypatch.setattr(job, "run_everything", run)
    return runs


def file_hash(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_only_what_is_new_starts_a_run(project: Project, tmp_path: Path, runs: list[str]) -> None:
    source = f"shop={tmp_path / 'data'}"
    make_portraits(project, [source], force=False)
    make_portraits(project, [source], force=False)
    make_portraits(project, [], force=False)  # The choice is remembered.
    assert runs == ["news"]
    (tmp_path / "data" / "a.csv").write_text("customer\nbert\n")
    make_portraits(project, [], force=False)
    make_portraits(project, [], force=False)
    make_portraits(project, [], force=True)
    assert runs == ["news", "news", "forced"]


def test_a_corrected_row_is_something_new(
    project: Project, tmp_path: Path, runs: list[str]
) -> None:
    make_portraits(project, [f"shop={tmp_path / 'data'}"], force=False)
    with open_warehouse(project.warehouse) as warehouse:
        warehouse.execute(CREATE_CORRECTIONS)
    make_portraits(project, [], force=False)
    assert runs == ["news"]
    with open_warehouse(project.warehouse) as warehouse:
        warehouse.execute(f"insert into {CORRECTIONS} (raw_table, new_value) values ('a', 'b')")
    make_portraits(project, [], force=False)
    assert runs == ["news", "news"]


def test_an_unusable_choice_is_not_remembered(project: Project, runs: list[str]) -> None:
    with pytest.raises(PortraitError, match="does not exist"):
        make_portraits(project, ["shop=/nowhere"], force=False)
    assert not project.choice_file.exists()
    assert runs == []


def test_a_failing_source_stops_nothing_while_another_is_on(
    project: Project,
    tmp_path: Path,
    runs: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shop_system = shop({"customer": "varchar"})
    systems = {"shop": shop_system, "till": replace(shop_system, name="till")}
    monkeypatch.setattr(news, "source_systems", lambda manifest: systems)
    sources = [f"shop={tmp_path / 'data'}", f"till={tmp_path / 'nowhere'}"]
    make_portraits(project, sources, force=False)
    assert runs == ["news"]
    assert "till: " in caplog.text
    assert "it has no rows yet" in caplog.text
    health = read_health(project.source_health)
    assert health.keys() == {"till"}, "changed files count as read when they are landed"
    assert str(tmp_path / "nowhere") in str(health["till"].error)
    with pytest.raises(PortraitError, match="does not exist"):
        make_portraits(project, [f"till={tmp_path / 'nowhere'}"], force=False)


def test_a_failure_without_a_user_error_names_the_log(project: Project) -> None:
    error = ValueError("a bug")
    error.__context__ = KeyError("inner")
    error.__context__.__context__ = error  # Dagster makes such rings.
    told = job._user_error(error, project)
    assert told.message == "The run failed: ValueError: a bug"
    assert str(project.run_log) in told.hint


def test_a_user_error_is_found_among_its_consequences(project: Project) -> None:
    error = RuntimeError("step failed")
    error.__cause__ = PortraitError("a column is missing", "rename it")
    assert job._user_error(error, project) is error.__cause__


def test_the_log_of_a_failure_only_shows_what_data_said(project: Project) -> None:
    project.logs.mkdir(parents=True, exist_ok=True)
    with pytest.raises(PortraitError, match="The run failed"), job._telling_errors(project):
        raise ValueError(f"{TERMINAL} caf\udce9")
    written = project.run_log.read_text(encoding="utf-8")
    assert not obeyed_in(written)
    assert "Traceback" in written.splitlines()[0]
    assert r"ValueError: \x1b]0;owned" in written
