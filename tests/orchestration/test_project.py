"""The state folder is made ready, or the user is told why not."""

import os
from pathlib import Path

import pytest

from orchestration.entering import enter, environment
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.state.memory import memory_limit


def test_importing_the_paths_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path / "home"))
    assert Project.find().home == tmp_path / "home"
    assert not (tmp_path / "home").exists()


def test_entering_makes_the_folders_and_sets_the_environment(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in environment(project):
        monkeypatch.setenv(name, "something else")
    enter(project)
    assert os.environ["PORTRAIT_HOME"] == str(project.home)
    assert os.environ["OMP_NUM_THREADS"] == "1"
    assert (project.dagster_home / "dagster.yaml").read_bytes() == (
        project.dagster_template.read_bytes()
    )
    assert list(project.home.glob(".writable*")) == []


def test_a_relative_home_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTRAIT_HOME", "state")
    assert Project.find().home == tmp_path / "state"


def test_an_unwritable_home_is_told(project: Project) -> None:
    # Nobody, not even root, can make a folder below a file.
    file = project.home / "file"
    file.touch()
    with pytest.raises(PortraitError, match=r"PORTRAIT_HOME .*file/home cannot be written"):
        enter(Project(project.root, file / "home"))


@pytest.mark.parametrize(
    ("folder", "kind", "longest"),
    [("ml", "*.py", 300), ("orchestration", "*.py", 300), ("dbt_project/models", "*.sql", 150)],
)
def test_a_file_fits_on_a_few_screens(folder: str, kind: str, longest: int) -> None:
    lines = {
        str(file): len(file.read_text().splitlines())
        for file in (Project.find().root / folder).rglob(kind)
    }
    assert len(lines) > 10
    assert {file: length for file, length in lines.items() if length > longest} == {}


@pytest.mark.parametrize(
    ("named", "caches", "found"),
    [
        ("/elsewhere", "/caches", "/elsewhere/parsed"),
        ("", "/caches", "/caches/portrait/parsed"),
        ("", "", "/home/somebody/.cache/portrait/parsed"),
        ("", "relative", None),
        ("off", "/caches", None),
    ],
)
def test_the_cache_is_where_the_user_has_caches(
    monkeypatch: pytest.MonkeyPatch, named: str, caches: str, found: str | None
) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv("PORTRAIT_CACHE", named)
    monkeypatch.setenv("XDG_CACHE_HOME", caches)
    assert Project.find().cache == (Path(found) if found else None)


def test_memory_is_what_was_said_or_at_most_4_gb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTRAIT_MEMORY_LIMIT", "7GB")
    assert memory_limit() == "7GB"
    monkeypatch.delenv("PORTRAIT_MEMORY_LIMIT")
    assert 0 < int(memory_limit().removesuffix("B")) <= 4_000_000_000
