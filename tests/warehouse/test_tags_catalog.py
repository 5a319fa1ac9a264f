"""A tag cannot exist without its catalogue entry, nor an entry without its tag."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.cli.main import dbtRunner
from dbt.graph.thread_pool import DbtThreadPool

PROJECT = Path(__file__).parents[2] / "dbt_project"
MODEL = "tags_demographics"


POOLS: list[DbtThreadPool] = []


class RecordedPool(DbtThreadPool):
    """dbt leaves its thread pool open when a model does not compile; so it can be closed."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        POOLS.append(self)


class CopiedProject:
    """A copy of the dbt project that tests may break, on a warehouse of empty features."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "dbt_project"
        self._target = root / "target"
        shutil.copytree(
            PROJECT, self.folder, ignore=shutil.ignore_patterns("target", "logs", ".user.yml")
        )

    def dbt(self, command: str, model: str) -> str:
        """What dbt complains about; an empty text when it succeeds."""
        arguments = [
            *("--quiet", "--log-level-file", "none", command, "--select", model),
            *("--project-dir", str(self.folder), "--profiles-dir", str(self.folder)),
            *("--target-path", str(self._target)),
        ]
        result = dbtRunner().invoke(arguments)
        while POOLS:
            POOLS.pop().terminate()
        if result.exception is not None:
            return str(result.exception)
        return "\n".join(node.message for node in result.result.results if node.status == "error")

    def compiled(self, model: str) -> str:
        """The SQL that dbt made of a model."""
        manifest = json.loads((self._target / "manifest.json").read_text())
        return str(manifest["nodes"][f"model.portrait.{model}"]["compiled_code"])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CopiedProject]:
    home = tmp_path_factory.mktemp("portrait")
    with duckdb.connect(str(home / "warehouse.duckdb")) as warehouse:
        warehouse.execute("create schema features")
        warehouse.execute(
            "create table features.feature_customers"
            " (shop varchar, customer_id varchar, as_of_date date)"
        )
        warehouse.execute(
            "create table features.feature_demographics"
            " (shop varchar, customer_id varchar, as_of_date date,"
            " gender varchar, age_band varchar, income_band varchar, household_size varchar,"
            " country varchar, has_children boolean)"
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTRAIT_HOME", str(home))
        patch.delenv("PORTRAIT_WAREHOUSE", raising=False)
        patch.setattr("dbt.task.runnable.DbtThreadPool", RecordedPool)
        yield CopiedProject(home)


@pytest.fixture
def change(project: CopiedProject) -> Iterator[Callable[[str, Callable[[str], str]], None]]:
    """Changes a file of the copied project until the end of the test."""
    originals: dict[Path, str] = {}

    def apply(path: str, edit: Callable[[str], str]) -> None:
        file = project.folder / path
        originals[file] = file.read_text()
        file.write_text(edit(originals[file]))
        assert file.read_text() != originals[file]

    yield apply
    for file, text in originals.items():
        file.write_text(text)


def edit_gender(edit: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    """An edit of the yml's column `gender`."""

    def apply(text: str) -> str:
        content = yaml.safe_load(text)
        columns = content["models"][0]["columns"]
        edit(next(column for column in columns if column["name"] == "gender"))
        return yaml.safe_dump(content, allow_unicode=True)

    return apply


def test_the_catalogue_has_a_row_for_each_entry_in_the_yml(project: CopiedProject) -> None:
    assert project.dbt("compile", "tag_catalog") == ""
    entries = [
        column["config"]["meta"]["tag"]
        for file in (PROJECT / "models" / "tags").glob("*.yml")
        for column in yaml.safe_load(file.read_text())["models"][0]["columns"]
        if "config" in column
    ]
    assert len(entries) >= 28
    sql = project.compiled("tag_catalog")
    assert sql.count(" as tag_order,\n        '") == len(entries)
    for entry in entries:
        assert f"'{entry['key']}' as key" in sql
        assert entry["name_zh"] in sql


def test_a_tag_without_a_complete_entry_is_a_compiler_error(
    project: CopiedProject, change: Callable[[str, Callable[[str], str]], None]
) -> None:
    def spoil(column: dict[str, Any]) -> None:
        entry = column["config"]["meta"]["tag"]
        del column["description"], entry["owner"], entry["name_zh"]
        entry.update(key="sex", kind="guess", value_type="boolean", evidence=["shoe_size"])

    change(f"models/tags/{MODEL}.yml", edit_gender(spoil))
    message = project.dbt("compile", "tag_catalog")
    assert f"{MODEL}.gender: " in message
    for complaint in (
        "no description",
        "config.meta.tag has no `owner`",
        "config.meta.tag has no `name_zh`",
        "`key` sex is not the name of the column",
        "`kind` is none of fact, rule, model",
        "`value_type` contradicts data_type varchar",
        "evidence `shoe_size` is no column of the model",
    ):
        assert complaint in message


def test_a_tag_without_an_entry_is_a_compiler_error(
    project: CopiedProject, change: Callable[[str, Callable[[str], str]], None]
) -> None:
    change(f"models/tags/{MODEL}.yml", edit_gender(lambda column: column.pop("config")))
    message = project.dbt("compile", "tag_catalog")
    assert f"{MODEL}.gender: no config.meta.tag, and no tag names it as evidence" in message


def test_a_key_is_used_once(
    project: CopiedProject, change: Callable[[str, Callable[[str], str]], None]
) -> None:
    change("models/tags/tags_rhythm.yml", lambda text: text.replace("is_regular_buyer", "gender"))
    assert f"{MODEL}.gender: another tag has this key" in project.dbt("compile", "tag_catalog")


def test_bands_ascend(
    project: CopiedProject, change: Callable[[str, Callable[[str], str]], None]
) -> None:
    change("models/tags/tags_value.yml", lambda text: text.replace("{from: 0.5,", "{from: 0.9,"))
    message = project.dbt("compile", "tag_catalog")
    assert "tags_value.value_tier: `bands` are not in ascending order" in message


def test_a_tag_model_that_nobody_reads_is_a_compiler_error(
    project: CopiedProject, change: Callable[[str, Callable[[str], str]], None]
) -> None:
    change("macros/tags/tag_models.sql", lambda text: text.replace("'tags_demographics', ", ""))
    assert "but the macro tag_models lists" in project.dbt("compile", "tag_catalog")


def test_an_entry_without_its_column_breaks_the_contract(
    project: CopiedProject, change: Callable[[str, Callable[[str], str]], None]
) -> None:
    assert project.dbt("run", MODEL) == ""
    change(
        f"models/tags/{MODEL}.sql",
        lambda text: text.replace("        feature_demographics.gender,\n", ""),
    )
    message = project.dbt("run", MODEL)
    assert "gender" in message
    assert "contract" in message


def test_a_missing_threshold_is_a_compiler_error(
    project: CopiedProject, change: Callable[[str, Callable[[str], str]], None]
) -> None:
    change("models/tags/tags_lifecycle.yml", lambda text: text.replace("{max_days: 30}", "{x: 1}"))
    message = project.dbt("compile", "tags_lifecycle")
    assert "tags_lifecycle.is_new_customer: no parameter `max_days`" in message
