"""Facts say what they are for and read accepted rows; portraits are made without them too."""

import re

import pytest

from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.dbt_in_process import parse_with
from orchestration.warehouse.manifest import Manifest, layer_of, read_manifest
from orchestration.warehouse.published_marts import published_marts

# As what and whom facts are told.
_OF_THE_DAY = {"as_of_dates", "current_customer_keys"}


@pytest.fixture(scope="module")
def whole(project: Project) -> Manifest:
    return current_manifest(project)


@pytest.fixture(scope="module")
def without(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    path = tmp_path_factory.mktemp("without_facts") / "manifest.json"
    parsed = parse_with(project, {"publish_facts": False})
    parsed.write(str(path))  # type: ignore[no-untyped-call]
    return read_manifest(path)


def facts(project: Project) -> set[str]:
    folder = project.dbt_project / "models" / "marts" / "facts"
    return {file.stem for file in folder.glob("*.sql")}


def test_each_fact_names_three_questions_that_it_answers(project: Project, whole: Manifest) -> None:
    for name in facts(project) & set(published_marts(whole)):
        description = whole["nodes"][f"model.portrait.{name}"]["description"]
        told = re.search(r" For: (.+)\.$", " ".join(description.split()))
        assert told and len(told[1].split(", ")) == 3, name


def test_facts_read_accepted_rows_and_other_facts(project: Project, whole: Manifest) -> None:
    """With the day and the rules that hold for the portraits; no input, no portrait."""
    named = facts(project)
    for name in named:
        for parent in whole["parent_map"][f"model.portrait.{name}"]:
            node = whole["nodes"][parent]
            is_below = layer_of(node) in {"intermediate", "seeds"} or node["name"] in _OF_THE_DAY
            assert is_below or node["name"] in named, (name, parent)


def test_facts_are_neither_made_nor_tested_nor_published(
    project: Project, whole: Manifest, without: Manifest
) -> None:
    left_out = facts(project)
    assert len(left_out) >= 10
    assert left_out & set(published_marts(without)) == set()
    assert set(published_marts(whole)) - set(published_marts(without)) <= left_out
    models = {f"model.portrait.{name}" for name in left_out}
    everything = [
        *without["nodes"].values(),
        *without["unit_tests"].values(),
        *without["exposures"].values(),
    ]
    for node in everything:
        assert node["unique_id"] not in models
        assert node["config"].get("enabled", True), node["unique_id"]
        assert not models & set(node["depends_on"].get("nodes", ())), node["unique_id"]


def test_all_else_is_made_and_tested_as_it_is_with_facts(
    whole: Manifest, without: Manifest
) -> None:
    facts_left_out = set(whole["nodes"]) - set(without["nodes"])
    assert set(without["nodes"]) <= set(whole["nodes"])
    for unique_id, node in without["nodes"].items():
        beside = whole["nodes"][unique_id]
        assert node["raw_code"] == beside["raw_code"]
        read_with_facts = set(beside["depends_on"].get("nodes", ())) - facts_left_out
        assert set(node["depends_on"].get("nodes", ())) == read_with_facts, unique_id
    kept = [name for name in without["nodes"] if name.startswith("test.")]
    assert "test.portrait.assert_customers_of_marts_are_in_customer_profiles" in kept


def test_a_test_of_what_is_off_is_no_test(without: Manifest) -> None:
    """dbt lists it in its manifest; a check of an asset that is not there would be no check."""
    for side in ("parent_map", "child_map"):
        named = {one for others in without[side].values() for one in others}
        assert not {one for one in named if one.startswith("test.")} - set(without["nodes"])
