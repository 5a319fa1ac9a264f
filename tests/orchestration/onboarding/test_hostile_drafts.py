"""Whatever names and values a sample holds, its draft is text that dbt renders without acting."""

import csv
import json
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml

from orchestration.errors import PortraitError
from orchestration.onboarding.add import check_name
from orchestration.onboarding.sample import sample_files
from tests.hostile import FILE_NAMES, VALUES
from tests.orchestration.onboarding.conftest import Guesser, write_draft
from tests.orchestration.onboarding.rendering import ENVIRONMENT, rows, stage
from tests.orchestration.onboarding.test_draft import dbt_project  # noqa: F401

HEADER = ["order_id", "customer_id", "order_date", "status", "total"]


def write_orders(path: Path, headers: list[str], values: list[str]) -> Path:
    """Twenty good orders, and one with each value as its status and beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow([*HEADER, *headers])
        for number in range(20):
            writer.writerow([number, f"c{number % 5}", "2024-01-05", "paid", "10.00", *headers])
        for number, value in enumerate(values, start=20):
            cells = [value] * len(headers)
            writer.writerow([number, "c1", "2024-01-06", value, "10.00", *cells])
    return path


def texts_of(value: Any) -> list[str]:
    """All strings within what was read from YAML, names among them."""
    if isinstance(value, dict):
        return [text for item in value.items() for part in item for text in texts_of(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts_of(part)]
    return [value] if isinstance(value, str) else []


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was run while something was rendered."""
    ran: list[str] = []
    monkeypatch.setitem(ENVIRONMENT.globals, "run_query", ran.append)
    return ran


@pytest.mark.parametrize("name", ["orders.csv", *(f"orders {name}.csv" for name in FILE_NAMES)])
def test_a_draft_runs_nothing_whatever_the_file_is_called(
    dbt_project: Path,  # noqa: F811
    guess_at: Guesser,
    tmp_path: Path,
    acts: list[str],
    name: str,
) -> None:
    folder = tmp_path / "data"
    # Of unknown statuses a draft names the most frequent.
    statuses = [*([name.removeprefix("orders ").removesuffix(".csv")] * 2), *VALUES]
    write_orders(folder / name, VALUES, statuses)
    if not name.isprintable():
        with pytest.raises(PortraitError, match="rename the file"), sample_files(folder):
            pass
        return
    sample, guess = guess_at(folder)
    draft = write_draft(dbt_project, "shop", sample, guess, "UTC")
    plain = jinja2.Environment(undefined=jinja2.StrictUndefined)
    for path, text in draft.files.items():
        if path.suffix == ".sql":
            ENVIRONMENT.from_string(text).render()
        elif path.parent == draft.folder:
            for part in texts_of(yaml.safe_load(text)):
                assert plain.from_string(part).render() == part
    assert acts == []
    (pattern,) = yaml.safe_load(draft.files[draft.folder / "_sources.yml"])["sources"][0]["tables"][
        0
    ]["config"]["meta"]["portrait"]["files"]
    assert [path.name for path in folder.glob(pattern)] == [name]
    staged = stage(sample, guess)["orders"]
    assert len(rows(sample.connection, staged, "source_order_id")) == 20 + len(statuses)


@pytest.mark.parametrize("name", ["yes", "off", "no", *VALUES])
def test_a_hostile_name_of_a_source_is_refused(name: str) -> None:
    with pytest.raises(PortraitError, match="cannot be the name of a source"):
        check_name(name)


def test_hostile_keys_of_json_are_columns_or_are_named(guess_at: Guesser, tmp_path: Path) -> None:
    keys = [value for value in VALUES if value.strip()]
    rows_written = [
        {"order_id": number, "order_date": "2024-01-05", "total": 1, "customer_id": "c", **extra}
        for number, extra in enumerate([dict.fromkeys(keys, "x")] * 20)
    ]
    (tmp_path / "orders.jsonl").write_text("\n".join(map(json.dumps, rows_written)))
    sample, _ = guess_at(tmp_path)
    (table,) = sample.tables
    named = {column.name for column in table.columns} | set(table.left_out)
    assert len(named) == len(keys) + 4
