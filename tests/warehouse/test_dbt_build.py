"""dbt itself, on an empty warehouse: every model builds and every unit test passes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg

from orchestration.entering import entered
from orchestration.project import Project
from orchestration.warehouse.dbt_in_process import close_warehouse

WORSE_THAN_INFO = {"warn", "error"}


@pytest.fixture
def empty_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """This checkout with a state folder in which nothing has been done."""
    with entered(replace(Project.find(), home=tmp_path_factory.mktemp("empty"))) as project:
        yield project


def test_an_empty_warehouse_builds_without_a_warning_and_unit_tests_pass(
    empty_project: Project,
) -> None:
    complaints: list[str] = []

    def listen(event: EventMsg) -> None:
        if event.info.level in WORSE_THAN_INFO:
            complaints.append(f"{event.info.name}: {event.info.msg}")

    try:
        outcome = dbtRunner(callbacks=[listen]).invoke(
            ["--quiet", "--log-level-file", "none", "build"]
        )
    finally:
        close_warehouse()
    assert complaints == []
    assert outcome.success
    passed = [run.node.resource_type for run in outcome.result if run.status == "pass"]
    assert passed.count("unit_test") > 100 and passed.count("test") > 80
