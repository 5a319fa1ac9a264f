"""What is read from dbt's manifest."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import PortraitError
from orchestration.warehouse.manifest import (
    all_relations,
    ml_tables,
    read_manifest,
    source_systems,
)
from orchestration.warehouse.published_marts import Parts, published_marts

MANIFEST: dict[str, Any] = {
    "sources": {
        "source.p.raw_shop.sales": {
            "source_name": "raw_shop",
            "schema": "raw_shop",
            "name": "sales",
            "description": "One row a sale.",
            "source_description": "A shop.",
            "source_meta": {"portrait": {"source_system": "shop", "package": "shop_data"}},
            "config": {"meta": {"portrait": {"files": ["*.csv"], "reader": "csv"}}},
            "columns": {
                "id": {"name": "id", "data_type": "bigint", "description": "The sale."},
                "_load_id": {"name": "_load_id", "data_type": "varchar", "description": ""},
            },
        },
        "source.p.ml.scores": {
            "source_name": "ml",
            "schema": "ml",
            "name": "scores",
            "description": "",
            "source_meta": {},
            "config": {"meta": {}},
            "columns": {},
        },
    },
    "nodes": {},
    "parent_map": {"test.p.conserved": ["model.p.a", "model.p.b"], "model.p.b": ["model.p.a"]},
    "child_map": {
        "model.p.a": ["model.p.b", "test.p.conserved"],
        "model.p.b": ["test.p.conserved"],
    },
}


def model(name: str, layer: str, **portrait: object) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "schema": layer,
        "fqn": ["p", layer, name],
        "description": "",
        "columns": {},
        "config": {"materialized": "table", "meta": {"portrait": portrait}},
    }


MANIFEST["nodes"] = {
    "model.p.b": model("b", "marts"),
    "model.p.a": model("a", "features"),
    "model.p.hidden": model("hidden", "marts", published=False),
    "test.p.grain": {
        "resource_type": "test",
        "name": "grain",
        "attached_node": "model.p.b",
        "depends_on": {"nodes": ["model.p.b"]},
        "test_metadata": {
            "name": "unique_grain",
            "kwargs": {"columns": ["day"], "optional": ["shop"]},
        },
        "config": {},
    },
    "test.p.conserved": {
        "resource_type": "test",
        "name": "conserved",
        "depends_on": {"nodes": ["model.p.b", "model.p.a"]},
        "config": {},
    },
}


def test_source_systems_come_with_their_files_and_columns() -> None:
    (system,) = source_systems(MANIFEST).values()
    (table,) = system.tables
    assert (system.name, system.package, system.is_default) == ("shop", "shop_data", False)
    assert (table.relation, table.files, table.reader) == ('"raw_shop"."sales"', ("*.csv",), "csv")
    assert [column.name for column in table.business_columns] == ["id"]


def test_only_published_models_of_the_marts_layer_are_published() -> None:
    (mart,) = published_marts(MANIFEST).values()
    assert (mart.name, mart.grain) == ("b", ("day", "shop"))


def test_a_mart_says_above_how_many_rows_its_parquet_is_cut() -> None:
    manifest = copy.deepcopy(MANIFEST)
    said = {"above_rows": "7", "by": {"shop": "shop", "month": "month(day)"}}
    manifest["nodes"]["model.p.b"]["config"]["meta"] = {"portrait": {"parquet_parts": said}}
    (mart,) = published_marts(manifest).values()
    assert mart.parts == Parts(7, {"shop": "shop", "month": "month(day)"})


def test_ml_tables_are_those_of_the_ml_source() -> None:
    assert list(ml_tables(MANIFEST)) == ["scores"]


def test_all_relations_are_sources_and_models() -> None:
    assert all_relations(MANIFEST) == {
        ("raw_shop", "sales"),
        ("ml", "scores"),
        ("marts", "b"),
        ("features", "a"),
        ("marts", "hidden"),
    }


def test_a_test_of_several_models_belongs_to_the_last_of_them(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(MANIFEST))
    test = read_manifest(path)["nodes"]["test.p.conserved"]
    assert test["config"]["meta"]["dagster"]["ref"] == {"name": "b"}


def test_a_test_that_names_its_model_keeps_it(tmp_path: Path) -> None:
    manifest = copy.deepcopy(MANIFEST)
    manifest["nodes"]["test.p.conserved"]["config"] = {"meta": {"dagster": {"ref": {"name": "a"}}}}
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest))
    test = read_manifest(path)["nodes"]["test.p.conserved"]
    assert test["config"]["meta"]["dagster"]["ref"] == {"name": "a"}


@pytest.mark.parametrize(
    ("place", "option", "hint"),
    [
        ("source_meta", "packge", "Did you mean package?"),
        (
            "source_meta",
            "delimiter",
            "Known are amounts, columns, country, dates, decimal, encoding",
        ),
        ("config", "delimeter", "Did you mean delimiter?"),
    ],
)
def test_an_option_that_nobody_reads_is_refused(place: str, option: str, hint: str) -> None:
    manifest = copy.deepcopy(MANIFEST)
    source = manifest["sources"]["source.p.raw_shop.sales"]
    meta = source["config"]["meta"] if place == "config" else source["source_meta"]
    meta["portrait"][option] = ";"
    with pytest.raises(PortraitError, match=f"option {option}") as error:
        source_systems(manifest)
    assert hint in error.value.hint


def test_tables_know_who_reads_them_and_which_others_are_in_their_files() -> None:
    manifest = copy.deepcopy(MANIFEST)
    sales = manifest["sources"]["source.p.raw_shop.sales"]
    meta = sales["config"]["meta"]["portrait"]
    meta["written"] = {"id": "plain"}
    sales["source_meta"]["portrait"]["encoding"] = "cp1250"
    lines = copy.deepcopy(sales) | {"name": "lines", "columns": {}}
    manifest["sources"]["source.p.raw_shop.lines"] = lines
    manifest["child_map"]["source.p.raw_shop.sales"] = ["test.p.x", "model.p.a"]
    manifest["child_map"]["source.p.raw_shop.lines"] = ["test.p.x"]
    first, second = source_systems(manifest)["shop"].tables
    assert (first.is_read, second.is_read) == (True, False)
    assert (first.beside, second.beside) == ((frozenset(),), (frozenset({"id"}),))
    assert (first.options.encoding, first.written) == ("cp1250", {"id": "plain"})
    meta["encoding"] = "utf-16"
    assert source_systems(manifest)["shop"].tables[0].options.encoding == "utf-16"
    meta["written"] = "iso"
    with pytest.raises(PortraitError, match="which names no column"):
        source_systems(manifest)
