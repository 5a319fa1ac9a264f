"""dbt's unit tests in this process, on a warehouse of empty tables: a second for a mistake."""

from collections.abc import Sequence
from typing import Any

from dbt.cli.main import dbtRunner

from orchestration.project import Project
from orchestration.warehouse.dbt_in_process import close_warehouse
from tests.mutants.outcome import Verdict, verdict_of

_QUIET = ("--log-level", "none", "--log-level-file", "none", "--no-write-json")


def build_empty_warehouse(project: Project) -> Verdict:
    """Makes every table, and runs every unit test once."""
    return _dbt(project, "build")


def run_unit_tests(project: Project, models: Sequence[str]) -> Verdict:
    """Runs the unit tests of some models; dbt reads again what has changed."""
    return _dbt(project, "test", "--select", *(f"{model},test_type:unit" for model in models))


def _dbt(project: Project, *arguments: str) -> Verdict:
    """Invokes dbt on the folders that the environment names."""
    try:
        outcome = dbtRunner().invoke(
            [*_QUIET, *arguments, "--project-dir", str(project.dbt_project)]
        )
    finally:
        close_warehouse()
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    if outcome.exception is not None:
        return verdict_of([f"Compilation Error: {outcome.exception}"])
    results: Any = outcome.result
    failed = [run for run in results if run.status in ("error", "fail")]
    return verdict_of([f"{run.node.name}: {run.message}" for run in failed])
