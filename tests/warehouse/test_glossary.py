"""docs/glossary.md says what the yml of the models says, and leaves out no amount and no share."""

from typing import Any

import pytest

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.glossary import Term, terms, with_terms
from orchestration.warehouse.manifest import Manifest
from orchestration.warehouse.published_marts import published_marts

ENTRY = {"term": "Spend", "formula": "a − b", "unit": "money", "source": ["orders"]}
# Its numbers are of the metric that the row names, and these are terms.
OF_ANOTHER_WORD = {"model_metrics", "model_versions"}


@pytest.fixture(scope="module")
def manifest(project: Project) -> Manifest:
    return current_manifest(project)


@pytest.fixture(scope="module")
def found(manifest: Manifest) -> list[Term]:
    return terms(manifest)


def test_the_page_is_up_to_date(project: Project, manifest: Manifest) -> None:
    """`make glossary` writes it."""
    page = project.glossary_page.read_text()
    assert page == with_terms(page, manifest)


def test_every_amount_and_share_is_a_term(manifest: Manifest, found: list[Term]) -> None:
    told = {(table, one.column) for one in found for table in one.used_in}
    measures = {
        (name, column.name)
        for name, mart in published_marts(manifest).items()
        for column in mart.columns
        if column.data_type.startswith(("decimal", "double")) and name not in OF_ANOTHER_WORD
    }
    assert len(measures) > 60 and measures - told == set()


def test_a_source_is_one_that_the_table_is_made_from(manifest: Manifest, found: list[Term]) -> None:
    parents = manifest["parent_map"]

    def origins(unique_id: str) -> set[str]:
        above: set[str] = set()
        waiting = [unique_id]
        while waiting:
            for parent in parents.get(waiting.pop(), ()):
                if parent not in above:
                    above.add(parent)
                    waiting.append(parent)
        return above

    named = {"source.portrait.ml.": "ml.", "model.portrait.input_": ""}
    for table in {one.table for one in found}:
        known = {
            short + unique_id.removeprefix(prefix)
            for unique_id in origins(f"model.portrait.{table}")
            for prefix, short in named.items()
            if unique_id.startswith(prefix)
        }
        for one in found:
            assert one.table != table or set(one.source) <= known, one


def manifest_of(columns: dict[str, dict[str, Any]], rows: Any = None) -> dict[str, Any]:
    """Published tables with columns, and of each what its yml says of the glossary."""
    return {
        "nodes": {
            f"model.portrait.{table}": {
                "resource_type": "model",
                "fqn": ["portrait", "marts", table],
                "schema": "marts",
                "name": table,
                "description": "",
                "config": {"meta": {"glossary": rows} if rows else {}},
                "columns": {
                    name: {
                        "name": name,
                        "data_type": "bigint",
                        "description": "",
                        "config": {"meta": {"glossary": entry} if entry else {}},
                    }
                    for name, entry in of_table.items()
                },
            }
            for table, of_table in columns.items()
        }
    }


def test_a_column_means_the_same_wherever_nothing_else_is_said() -> None:
    declared = manifest_of(
        {
            "days": {"spend": None, "orders": None},
            "pairs": {"spend": ENTRY | {"term": "Money of both", "only_here": True}},
            "people": {"spend": ENTRY},
        }
    )
    assert [(one.term, one.used_in) for one in terms(declared)] == [
        ("Money of both", ("pairs",)),
        ("Spend", ("days", "people")),
    ]


def test_rows_of_a_table_are_terms_too() -> None:
    (one,) = terms(manifest_of({"metrics": {"value": None}}, {"auc": ENTRY}))
    assert (one.column, one.table, one.used_in) == ("auc", "metrics", ("metrics",))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"term": "Spend"}, r"people\.spend lacks formula, source, unit"),
        (ENTRY | {"unti": "money"}, r"people\.spend says unti"),
    ],
)
def test_an_entry_that_is_no_entry_is_refused(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(PortraitError, match=message):
        terms(manifest_of({"people": {"spend": entry}}))


def test_two_tables_that_both_say_what_a_column_is_are_refused() -> None:
    with pytest.raises(PortraitError, match="Both days and people say what spend is"):
        terms(manifest_of({"days": {"spend": ENTRY}, "people": {"spend": ENTRY}}))


def test_a_page_without_a_place_for_the_tables_is_left_alone() -> None:
    with pytest.raises(PortraitError, match="does not say where"):
        with_terms("# Glossary\n", manifest_of({"people": {"spend": ENTRY}}))
