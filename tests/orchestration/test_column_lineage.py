"""Column lineage: values are followed to the columns of the tables that a query reads."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlglot.errors import SqlglotError

from orchestration.defs.table_metadata import lineage_metadata
from orchestration.project import Project
from orchestration.warehouse import column_lineage
from orchestration.warehouse.column_lineage import LineageReader, Origin, origins_of
from orchestration.warehouse.manifest import Column
from orchestration.warehouse.opening import open_warehouse
from orchestration.warehouse.relation import Relation

COLUMNS = {
    "tags": {"tags_value": {"customer_id": "varchar", "spend": "double", "day": "date"}},
    "ml": {"segments": {"customer_id": "varchar", "name": "varchar"}},
}
SQL = """
with

spend as (

    select * from "warehouse"."tags"."tags_value"
    where day = date '2024-01-01'

),

segments as (

    select * from "warehouse"."ml"."segments"

),

joined as (

    select
        spend.customer_id,
        coalesce(segments.name, cast(spend.spend as varchar)) as name,
        count(*) over () as customer_count
    from spend
    left join segments on spend.customer_id = segments.customer_id

)

select * from joined
"""


def test_values_are_followed_through_stars_and_joins() -> None:
    assert origins_of(SQL, COLUMNS) == {
        "customer_id": [Origin("tags", "tags_value", "customer_id")],
        "name": [Origin("ml", "segments", "name"), Origin("tags", "tags_value", "spend")],
        "customer_count": [],
    }


def test_both_parts_of_a_union_are_origins() -> None:
    sql = """
        select customer_id from "warehouse"."ml"."segments"
        union all
        select customer_id from "warehouse"."tags"."tags_value"
    """
    (found,) = origins_of(sql, COLUMNS).values()
    assert {origin.schema for origin in found} == {"ml", "tags"}


def test_a_union_by_name_is_left_without() -> None:
    sql = """
        select customer_id, name from "warehouse"."ml"."segments"
        union all by name
        select spend, customer_id from "warehouse"."tags"."tags_value"
    """
    assert origins_of(sql, COLUMNS) == {}
    assert lineage_metadata({}) == {}


def test_what_is_no_sql_is_refused() -> None:
    with pytest.raises(SqlglotError):
        origins_of("select from where (", COLUMNS)


MODEL = "model.portrait.spenders"
MANIFEST = {
    "nodes": {
        MODEL: {
            **{"resource_type": "model", "package_name": "portrait", "schema": "marts"},
            **{"fqn": ["portrait", "marts", "spenders"], "alias": "spenders"},
            "original_file_path": "models/marts/spenders.sql",
            "depends_on": {"nodes": ["source.portrait.ml.segments"]},
        }
    },
    "sources": {"source.portrait.ml.segments": {"schema": "ml", "name": "segments"}},
}
SPENDERS = Relation("marts.spenders", (Column("name", "varchar", ""),), 0)


@pytest.fixture
def of_a_user(project: Project, tmp_path: Path) -> Project:
    """A state folder with a compiled model and the table that it reads, and a cache beside it."""
    compiled = project.dbt_target / "compiled" / "portrait" / "models" / "marts"
    compiled.mkdir(parents=True)
    (compiled / "spenders.sql").write_text('select * from "warehouse"."ml"."segments"')
    with open_warehouse(project.warehouse) as warehouse:
        warehouse.execute("create schema ml")
        warehouse.execute("create table ml.segments (name varchar)")
    return replace(project, cache=tmp_path / "cache")


def test_what_was_read_off_the_same_sql_is_read_once(
    of_a_user: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    origins = {"name": [Origin("ml", "segments", "name")]}
    first = LineageReader(of_a_user, MANIFEST)
    assert first.origins(MODEL, SPENDERS) == origins
    first.keep()
    with monkeypatch.context() as patched:
        patched.setattr(column_lineage, "origins_of", None)
        assert LineageReader(of_a_user, MANIFEST).origins(MODEL, SPENDERS) == origins
        apart = replace(of_a_user, cache=None)
        with pytest.raises(TypeError):
            LineageReader(apart, MANIFEST).origins(MODEL, SPENDERS)
    # A star has other columns when the table has.
    with open_warehouse(of_a_user.warehouse) as warehouse:
        warehouse.execute("alter table ml.segments add column colour varchar")
    assert set(LineageReader(of_a_user, MANIFEST).origins(MODEL, SPENDERS)) == {"name", "colour"}
