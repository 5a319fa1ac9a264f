"""What Dagster shows explains itself: who answers for an asset, what a job or a sensor is for."""

import re
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import portrait
from orchestration.entering import entered
from orchestration.project import Project

# dagster-dbt and dbt warn about their own insides.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.RepositoryDefinition]:
    project = Project(Project.find().root, tmp_path_factory.mktemp("state"))
    with entered(project):
        yield portrait().get_repository_def()


def test_every_asset_has_an_owner_tags_and_a_description(
    repository: dg.RepositoryDefinition,
) -> None:
    specs = [spec for asset in repository.asset_graph.assets_defs for spec in asset.specs]
    assert len(specs) > 100
    assert [spec.key for spec in specs if not (spec.owners and spec.tags.get("layer"))] == []
    assert [spec.key for spec in specs if len(spec.description or "") < 30] == []
    # What is told is for people: no Jinja, no SQL.
    assert [spec.key for spec in specs if "{{" in str(spec.description)] == []


def test_groups_stand_in_the_order_of_the_layers(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert len(groups) > 10 and not [name for name in groups if not re.match(r"\d_[a-z]+$", name)]
    # No table reads one of a later group; the seeds and what the user wrote come first.
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        for parent in node.parent_keys:
            assert graph.get(parent).group_name[0] <= node.group_name[0], (key, parent)
    kept = repository.get_job("portrait_without_landing").asset_layer.executable_asset_keys
    raw = {key for key in graph.executable_asset_keys if key.path[0].startswith("raw_")}
    assert raw and graph.executable_asset_keys - kept == raw


def test_every_asset_links_to_its_code(repository: dg.RepositoryDefinition) -> None:
    specs = [spec for asset in repository.asset_graph.assets_defs for spec in asset.specs]
    made = [spec for spec in specs if spec.key in repository.asset_graph.executable_asset_keys]
    files = {
        spec.key.to_user_string(): [
            Path(one.file_path) for one in spec.metadata["dagster/code_references"].code_references
        ]
        for spec in made
    }
    assert [name for name, found in files.items() if not all(map(Path.is_file, found))] == []
    assert files["marts/customer_rfm"][0].name == "customer_rfm.sql"
    assert [file.name for file in files["published/snapshot"]] == ["published_assets.py"]
    assert [file.name for file in files["ml/model_metrics"]] == ["ml_assets.py"]


def test_jobs_schedules_and_sensors_say_what_they_are_for(
    repository: dg.RepositoryDefinition,
) -> None:
    jobs = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]
    told = [*jobs, *repository.schedule_defs, *repository.sensor_defs]
    assert {"portrait", "portrait_without_landing", "portraits_as_of"} <= {job.name for job in jobs}
    assert [one.name for one in told if " fails" not in str(one.description)] == []


def test_every_check_says_what_holds_and_what_to_do(repository: dg.RepositoryDefinition) -> None:
    specs = [spec for asset in repository.asset_graph.assets_defs for spec in asset.check_specs]
    assert len(specs) > 100
    told = {spec.name: str(spec.description) for spec in specs}
    assert [name for name, text in told.items() if len(text) < 80] == []
    assert [name for name, text in told.items() if not re.search("If it (fails|warns)", text)] == []


def test_names_are_of_what_is_done(repository: dg.RepositoryDefinition) -> None:
    """Words of the code that say nothing to who reads a list of Dagster's."""
    assets = repository.asset_graph.assets_defs
    names = [
        *(job.name for job in repository.get_all_jobs()),
        *(one.name for one in (*repository.schedule_defs, *repository.sensor_defs)),
        *(asset.op.name for asset in assets if asset.is_executable),
        *(spec.name for asset in assets for spec in asset.check_specs),
    ]
    nothing_told = "dead|(?<!buy_)again|stuff|_v[0-9]|tmp|misc"
    assert [name for name in names if re.search(nothing_told, name)] == []
