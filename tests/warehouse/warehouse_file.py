"""The warehouse file of a project, for dbt itself and for what is done to it behind dbt's back."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg

from orchestration.project import Project
from orchestration.quoting import quoted
from orchestration.warehouse.dbt_in_process import close_warehouse, parse
from orchestration.warehouse.plain_project import DATABASE, PlainProject
from tests.warehouse.full_build import LAYERS


@contextmanager
def warehouse_file(
    project: Project, plain: PlainProject, fill: Callable[[duckdb.DuckDBPyConnection], object]
) -> Iterator["Warehouse"]:
    """The project's warehouse, made of the raw tables that `fill` fills; removed in the end."""
    project.warehouse.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(project.warehouse)} as {DATABASE}")
        plain.create(connection)
        fill(connection)
        plain.update(connection, LAYERS)
    try:
        yield Warehouse(project)
    finally:
        project.warehouse.unlink()


@contextmanager
def copied_warehouse(project: Project, made: Path) -> Iterator["Warehouse"]:
    """The project's warehouse, a copy of one that was made before; removed in the end."""
    shutil.copy(made, project.warehouse)
    try:
        yield Warehouse(project)
    finally:
        project.warehouse.unlink()


class Warehouse:
    """A file with a small shop, in which rows can be spoiled behind the back of the increments.

    Attributes:
        statements: What dbt ran in it.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self.statements: list[str] = []

    def execute(self, *statements: str) -> None:
        """Runs statements; the file is closed again."""
        with duckdb.connect() as connection:
            connection.execute(f"attach {quoted(self._project.warehouse)} as {DATABASE}")
            connection.execute(f"use {DATABASE}")
            for statement in statements:
                connection.execute(statement)

    def rows(self, *relations: str) -> list[list[tuple[object, ...]]]:
        """The contents of relations, sorted."""
        with duckdb.connect(self._project.warehouse, read_only=True) as connection:
            return [
                connection.execute(f"from {name} order by all").fetchall() for name in relations
            ]

    def passes(self, *tests: str) -> set[str]:
        """Which of the tests pass when dbt runs them."""
        return self.dbt("test", "--select", *tests)

    def passes_with(self, code: str, test: str) -> bool:
        """Whether a test passes where the dbt project's digest is this."""
        return self.dbt("test", "--vars", f"{{code: {code}}}", "--select", test) == {test}

    def dbt(self, *arguments: str) -> set[str]:
        """The models and tests that come to a good end when dbt runs."""
        try:
            runner = dbtRunner(manifest=parse(self._project), callbacks=[self._listen])
            outcome = runner.invoke(["--quiet", "--log-level-file", "none", *arguments])
        finally:
            close_warehouse()
        return {
            run.node.name
            for run in outcome.result
            if run.status in ("pass", "success") and run.node.resource_type in ("model", "test")
        }

    def _listen(self, event: EventMsg) -> None:
        if event.info.name == "SQLQuery":
            self.statements.append(event.data.sql)
