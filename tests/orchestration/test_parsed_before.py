"""A dbt project that was parsed before is not parsed again, and nothing else passes for it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import ManifestLoader

from orchestration.entering import enter, environment
from orchestration.project import Project
from orchestration.warehouse.dbt_in_process import parse_with
from orchestration.warehouse.parsed_before import made_from

pytestmark = pytest.mark.filterwarnings("ignore")

SETTINGS = """
name: toy
profile: toy
flags: {send_anonymous_usage_stats: false}
vars: {limit: 3}
"""
PROFILES = """
toy:
  target: duckdb
  outputs: {duckdb: {type: duckdb, path: "{{ env_var('PORTRAIT_WAREHOUSE') }}"}}
"""
SEED = "code,meaning\n1,one\n"


@pytest.fixture
def toy(tmp_path: Path) -> Project:
    project = Project(tmp_path, tmp_path / "first", cache=tmp_path / "cache")
    project.dagster_template.write_text("telemetry: {enabled: false}")
    for name, text in {
        "dbt_project.yml": SETTINGS,
        "profiles.yml": PROFILES,
        "seeds/codes.csv": SEED,
        "models/some.sql": "select {{ var('limit') }} as one from {{ ref('codes') }}",
    }.items():
        file = project.dbt_project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return project


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Project]]:
    """An entry for each time that dbt itself parses."""
    times: list[Any] = []
    load = ManifestLoader.load

    def counted(loader: ManifestLoader) -> Manifest:
        times.append(loader.root_project.project_name)
        return load(loader)

    monkeypatch.setattr(ManifestLoader, "load", counted)
    yield times


def parsed_in(project: Project, home: str, monkeypatch: pytest.MonkeyPatch) -> Manifest:
    there = replace(project, home=project.root / home)
    for name, value in environment(there).items():
        monkeypatch.setenv(name, value)
    return parse_with(enter(there), {})


def nodes(manifest: Manifest) -> dict[str, Any]:
    """What is said of each node, but when it was parsed."""
    written = manifest.writable_manifest().to_dict(omit_none=False)["nodes"]
    for node in written.values():
        node.pop("created_at")
    return dict(written)


def test_another_state_folder_has_the_same_nodes_without_parsing(
    toy: Project, parses: list[Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (parsed_in(toy, home, monkeypatch) for home in ("first", "second"))
    assert len(parses) == 1
    assert nodes(first) == nodes(second)
    assert first.flat_graph == second.flat_graph


@pytest.mark.parametrize(
    "change",
    [
        ("models/some.sql", "select 1 as other from {{ ref('codes') }}"),
        ("seeds/codes.csv", f"{SEED}2,two\n"),
        ("dbt_project.yml", SETTINGS.replace("3", "4")),
        ("profiles.yml", PROFILES.replace("duckdb, path", "duckdb, schema: other, path")),
    ],
    ids=lambda change: change[0],
)
def test_a_changed_file_is_parsed(
    toy: Project, parses: list[Project], monkeypatch: pytest.MonkeyPatch, change: tuple[str, str]
) -> None:
    parsed_in(toy, "first", monkeypatch)
    name, text = change
    (toy.dbt_project / name).write_text(text)
    parsed_in(toy, "second", monkeypatch)
    assert len(parses) == 2


def test_what_reads_the_environment_is_parsed_each_time(
    toy: Project, parses: list[Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    (toy.dbt_project / "models/some.sql").write_text("select '{{ env_var('LIMIT') }}' as one")
    told = []
    for home, limit in (("first", "1"), ("second", "2")):
        monkeypatch.setenv("LIMIT", limit)
        told.append(parsed_in(toy, home, monkeypatch).env_vars)
    assert told == [{"LIMIT": "1"}, {"LIMIT": "2"}]


def test_settings_that_read_the_environment_are_read_each_time(
    toy: Project, parses: list[Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = SETTINGS.replace("3", "\"{{ env_var('LIMIT') }}\"")
    (toy.dbt_project / "dbt_project.yml").write_text(settings)
    monkeypatch.setenv("LIMIT", "1")
    for home in ("first", "second"):
        parsed_in(toy, home, monkeypatch)
    assert len(parses) == 2


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x93\x01\x02\x03"])
def test_what_dbt_cannot_read_is_parsed(
    toy: Project, parses: list[Project], monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr("orchestration.warehouse.parsed_before.read_kept", lambda *_: content)
    parsed_in(toy, "first", monkeypatch)
    assert len(parses) == 1


def test_without_a_cache_nothing_is_shared(
    toy: Project, parses: list[Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    for home in ("first", "second"):
        parsed_in(replace(toy, cache=None), home, monkeypatch)
    assert len(parses) == 2
    assert not (toy.root / "cache").exists()


def test_vars_and_place_are_part_of_what_it_was_made_from(toy: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "copy"
    (elsewhere / "dbt_project").mkdir(parents=True)
    for file in toy.dbt_project.rglob("*.*"):
        copy = elsewhere / file.relative_to(toy.root)
        copy.parent.mkdir(exist_ok=True, parents=True)
        copy.write_bytes(file.read_bytes())
    one = made_from(toy, {})
    assert made_from(replace(toy, home=tmp_path / "other"), {}) == one
    assert made_from(toy, {"limit": 4}) != one
    assert made_from(replace(toy, root=elsewhere), {}) != one
