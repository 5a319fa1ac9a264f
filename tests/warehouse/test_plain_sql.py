"""A part of the project alone: its models with all that they are made of, and nothing else."""

import duckdb
import pytest

from orchestration.project import Project
from orchestration.warehouse.plain_project import PlainProject
from orchestration.warehouse.plain_sql import compile_project

from .conftest import new_warehouse


def test_a_part_is_compiled_and_runs_alone(
    project: Project, plain: PlainProject, capfd: pytest.CaptureFixture[str]
) -> None:
    part = compile_project(project, selection=["+int_order_totals"])
    assert capfd.readouterr().out == ""  # Whoever asked tells what there is to tell.
    whole = {statement.relation: statement.sql for statement in plain.built}
    assert "intermediate.int_order_totals" in {one.relation for one in part.built}
    assert all(whole[one.relation] == one.sql for one in part.built)
    assert {one.layer for one in part.built} == {"seeds", "staging", "inputs", "intermediate"}
    assert len(part.built) < len(plain.built)
    assert not part.tests
    with new_warehouse(part) as connection:
        part.build(connection)
        assert connection.sql("from intermediate.int_order_totals").fetchall() == []
        assert not _exists(connection, "intermediate.int_sessions")


def _exists(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    try:
        connection.execute(f"describe {relation}")
    except duckdb.CatalogException:
        return False
    return True
