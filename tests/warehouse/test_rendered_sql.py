"""What is rendered without dbt's parser is what dbt compiles."""

import re
from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.declared_project import DeclaredProject
from orchestration.warehouse.manifest import source_systems
from orchestration.warehouse.plain_project import PlainProject
from orchestration.warehouse.rendered_sql import render_models

_WANTED = ("orders", "order_lines", "feature_purchases", "feature_affinities", "int_quarantine")


def _without_marks(sql: str) -> str:
    """SQL without the comments that a partial build makes conditions of, and without blanks."""
    return "".join(re.sub(r"/\*touched.*?touched\*/", "", sql, flags=re.DOTALL).split())


def test_rendered_models_are_as_dbt_compiles_them(project: Project, plain: PlainProject) -> None:
    declared = DeclaredProject(project.dbt_project)
    sources = list(declared.settings["vars"]["sources"])
    rendered = render_models(declared, _WANTED, sources)
    compiled = {one.relation: one for one in plain.built}
    assert len(rendered.built) > 60
    for one in rendered.built:
        assert _without_marks(one.sql) == _without_marks(compiled[one.relation].sql), one.relation
        assert one.layer == compiled[one.relation].layer
    assert {one.relation: one.sql for one in rendered.declared} == {
        one.relation: one.sql for one in plain.declared
    }


def test_sources_are_declared_as_dbt_knows_them(project: Project) -> None:
    declared = DeclaredProject(project.dbt_project)
    assert source_systems(declared.manifest) == source_systems(current_manifest(project))


def test_other_sources_are_left_out(project: Project) -> None:
    declared = DeclaredProject(project.dbt_project)
    rendered = render_models(declared, ["int_orders"], ["cdnow"])
    staging = [one.relation for one in rendered.built if one.layer == "staging"]
    assert staging == ["staging.base_cdnow__transactions", "staging.stg_cdnow__orders"]
    schemas = {one.relation.split(".")[0] for one in rendered.declared}
    assert {name for name in schemas if name.startswith("raw_")} == {"raw_cdnow"}


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    (tmp_path / "models" / "marts").mkdir(parents=True)
    (tmp_path / "dbt_project.yml").write_text(
        "name: toy\nvars: {sources: {}}\nmodels: {toy: {marts: {+materialized: table}}}\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select * from {{ ref('nowhere') }}", "reads 'nowhere', and there is no model"),
        ("select * from {{ source('raw', 'orders') }}", "no table 'orders' of a source 'raw'"),
        ("select {{ no_macro('x') }}", "'no_macro' is undefined"),
        ("select {% if %}", "model one cannot be rendered"),
        ("select * from {{ ref('one') }}", "model one reads itself"),
    ],
)
def test_what_cannot_be_rendered_is_a_clear_error(toy: Path, sql: str, told: str) -> None:
    (toy / "models" / "marts" / "one.sql").write_text(sql)
    with pytest.raises(PortraitError, match=told):
        render_models(DeclaredProject(toy), ["one"], [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sources: [", "_sources.yml cannot be read"),
        ("- sources:", "declares nothing"),
        ("sources: [{tables: []}]", "has sources without a name"),
    ],
)
def test_a_yml_that_dbt_could_not_read_is_a_clear_error(toy: Path, text: str, told: str) -> None:
    (toy / "models" / "marts" / "_sources.yml").write_text(text)
    with pytest.raises(PortraitError, match=told):
        source_systems(DeclaredProject(toy).manifest)
