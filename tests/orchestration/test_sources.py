"""Which sources are on: said, remembered, checked."""

from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.manifest import SourceSystem
from orchestration.sources import (
    add_to_choice,
    check_choice,
    parse_choice,
    read_choice,
    with_remembered_paths,
    write_choice,
)

SYSTEMS = {
    "grocery": SourceSystem("grocery", "raw_grocery", "", (), "grocery_data", "", is_default=True),
    "web_shop": SourceSystem("web_shop", "raw_web_shop", "", (), None, "", is_default=False),
}


def test_names_and_paths_are_read_as_they_stand_on_the_command_line() -> None:
    assert parse_choice(["grocery", "web_shop=/data/a=b"]) == {
        "grocery": None,
        "web_shop": Path("/data/a=b"),
    }


def test_the_choice_is_remembered(tmp_path: Path) -> None:
    choice = {"grocery": None, "web_shop": Path("/data")}
    write_choice(tmp_path / "sources.yml", choice)
    assert read_choice(tmp_path / "sources.yml", SYSTEMS) == choice


def test_without_a_choice_the_default_is_on(tmp_path: Path) -> None:
    assert read_choice(tmp_path / "sources.yml", SYSTEMS) == {"grocery": None}


@pytest.mark.parametrize("content", ["just words", "[a, b]", "a: {path: [", "a: 3"])
def test_a_damaged_choice_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "sources.yml").write_text(content)
    with pytest.raises(PortraitError, match="not a list of source systems"):
        read_choice(tmp_path / "sources.yml", SYSTEMS)


def test_an_unknown_source_lists_the_known_ones() -> None:
    with pytest.raises(PortraitError) as error:
        check_choice({"web_shob": None}, SYSTEMS)
    assert error.value.message == "Unknown source 'web_shob'. Did you mean web_shop?"
    assert error.value.hint == "Known sources: grocery, web_shop."


def test_a_source_without_a_package_needs_a_path() -> None:
    check_choice({"web_shop": Path("/data")}, SYSTEMS)
    with pytest.raises(PortraitError, match="web_shop needs the folder or file"):
        check_choice({"web_shop": None}, SYSTEMS)


def test_a_source_that_is_added_leaves_the_others_on(tmp_path: Path) -> None:
    sources_file = tmp_path / "sources.yml"
    add_to_choice(sources_file, SYSTEMS, "web_shop", Path("/data"))
    assert read_choice(sources_file, SYSTEMS) == {"grocery": None, "web_shop": Path("/data")}


def test_a_name_without_a_path_means_the_remembered_one(tmp_path: Path) -> None:
    sources_file = tmp_path / "sources.yml"
    write_choice(sources_file, {"web_shop": Path("/data")})
    for said, meant in (("web_shop", "/data"), ("web_shop=/other", "/other")):
        choice = with_remembered_paths(parse_choice([said]), sources_file, SYSTEMS)
        assert choice == {"web_shop": Path(meant)}
