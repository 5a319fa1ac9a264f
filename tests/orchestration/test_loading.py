"""What is loaded is never looked through for garbage, and all else is again."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from orchestration.loading import loading


@pytest.fixture(autouse=True)
def unfrozen() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_loaded_is_left_out_and_what_comes_later_is_not() -> None:
    with loading():
        assert not gc.isenabled()
        with loading():
            loaded: list[object] = [[]]
        assert not gc.isenabled()
    assert gc.isenabled()
    later: list[object] = [[]]
    looked_at = {id(one) for one in gc.get_objects()}
    assert id(loaded) not in looked_at and id(later) in looked_at


def test_an_error_while_loading_leaves_nothing_off() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()


def test_who_looks_for_no_garbage_does_not_afterwards_either() -> None:
    gc.disable()
    try:
        with loading():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


LOADS = """
import duckdb
from orchestration.loading import loading
with loading():
    duckdb.connect().execute("select 1").fetchall()
    circle = [duckdb.connect()]
    circle.append(circle)
"""


def test_what_is_loaded_is_freed_at_the_end() -> None:
    """Else DuckDB's binding writes a page about what leaked, behind whatever a command says."""
    ended = subprocess.run(
        [sys.executable, "-c", LOADS], capture_output=True, text=True, check=True
    )
    assert (ended.stdout, ended.stderr) == ("", "")
