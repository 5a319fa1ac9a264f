"""A model that is gone takes its table along; what is no model's stays."""

import duckdb
import pytest

from orchestration.warehouse.removed_models import drop_removed_models

MODEL = {"resource_type": "model", "schema": "marts"}
MANIFEST = {
    "nodes": {
        "model.portrait.kept": {**MODEL, "name": "kept"},
        "model.portrait.other": {**MODEL, "name": "other", "schema": "features"},
    },
    "disabled": {"model.portrait.off": [{**MODEL, "name": "off"}]},
}
WAREHOUSE = """
    create schema marts; create schema features; create schema raw_shop; create schema increments;
    create table increments.builds as
    from (values ('kept', 3), ('off', 3), ('gone', 2), ('never "made"', 1)) as t (relation, build);
    create table marts.kept as select 1 as id;
    create table marts.off as select 1 as id;
    create table features.gone as select 1 as id;
    create table raw_shop.gone as select 1 as id;
    create table increments.changed_gone as select 1 as id, 2 as _build;
    create table increments.changed_kept as select 1 as id, 2 as _build;
    create table features.somebodys as select 1 as id;
"""


def tables(warehouse: duckdb.DuckDBPyConnection) -> list[str]:
    found = warehouse.execute(
        "select schema_name || '.' || table_name from duckdb_tables() order by all"
    )
    return [name for (name,) in found.fetchall()]


def test_the_table_of_a_model_that_is_gone_is_dropped_with_its_notes() -> None:
    with duckdb.connect() as warehouse:
        warehouse.execute(WAREHOUSE)
        assert drop_removed_models(warehouse, MANIFEST) == ["features.gone"]
        assert tables(warehouse) == [
            *("features.somebodys", "increments.builds", "increments.changed_kept"),
            *("marts.kept", "marts.off", "raw_shop.gone"),
        ]
        noted = "select relation from increments.builds order by all"
        assert [name for (name,) in warehouse.execute(noted).fetchall()] == [
            *("kept", 'never "made"', "off")
        ]
        assert drop_removed_models(warehouse, MANIFEST) == []


def test_if_it_cannot_be_dropped_all_stays() -> None:
    with duckdb.connect() as warehouse:
        warehouse.execute(WAREHOUSE)
        warehouse.execute("create view increments.changed_off as select 1 as id")
        manifest = {"nodes": MANIFEST["nodes"]}
        before = tables(warehouse)
        with pytest.raises(duckdb.CatalogException, match="changed_off"):
            drop_removed_models(warehouse, manifest)
        assert tables(warehouse) == before


def test_a_warehouse_that_was_never_built_has_nothing_to_drop() -> None:
    with duckdb.connect() as warehouse:
        assert drop_removed_models(warehouse, MANIFEST) == []
