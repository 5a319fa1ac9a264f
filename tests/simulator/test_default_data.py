"""A run that names no data simulates it: once, and again when the simulator has changed."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.landing.files import find_source_files
from orchestration.project import Project
from orchestration.simulator import default_data, plan
from orchestration.simulator.plan import Plan
from orchestration.warehouse.manifest import Column, RawTable, SourceSystem

USERS = RawTable(
    schema="raw_pretended",
    name="app_users",
    description="",
    columns=(Column("user_id", "varchar", ""),),
    files=("app/users-*.parquet",),
    reader="parquet",
    header_starts_with=None,
)
PRETENDED = SourceSystem(
    "pretended", "raw_pretended", "", (USERS,), None, "raw", is_default=False, is_simulated=True
)
SMALL = Plan(customers=20, days=60)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(default_data, "Plan", lambda: SMALL)
    return Project(Project.find().root, tmp_path / "home")


def mark(project: Project) -> Path:
    """A file in the simulated folder, which goes when the folder is made anew."""
    file = project.simulated / "mark"
    file.touch()
    return file


def test_data_is_made_once_and_found(project: Project) -> None:
    folder = default_data.given_or_simulated(project, PRETENDED, None)
    assert folder == project.simulated
    marked = mark(project)
    default_data.given_or_simulated(project, PRETENDED, None)
    assert marked.exists()
    found = find_source_files(PRETENDED, folder)
    assert found == find_source_files(PRETENDED, project.simulated / "raw")
    assert [file.name for file in found["app_users"]] == ["app/users-000.parquet"]


def test_data_is_made_anew_when_parameters_or_code_change(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    default_data.given_or_simulated(project, PRETENDED, None)
    marked = mark(project)
    monkeypatch.setattr(default_data, "Plan", lambda: replace(SMALL, seed=2))
    default_data.given_or_simulated(project, PRETENDED, None)
    assert not marked.exists()
    marked = mark(project)
    monkeypatch.setattr(plan, "hash_code", lambda paths: "edited")
    default_data.given_or_simulated(project, PRETENDED, None)
    assert not marked.exists()


def test_a_path_that_is_given_is_taken_and_nothing_is_made(project: Project) -> None:
    given = Path("/data/shop")
    assert default_data.given_or_simulated(project, PRETENDED, given) == given
    real = replace(PRETENDED, is_simulated=False)
    assert default_data.given_or_simulated(project, real, None) is None
    assert not project.simulated.exists()


def test_the_command_writes_a_folder_and_says_what_to_do_with_it(tmp_path: Path) -> None:
    out = tmp_path / "shop"
    arguments = ["simulate", "--customers", "100", "--days", "60", "--seed", "2", "--out", str(out)]
    result = CliRunner().invoke(main, [*arguments, "--start", "2023-05-01"])
    assert result.exit_code == 0, result.output
    assert "web_shop/orders" in result.output and f"DATA={out}" in result.output
    assert {path.name for path in (out / "raw").iterdir()} == {
        *("web_shop", "app", "till", "review_site", "campaign_tool", "survey"),
    }
    assert '"start": "2023-05-01"' in (out / "simulated.json").read_text()


def test_the_command_refuses_a_folder_with_other_files(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    arguments = ["simulate", "--customers", "100", "--out", str(tmp_path)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "no simulation" in result.output and "Traceback" not in result.output
