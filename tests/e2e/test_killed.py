"""Whenever a run is killed, what was published can be read, and the next run repairs the rest.

`make kills` kills a run at 50 moments, `make test` at a few of them.
"""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from tests.e2e.conftest import run_portrait
from tests.e2e.daily_shop import CUSTOMERS, contents, snapshot
from tests.e2e.two_seasons import TwoSeasons, copy_state, die, two_seasons  # noqa: F401

KILLS = int(os.environ.get("PORTRAIT_KILLS", "3"))
# The kills of one state folder before a run may end there. Of three the first two share one: the
# run that repairs what an early kill left is killed late.
SERIES = [[0, 1], [2]] if KILLS == 3 else [[kill] for kill in range(KILLS)]
# Every second of the kills between two statements is one in the midst of a statement.
MILLISECONDS_LATER = 4
# What dbt writes for people only, and what the log says.
NOT_READ = ("dbt/compiled/", "dbt/run/", "logs/")


def numbers_to_die_at(moments: Sequence[str], kills: int) -> list[int]:
    """Half of them changes of files, the first and the last among them, half of them statements."""
    is_change = [moment.startswith(("open ", "os.")) for moment in moments]
    changes = [
        number
        for number, moment in enumerate(moments, start=1)
        if is_change[number - 1] and not moment.split(" ")[1].startswith(NOT_READ)
    ]
    statements = [number for number, is_one in enumerate(is_change, start=1) if not is_one]
    return sorted(spread(changes, (kills + 1) // 2) + spread(statements, kills // 2))


def spread(numbers: Sequence[int], count: int) -> list[int]:
    """So many of the numbers, evenly from the first to the last; the middle one, if one only."""
    if count < 2:
        return [numbers[len(numbers) // 2]][:count]
    return [numbers[index * (len(numbers) - 1) // (count - 1)] for index in range(count)]


@pytest.mark.parametrize("kills", SERIES, ids=str)
def test_killed_runs_lose_nothing(
    two_seasons: TwoSeasons,  # noqa: F811
    tmp_path: Path,
    kills: Sequence[int],
) -> None:
    before, after = contents(two_seasons.summer), contents(two_seasons.winter)
    assert before != after
    home = tmp_path / "home"
    copy_state(two_seasons.summer, home)
    marts = (home / "published" / "current" / "marts.duckdb").resolve()
    with duckdb.connect(str(marts), read_only=True) as reader:
        for kill in kills:
            moment = kill_a_run(two_seasons, home, kill)
            assert contents(home) in (before, after), moment
        repaired = run_portrait(home, "run")
        assert repaired.returncode == 0, moment + repaired.stdout + repaired.stderr
        # Who has the old version open keeps reading it.
        ((customers,),) = reader.execute("select count(*) from customer_profiles").fetchall()
        assert customers == CUSTOMERS
    assert contents(home) == after, moment
    # Every mart can be read, and nothing that was half made lies about.
    for (table,) in snapshot(home, "select table_name from run_manifest"):
        snapshot(home, f'select * from "{table}"')
    assert not list((home / "published").glob(".building*"))
    assert not list((home / "landing").glob("copies-*"))


def kill_a_run(shop: TwoSeasons, home: Path, kill: int) -> str:
    """What the run was about to do, or did, when it was killed."""
    moments = shop.moments.read_text().splitlines()
    number = numbers_to_die_at(moments, KILLS)[kill]
    moment = moments[number - 1]
    is_in_the_midst = kill % 2 == 1 and not moment.startswith(("open ", "os."))
    later = MILLISECONDS_LATER if is_in_the_midst else 0
    code = die(home, number, later, home.with_name("moments"), shop.run)
    # It may have ended before a kill in the midst of its last statement.
    assert code == -signal.SIGKILL or later, moment
    return moment
