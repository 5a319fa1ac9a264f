"""What a build that failed says, and what to do about it."""

from pathlib import Path

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.runs import job
from orchestration.warehouse.build_outcome import NodeFailure, raise_failures, warn_of


def test_many_failures_are_told_in_few_sentences() -> None:
    failures = [NodeFailure(f"marts.m{i}", "model", "broken", None, None) for i in range(5)]
    with pytest.raises(PortraitError) as error:
        raise_failures(failures, None, Path("dbt.log"))
    assert error.value.message.count("failed") == 4
    assert error.value.message.endswith("And 2 more failed.")


def test_a_warning_is_told_in_the_words_of_its_test(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    compiled = tmp_path / "assert_rules_say_something.sql"
    compiled.write_text(
        "select 'Rule ' || rule || ' says nothing.' as told from (values (1), (2), (2), (3), (4)) "
        "as rules (rule) -- each row is one"
    )
    warned = NodeFailure("assert_rules_say_something", "test", "Got 5 results", 5, compiled)
    with duckdb.connect() as warehouse:
        warn_of(warehouse, [warned])
    assert caplog.messages == [
        "Rule 2 says nothing. (2 times)",
        "Rule 1 says nothing.",
        "Rule 3 says nothing.",
        f"And 1 more: {compiled}",
    ]


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
