"""The state folder is its user's alone; what is published has modes of its own."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import duckdb
import pytest
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.console import make_console
from orchestration.entering import enter, environment
from orchestration.errors import PortraitError
from orchestration.onboarding.add import add_source
from orchestration.project import Project
from orchestration.publishing.versions import new_version
from orchestration.quarantine.spreadsheet import write_csv
from orchestration.state.permissions import users_umask
from tests.checkouts import copy_dbt_project

AT = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kept_environment(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment(project):
        monkeypatch.setenv(name, "")
    monkeypatch.delenv("PORTRAIT_UMASK", raising=False)
    monkeypatch.delenv("PORTRAIT_PUBLISHED_UMASK", raising=False)


def mode(path: Path) -> str:
    return f"{path.stat().st_mode & 0o7777:o}"


def modes(folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {"folders": {mode(folder)}, "files": set()}
    for path in folder.rglob("*"):
        if not path.is_symlink():
            found["folders" if path.is_dir() else "files"].add(mode(path))
    return found


def publish(project: Project) -> Path:
    with new_version(project.published, AT) as building:
        (building / "marts.duckdb").touch()
        (building / "more").mkdir()
        (building / "more" / "page.html").touch()
    return project.current.resolve()


def test_a_new_state_folder_is_the_users_alone(project: Project) -> None:
    home = project.home / "above" / "home"
    entered = enter(Project(project.root, home))
    subprocess.run(["touch", str(home / "of_a_child")], check=True)
    publish(entered)
    assert modes(home) == {"folders": {"700"}, "files": {"600"}}
    assert mode(home.parent) == "755"


def test_an_older_state_folder_is_closed(project: Project) -> None:
    (project.published / "v1").mkdir(parents=True)
    (project.published / "v1" / "marts.duckdb").touch()
    (project.home / "dagster" / "history").mkdir(parents=True)
    (project.home / "sources.yml").touch()
    assert modes(project.home) == {"folders": {"755"}, "files": {"644"}}
    enter(project)
    assert mode(project.home) == mode(project.dagster_home) == "700"
    assert mode(project.sources_file) == "600"
    assert modes(project.published) == {"folders": {"700"}, "files": {"600"}}


def test_what_is_published_is_opened_and_closed_by_itself(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publish(enter(project))
    past = Project(project.root, project.home, past_day="2024-01-01")
    monkeypatch.setenv("PORTRAIT_PUBLISHED_UMASK", "022")
    enter(project)
    assert modes(before) == {"folders": {"755"}, "files": {"644"}}
    publish(enter(past))
    assert modes(project.published) == {"folders": {"755"}, "files": {"644"}}
    assert mode(project.home) == "711"
    private = [path for path in project.home.iterdir() if path != project.published]
    assert {mode(path) for path in private} == {"700"}
    assert modes(project.dagster_home) == {"folders": {"700"}, "files": {"600"}}

    monkeypatch.setenv("PORTRAIT_PUBLISHED_UMASK", "027")
    enter(project)
    assert modes(project.published) == {"folders": {"750"}, "files": {"640"}}
    assert mode(project.home) == "710"
    monkeypatch.delenv("PORTRAIT_PUBLISHED_UMASK")
    enter(project)
    assert modes(project.published) == {"folders": {"700"}, "files": {"600"}}
    assert mode(project.home) == "700"


def test_the_user_may_say_otherwise(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.home.chmod(0o755)
    monkeypatch.setenv("PORTRAIT_UMASK", "022")
    publish(enter(project))
    assert modes(project.home) == {"folders": {"755"}, "files": {"644"}}


@pytest.mark.parametrize("umask", ["088", "177", "-1", "private"])
@pytest.mark.parametrize("name", ["PORTRAIT_UMASK", "PORTRAIT_PUBLISHED_UMASK"])
def test_what_is_no_umask_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str, umask: str
) -> None:
    monkeypatch.setenv(name, umask)
    with pytest.raises(PortraitError, match=f"{name}={umask} is no umask"):
        enter(project)


def test_a_folder_of_somebody_else_that_others_may_read_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, mode: int) -> NoReturn:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setenv("PORTRAIT_UMASK", "022")
    monkeypatch.setattr(Path, "chmod", refuse)
    enter(project)
    monkeypatch.delenv("PORTRAIT_UMASK")
    with pytest.raises(PortraitError, match=f"{project.home} should have the mode 700") as error:
        enter(project)
    assert "PORTRAIT_UMASK=022" in error.value.hint


def test_a_folder_where_others_work_too_stays_open(project: Project) -> None:
    project.home.chmod(0o1777)
    enter(project)
    assert mode(project.home) == "1777"
    assert mode(project.dagster_home) == "700"


def test_a_link_in_the_state_folder_changes_nothing_elsewhere(
    project: Project, tmp_path: Path
) -> None:
    (tmp_path / "mine").touch()
    (project.home / "link").symlink_to(tmp_path / "mine")
    enter(project)
    assert mode(tmp_path / "mine") == "644"


def test_what_lies_outside_has_the_users_own_modes(tmp_path: Path, project: Project) -> None:
    os.umask(0o027)
    enter(project)
    with users_umask():
        (tmp_path / "mine").touch()
    (tmp_path / "ours").touch()
    with duckdb.connect() as connection:
        write_csv(connection, "select 1", tmp_path / "bad.csv")
    told = [mode(tmp_path / name) for name in ("mine", "ours", "bad.csv")]
    assert told == ["640", "600", "640"]


def test_a_drafted_source_has_the_users_own_modes(tmp_path: Path) -> None:
    checkout = enter(copy_dbt_project(tmp_path / "copy"))
    (tmp_path / "orders.csv").write_text(
        "order_id,customer_id,created_at,total\n1,ann,2024-01-01,5.00\n2,bob,2024-01-02,6.00\n"
    )
    add_source(make_console(), checkout, "till", tmp_path / "orders.csv", "UTC")
    drafted = checkout.dbt_project / "models" / "staging" / "till"
    assert modes(drafted) == {"folders": {"755"}, "files": {"644"}}
    assert mode(checkout.sources_file) == "600"


def test_a_wrong_umask_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTRAIT_UMASK", "777")
    finished = CliRunner().invoke(main, ["status"])
    assert finished.exit_code == 2 and "is no umask" in finished.output
