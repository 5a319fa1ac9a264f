"""A shop after a run in summer and one in winter, made once for all tests of a session.

Tests that run side by side share its folder: nobody changes the files and what was before.
"""

import os
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from tests.e2e.conftest import ROOT, command_environment, run_portrait
from tests.e2e.daily_shop import write_days
from tests.e2e.forked import run_python

SUMMER, WINTER = 200, 300


@dataclass(frozen=True)
class TwoSeasons:
    """A shop with files of all days until winter.

    Attributes:
        data: Its files.
        summer: Its state after a run in summer; to be copied.
        winter: Its state after another one; past days may be published there.
        moments: What the second run did, in order; from 1 on.
    """

    data: Path
    summer: Path
    winter: Path
    moments: Path

    @property
    def run(self) -> list[str]:
        """The arguments of a run; it writes the choice of sources too."""
        return ["run", "--source", f"online_retail={self.data}"]


@pytest.fixture(scope="session")
def two_seasons(tmp_path_factory: pytest.TempPathFactory) -> TwoSeasons:
    """Made by the first process of the session that asks for it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "two_seasons"
    paths = (folder / name for name in ("data", "summer", "winter", "moments"))
    shop = TwoSeasons(*paths)
    with FileLock(f"{folder}.lock"):
        # It is written last.
        if not shop.moments.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            _make(shop)
    return shop


def _make(shop: TwoSeasons) -> None:
    write_days(shop.data, 0, SUMMER)
    finished = run_portrait(shop.summer, *shop.run)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    write_days(shop.data, SUMMER, WINTER)
    copy_state(shop.summer, shop.winter)
    assert die(shop.winter, 0, 0, shop.moments, shop.run) == 0


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
