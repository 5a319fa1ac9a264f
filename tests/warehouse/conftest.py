"""Small warehouses in memory, built by the dbt project's own SQL without dbt."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from orchestration.entering import enter
from orchestration.project import Project
from orchestration.warehouse.plain_project import DATABASE, PlainProject
from orchestration.warehouse.plain_sql import compile_project

AS_OF_DATE = date(2011, 7, 1)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """This checkout with a state folder of its own."""
    before = dict(os.environ)
    yield enter(replace(Project.find(), home=tmp_path_factory.mktemp("warehouse")))
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def plain(project: Project) -> PlainProject:
    """The SQL of the project for the default day: the one after the last order."""
    return compile_project(project)


@pytest.fixture(scope="session")
def plain_as_of(project: Project) -> PlainProject:
    """The SQL of the project for AS_OF_DATE."""
    return compile_project(project, {"as_of_date": AS_OF_DATE.isoformat()})


def new_warehouse(plain: PlainProject, *, is_large: bool = False) -> duckdb.DuckDBPyConnection:
    """An empty warehouse in memory: every declared table, and the seeds.

    It has one thread: with few rows a second one costs a seventh more CPU, and saves no time. Nor
    does a better plan, which costs a quarter more; runs and those of many rows have one.
    """
    connection = duckdb.connect(config={"threads": 1})
    if not is_large:
        connection.execute("pragma disable_optimizer")
    connection.execute(f"attach ':memory:' as {DATABASE}")
    plain.create(connection)
    return connection


@pytest.fixture
def warehouse(plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse in memory."""
    with new_warehouse(plain) as connection:
        yield connection
