"""Which sources are on: said, remembered, checked."""

from pathlib import Path

import pytest

from orchestration.connections.declared import SqlDatabase
from orchestration.connections.sources import (
    Choice,
    check_choice,
    choose,
    parse_choice,
    write_choice,
)
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.warehouse.manifest import SourceSystem

SYSTEMS = {
    "grocery": SourceSystem("grocery", "raw_grocery", "", (), "grocery_data", "", is_default=True),
    "pretended": SourceSystem(
        "pretended", "raw_pretended", "", (), None, "raw", is_default=False, is_simulated=True
    ),
    "web_shop": SourceSystem("web_shop", "raw_web_shop", "", (), None, "", is_default=False),
}


def test_names_and_paths_are_read_as_they_stand_on_the_command_line() -> None:
    assert parse_choice(["grocery", "web_shop=/data/a=b"]) == {
        "grocery": None,
        "web_shop": Path("/data/a=b"),
    }


def test_the_choice_is_remembered(project: Project) -> None:
    choice: Choice = {"grocery": None, "web_shop": Path("/data")}
    write_choice(project.choice_file, choice)
    assert choose(project, SYSTEMS, []) == choice
    assert choose(project, SYSTEMS, ["grocery"]) == {"grocery": None}


def test_without_a_choice_the_default_is_on(project: Project) -> None:
    assert choose(project, SYSTEMS, []) == {"grocery": None}


DECLARED = """
web_shop: {path: exports}
erp: {kind: sql_database, url: "sqlite:///${ERP_FILE}", tables: {orders: }}
"""


def test_declared_sources_are_on_until_others_are_named(project: Project) -> None:
    project.sources_file.write_text(DECLARED)
    choice = choose(project, SYSTEMS, [])
    assert choice["web_shop"] == project.own / "exports"
    assert isinstance(choice["erp"], SqlDatabase)
    assert list(choice["erp"].tables) == ["orders"]
    assert choose(project, SYSTEMS, ["web_shop=/else"]) == {"web_shop": Path("/else")}
    write_choice(project.choice_file, choose(project, SYSTEMS, ["erp", "grocery"]))
    assert "ERP_FILE" not in project.choice_file.read_text()
    assert list(choose(project, SYSTEMS, [])) == ["erp", "grocery"]
    assert isinstance(choose(project, SYSTEMS, [])["erp"], SqlDatabase)


def test_portrait_sources_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTRAIT_SOURCES", str(tmp_path / "ours.yml"))
    assert Project.find().sources_file == tmp_path / "ours.yml"


@pytest.mark.parametrize("content", ["just words", "[a, b]", "a: {path: [", "a: 3"])
def test_a_damaged_choice_is_told(project: Project, content: str) -> None:
    project.choice_file.write_text(content)
    with pytest.raises(PortraitError, match="not a list of source systems"):
        choose(project, SYSTEMS, [])


def test_an_unknown_source_lists_the_known_ones() -> None:
    with pytest.raises(PortraitError) as error:
        check_choice({"web_shob": None}, SYSTEMS)
    assert error.value.message == "Unknown source 'web_shob'. Did you mean web_shop?"
    assert error.value.hint == (
        "Known sources: grocery, pretended, web_shop. "
        "A source of your own: portrait source add web_shob"
    )


def test_a_source_without_a_package_needs_a_path() -> None:
    check_choice({"web_shop": Path("/data")}, SYSTEMS)
    check_choice({"grocery": None, "pretended": None}, SYSTEMS)
    with pytest.raises(PortraitError, match="web_shop needs the folder or file"):
        check_choice({"web_shop": None}, SYSTEMS)


def test_a_url_survives(project: Project) -> None:
    choice = parse_choice(["web_shop=s3://bucket/export?versionId=a=b"])
    write_choice(project.choice_file, {**choice})
    assert choose(project, SYSTEMS, []) == {"web_shop": "s3://bucket/export?versionId=a=b"}
