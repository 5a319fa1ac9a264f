"""Same seed, same bytes: whatever the threads; the same rows whatever the chunks and the size."""

import hashlib
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.simulator.generate import simulate
from orchestration.simulator.plan import Plan, is_made_by

PLAN = Plan(customers=300, days=90, seed=5)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.parquet")
    }


def rows(folder: Path, table: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(f"from '{folder}/{table}*.parquet'").fetchall()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "made"
    simulate(PLAN, folder, threads=1)
    return folder


def test_two_runs_with_different_threads_give_the_same_bytes(tmp_path: Path) -> None:
    # Enough events for several row groups a file: only then do threads share one.
    plan = Plan(customers=5_000, days=240)
    simulate(plan, tmp_path / "one", threads=1)
    simulate(plan, tmp_path / "four", threads=4)
    one = hashes(tmp_path / "one")
    assert len(one) == 24
    with duckdb.connect() as connection:
        groups = connection.execute(
            "select count(distinct row_group_id) "
            f"from parquet_metadata('{tmp_path}/one/raw/app/events-000.parquet')"
        ).fetchall()
    assert groups[0][0] > 1
    assert hashes(tmp_path / "four") == one


def test_chunks_change_no_row(made: Path, tmp_path: Path) -> None:
    counts = simulate(PLAN, tmp_path / "chunked", chunk=110)
    assert len(list((tmp_path / "chunked").glob("raw/app/events-*.parquet"))) == 3
    files = list(made.rglob("*-000.parquet"))
    assert len(files) == 22
    for path in files:
        table = path.relative_to(made).as_posix().removesuffix("000.parquet")
        whole, parts = rows(made, table), rows(tmp_path / "chunked", table)
        if "truth/dirt" in table:
            whole, parts = sorted(whole), sorted(parts)  # type: ignore[type-var]
        assert parts == whole, table
        if table.startswith("raw/"):
            assert counts[table.removeprefix("raw/").removesuffix("-")] == len(whole)


def test_another_seed_gives_other_people(made: Path, tmp_path: Path) -> None:
    simulate(Plan(PLAN.customers, PLAN.days, seed=6), tmp_path / "other")
    before, after = hashes(made), hashes(tmp_path / "other")
    # Campaigns are in the plan of the shop, not drawn.
    assert {name for name in before if before[name] == after[name]} == {
        "raw/campaign_tool/campaigns.parquet"
    }


def test_more_customers_leave_those_before_as_they_are(made: Path, tmp_path: Path) -> None:
    simulate(Plan(600, PLAN.days, PLAN.seed), tmp_path / "more")
    people = rows(tmp_path / "more", "truth/people")
    assert len(people) == 600
    assert people[:300] == rows(made, "truth/people")
    few, many = (len(rows(folder, "raw/web_shop/orders")) for folder in (made, tmp_path / "more"))
    assert 1.6 < many / few < 2.4


def test_an_earlier_simulation_is_replaced_and_nothing_else_is(made: Path, tmp_path: Path) -> None:
    tiny = Plan(customers=3, days=30)
    simulate(Plan(customers=4, days=30), tmp_path / "out")
    simulate(tiny, tmp_path / "out")
    assert is_made_by(tmp_path / "out", tiny) and len(rows(tmp_path / "out", "truth/people")) == 3
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(PortraitError, match="no simulation"):
        simulate(tiny, tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"
