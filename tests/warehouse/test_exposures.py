"""The exposures: who reads the published snapshot, and just the tables that their code reads."""

import re
from pathlib import Path
from typing import Any

import pytest
import sqlglot
import yaml
from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from orchestration.delivery.superset_dashboard import SOURCES
from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.published_marts import published_marts
from tests.serving.served_shop import MARTS

ROOT = Project.find().root
PAGES = ROOT / "orchestration" / "pages"


@pytest.fixture(scope="module")
def exposures(project: Project) -> dict[str, dict[str, Any]]:
    manifest = current_manifest(project)
    return {
        one["name"]: one
        for one in manifest["exposures"].values()
        if one["original_file_path"].startswith("models/marts/")
    }


@pytest.fixture(scope="module")
def published(project: Project) -> set[str]:
    return set(published_marts(current_manifest(project)))


def read_by(exposures: dict[str, dict[str, Any]], *names: str) -> set[str]:
    """The tables that exposures depend on, each named once."""
    tables = [
        unique_id.split(".")[-1]
        for name in names
        for unique_id in exposures[name]["depends_on"]["nodes"]
    ]
    assert len(tables) == len(set(tables))
    return set(tables)


def asked_for(query: Path) -> set[str]:
    """The tables of a query, without its common table expressions."""
    return {
        source.name
        for scope in traverse_scope(sqlglot.parse_one(query.read_text(), read="duckdb"))
        for source in scope.sources.values()
        if isinstance(source, exp.Table)
    }


def test_each_says_who_owns_it_and_where_it_is(exposures: dict[str, dict[str, Any]]) -> None:
    assert {"pages", "api", "webhooks", "superset_dashboard", "metrics"} <= set(exposures)
    for name, exposure in exposures.items():
        assert exposure["owner"]["name"] and exposure["description"], name
        url = exposure["url"]
        assert url and "{" not in url, name
        if url.startswith("docs/"):
            assert (ROOT / url).exists(), url
        for page in re.findall(r"docs/[\w-]+\.md", exposure["description"]):
            assert (ROOT / page).exists(), page


def test_the_pages_read_what_they_say(
    exposures: dict[str, dict[str, Any]], published: set[str]
) -> None:
    asked = {table for query in PAGES.rglob("*.sql") for table in asked_for(query)}
    said = {
        table
        for file in PAGES.glob("*.py")
        for table in re.findall(r"\b(?:from|join) ([a-z_]+)\b", file.read_text())
    }
    assert read_by(exposures, "pages", "pages_facts") == (asked | said) & published


def test_the_api_reads_what_it_says(exposures: dict[str, dict[str, Any]]) -> None:
    # Its own tests publish no other table.
    assert read_by(exposures, "api") == set(MARTS)


def test_the_dashboard_reads_what_it_says(exposures: dict[str, dict[str, Any]]) -> None:
    tables = {
        yaml.safe_load(file.read_text())["table_name"] for file in SOURCES.rglob("datasets/*/*")
    }
    assert read_by(exposures, "superset_dashboard", "superset_dashboard_facts") == tables


def test_metrics_read_what_they_say(exposures: dict[str, dict[str, Any]]) -> None:
    models = {
        model["model"]
        for file in (ROOT / "dbt_project" / "models" / "semantic").glob("*.yml")
        for model in yaml.safe_load(file.read_text()).get("semantic_models", [])
    }
    named = {f"ref('{table}')" for table in read_by(exposures, "metrics", "metrics_facts")}
    assert named == models


def test_changes_are_made_of_what_they_say(
    exposures: dict[str, dict[str, Any]], published: set[str]
) -> None:
    files = ("publishing/profile_changes.py", "delivery/feed.py")
    text = "".join((ROOT / "orchestration" / file).read_text() for file in files)
    read = set(re.findall(r"\b(?:from|join) (?:[a-z{}]+\.)?([a-z_]+)\b", text))
    assert read_by(exposures, "webhooks") == read & published
