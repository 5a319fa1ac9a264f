"""What a data test says, for who sees it among Dagster's checks."""

from typing import Any

import pytest

from orchestration.warehouse.test_words import test_description as described


def node(**given: Any) -> dict[str, Any]:
    fixed = {"name": "the_test", "original_file_path": "tests/t.sql", "raw_code": "", "config": {}}
    return {**fixed, **given}


@pytest.mark.parametrize(
    ("generic", "said"),
    [
        (
            {"name": "unique_grain", "kwargs": {"columns": ["shop", "day"]}},
            "One row a `shop`, `day`, none of them NULL.",
        ),
        (
            {"name": "unique_grain", "kwargs": {"columns": ["day"], "optional": ["shop"]}},
            "One row a `day`, none of them NULL, and `shop`.",
        ),
        (
            {"name": "keeps_every_row", "kwargs": {"of": "ref('a')", "amount": "x"}},
            "It has exactly the rows of `ref('a')`, and their money.",
        ),
        ({"name": "not_null", "kwargs": {"column_name": "c"}}, "`c` is known on every row."),
        (
            {"name": "accepted_values", "kwargs": {"column_name": "c", "values": ["a", "b"]}},
            "`c` is one of `a`, `b`.",
        ),
        (
            {"name": "relationships", "kwargs": {"column_name": "c", "to": "t", "field": "f"}},
            "Every `c` is a `f` of `t`.",
        ),
        ({"name": "of_tomorrow", "kwargs": {}}, "The test of_tomorrow of `None` finds no row."),
    ],
)
def test_a_generic_test_is_told_by_its_arguments(generic: dict[str, Any], said: str) -> None:
    told = described(node(test_metadata=generic))
    assert told.startswith(f"{said} If it fails, the run stops")
    assert "`dbt_project/tests/t.sql`" in told and "dbt test -s the_test" in told


def test_a_singular_test_says_what_it_opens_with() -> None:
    code = "-- A failing row is a day\n-- without rows.\nselect 1  -- no more\n-- nor this"
    told = described(node(raw_code=code, config={"severity": "WARN"}))
    assert told.startswith("A failing row is a day without rows. If it warns, the run goes on")
    assert "nor this" not in told


def test_a_description_of_its_own_comes_first() -> None:
    assert described(node(description="Nobody is\n  lost.")).startswith("Nobody is lost. If it")
