"""The front page of the documentation: it is there, and what it names is there too."""

import re

import pytest

from orchestration.project import Project
from orchestration.publishing.profile_changes import PROFILE_CHANGES
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.manifest import Manifest, layer_of
from orchestration.warehouse.published_marts import published_marts


@pytest.fixture(scope="module")
def manifest(project: Project) -> Manifest:
    return current_manifest(project)


@pytest.fixture(scope="module")
def page(manifest: Manifest) -> str:
    """What dbt's page shows first: the block of that name in a package that is not dbt's own."""
    return str(manifest["docs"]["doc.portrait.__overview__"]["block_contents"])


def test_every_published_table_is_on_the_front_page(manifest: Manifest, page: str) -> None:
    shown = set(re.findall(r"^\| \[?(\w+)\]?.* \|$", page.split("## Layers")[0], re.M))
    published = {*published_marts(manifest), PROFILE_CHANGES.name, "run_manifest"}
    assert shown - {"table"} == published


def test_every_layer_is_on_the_front_page(manifest: Manifest, page: str) -> None:
    shown = re.findall(r"^\| (\w+) \|", page.split("## Layers")[1], re.M)
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert set(shown) - {"layer"} == {layer_of(node) for node in models} | {"raw", "ml"}


def test_every_link_of_the_front_page_leads_to_a_page(manifest: Manifest, page: str) -> None:
    links = re.findall(r"\]\(#!/(\w+)/([\w.]+)\)", page)
    assert len(links) == page.count("](") > 12
    for kind, unique_id in links:
        assert unique_id.startswith(f"{kind}.")
        assert unique_id in {**manifest["nodes"], **manifest["exposures"]}


def test_the_exposures_name_every_published_model_once(manifest: Manifest) -> None:
    named = [
        unique_id.split(".")[-1]
        for exposure in manifest["exposures"].values()
        if exposure["name"].startswith("published_")
        for unique_id in exposure["depends_on"]["nodes"]
    ]
    assert sorted(named) == sorted(published_marts(manifest))
