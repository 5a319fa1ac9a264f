"""Whenever a run is killed, what was published can be read, and the next run repairs the rest.

`make kills` kills a run at 50 moments, `make test` at a few of them.
"""

import os
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, command_environment, run_portrait
from tests.e2e.daily_shop import contents, snapshot, write_days
from tests.e2e.forked import run_python

KILLS = int(os.environ.get("PORTRAIT_KILLS", "3"))
# Every second of the kills between two statements is one in the midst of a statement.
MILLISECONDS_LATER = 4
BEFORE, NOW = 60, 70
# What dbt writes for people only, and what the log says.
NOT_READ = ("dbt/compiled/", "dbt/run/", "logs/")


@dataclass(frozen=True)
class Shop:
    """A shop with a published snapshot and new files.

    Attributes:
        data: Its files.
        home: Its state before the run.
        moments: What the run does, in order; from 1 on.
        before: What was published.
        after: What the run publishes.
    """

    data: Path
    home: Path
    moments: list[str]
    before: dict[object, object]
    after: dict[object, object]

    @property
    def run(self) -> list[str]:
        """The arguments of the run; it writes the choice of sources too."""
        return ["run", "--source", f"online_retail={self.data}"]


def die(home: Path, number: int, milliseconds: int, file: Path, run: Sequence[str]) -> int:
    """The exit code of a run that dies at a moment, or lives."""
    finished = run_python(
        "import sys; from tests.e2e.dying import die_at; die_at(*sys.argv[1:])",
        *(str(number), str(milliseconds), str(file), *run),
        env=command_environment(home),
        cwd=ROOT,
    )
    assert finished.returncode in (0, -signal.SIGKILL), finished.stdout + finished.stderr
    return finished.returncode


def copy_state(home: Path, copy: Path) -> None:
    """Copies a state folder, and what the user wrote beside it."""
    shutil.copytree(home, copy, symlinks=True)
    shutil.copytree(home.with_name(f"{home.name}-own"), copy.with_name(f"{copy.name}-own"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("killed")
    shop = Shop(folder / "data", folder / "home", [], {}, {})
    write_days(shop.data, 0, BEFORE)
    assert run_portrait(shop.home, *shop.run).returncode == 0
    shop.before.update(contents(shop.home))
    write_days(shop.data, BEFORE, NOW)
    clean, moments = folder / "clean", folder / "moments"
    copy_state(shop.home, clean)
    assert die(clean, 0, 0, moments, shop.run) == 0
    shop.moments.extend(moments.read_text().splitlines())
    shop.after.update(contents(clean))
    assert shop.before != shop.after
    return shop


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


@pytest.mark.parametrize("kill", range(KILLS))
def test_a_killed_run_loses_nothing(shop: Shop, tmp_path: Path, kill: int) -> None:
    number = numbers_to_die_at(shop.moments, KILLS)[kill]
    moment = shop.moments[number - 1]
    is_in_the_midst = kill % 2 == 1 and not moment.startswith(("open ", "os."))
    later = MILLISECONDS_LATER if is_in_the_midst else 0
    home = tmp_path / "home"
    copy_state(shop.home, home)
    code = die(home, number, later, tmp_path / "moments", shop.run)
    # It may have ended before a kill in the midst of its last statement.
    assert code == -signal.SIGKILL or later, moment
    assert contents(home) in (shop.before, shop.after), moment
    repaired = run_portrait(home, "run")
    assert repaired.returncode == 0, moment + repaired.stdout + repaired.stderr
    assert contents(home) == shop.after, moment
    # Every mart can be read, and nothing that was half made lies about.
    for (table,) in snapshot(home, "select table_name from run_manifest"):
        snapshot(home, f'select * from "{table}"')
    assert not list((home / "published").glob(".building*"))
    assert not list((home / "landing").glob("copies-*"))
