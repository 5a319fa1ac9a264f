"""What a build that failed says, and what to do about it."""

from pathlib import Path

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.runs import job
from orchestration.warehouse.build_outcome import NodeFailure, raise_failures


def test_many_failures_are_told_in_few_sentences() -> None:
    failures = [NodeFailure(f"marts.m{i}", "model", "broken", None, None) for i in range(5)]
    with pytest.raises(PortraitError) as error:
        raise_failures(failures, None, Path("dbt.log"))
    assert error.value.message.count("failed") == 4
    assert error.value.message.endswith("And 2 more failed.")


def test_what_lacked_memory_can_have_more() -> None:
    message = "Out of Memory Error: failed to pin block of size 256.0 KiB (3.7 GiB/3.7 GiB used)"
    failures = [NodeFailure("marts.m", "model", message, None, None)]
    with pytest.raises(PortraitError) as error:
        raise_failures(failures, None, Path("dbt.log"))
    assert "3.7 GiB used" in error.value.message
    assert error.value.hint.startswith("Give DuckDB more, such as PORTRAIT_MEMORY_LIMIT=")


def test_a_step_that_lacked_memory_can_have_more_too(tmp_path: Path) -> None:
    project = Project(tmp_path, tmp_path)
    project.run_log.parent.mkdir(parents=True, exist_ok=True)
    with pytest.raises(PortraitError) as error, job._telling_errors(project):
        try:
            raise duckdb.OutOfMemoryException("Out of Memory Error: 3.7 GiB used")
        except duckdb.Error as why:
            raise RuntimeError("a step") from why
    assert "3.7 GiB used" in error.value.message
    assert error.value.hint.startswith("Give DuckDB more, such as PORTRAIT_MEMORY_LIMIT=")
