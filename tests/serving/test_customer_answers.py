"""Answers are made some at a time, and are those that are made at once."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.reading import Snapshot
from orchestration.publishing.snapshot import MARTS_FILE
from orchestration.quoting import quoted
from orchestration.serving import customer_answers
from orchestration.serving.customer_answers import PARTS, PROFILES, REASONS, Answer


def batches(folder: Path) -> list[Sequence[Answer]]:
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(folder / MARTS_FILE)} as marts (read_only); use marts")
        return list(customer_answers.customer_answers(Snapshot(connection, folder)))


@pytest.mark.parametrize("is_sorted", [True, False])
def test_some_at_a_time_they_are_what_they_are_at_once(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_sorted: bool
) -> None:
    """Also where rows of a customer lie here and there, and row numbers have gaps."""
    (at_once,) = batches(published / "current")
    marts = tmp_path / MARTS_FILE
    shutil.copyfile(published / "current" / MARTS_FILE, marts)
    if not is_sorted:
        with duckdb.connect(marts) as connection:
            for mart in (PROFILES, REASONS, *PARTS):
                connection.execute(
                    f"create temp table held as from {mart} order by hash({mart}::varchar);"
                    f" delete from {mart}; insert into {mart} from held; drop table held"
                )
    monkeypatch.setattr(customer_answers, "_BATCH", 2)
    some = batches(tmp_path)
    assert len(some) >= len(at_once) / 2 > 1
    answers = [answer for batch in some for answer in batch]
    assert sorted(answers) == sorted(at_once)
    assert (answers == at_once) == is_sorted
