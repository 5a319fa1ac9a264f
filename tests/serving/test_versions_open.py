"""Which version answers: the current one, and of one that cannot be opened the one before."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.serving import versions_open
from orchestration.serving.customer_file import CUSTOMERS_FILE, CustomerFile
from orchestration.serving.versions_open import Versions
from tests.serving.served_shop import ROOT, publish


def open_files(folder: Path) -> list[str]:
    """Files below a folder that this process has open, removed ones too."""
    files = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            files.append(str(descriptor.readlink()))
        except OSError:
            continue
    return [file for file in files if file.startswith(str(folder))]


def test_a_reader_keeps_its_version_and_the_last_one_closes_it(tmp_path: Path) -> None:
    published = tmp_path / "published"
    first = publish(published, spend=10)
    versions = Versions(published / "current")
    with versions.borrow() as old:
        second = publish(published, spend=20, kept=1)  # Removes the first.
        with versions.borrow() as new:
            assert (old.name, new.name) == (first, second)
        query = "select max(total_spend) as spend from customer_profiles"
        with old.marts() as marts:
            assert float(marts.rows(query)[0]["spend"]) < 20
        assert old.customers.find("s:1", is_personal=False)
        assert any(first in name for name in open_files(published))
    assert not any(first in name for name in open_files(published))
    assert any(second in name for name in open_files(published))
    assert versions.swap_count == 1
    versions.close()
    assert open_files(published) == []
    with pytest.raises(RuntimeError):
        versions.borrow()


def test_a_version_that_cannot_be_opened_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = tmp_path / "published"
    monkeypatch.setattr(versions_open, "_PATIENCE", 0.0)
    first = publish(published)
    versions = Versions(published / "current")
    publish(published, also=())
    for _ in range(2):
        with versions.borrow() as version:
            assert version.name == first
    assert not versions.is_current() and versions.failure_count == 2
    third = publish(published)
    with versions.borrow() as version:
        assert version.name == third
    assert versions.is_current()
    (published / "current").unlink()
    with versions.borrow() as version:
        assert version.name == third
    versions.close()


def test_nothing_to_answer_from_is_said_at_the_start(tmp_path: Path) -> None:
    published = tmp_path / "published"
    with pytest.raises(PortraitError, match="Nothing has been published yet") as nothing:
        Versions(published / "current")
    assert "make run" in nothing.value.hint
    publish(published, also=())
    with pytest.raises(PortraitError, match=f"{CUSTOMERS_FILE} cannot be read") as older:
        Versions(published / "current")
    assert "portrait run --force" in older.value.hint


def test_a_file_of_other_code_is_refused(tmp_path: Path) -> None:
    published = tmp_path / "published"
    publish(published)
    file = published / "current" / CUSTOMERS_FILE
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma user_version = 99")
        connection.commit()
    with pytest.raises(PortraitError, match="layout is 99"):
        Versions(published / "current")


BUILD = """
import sys
from pathlib import Path
from orchestration.serving import customer_file
from tests.serving.served_shop import publish

def dying(*given):
    print("building", flush=True)
    import time
    time.sleep(60)

inner = customer_file._packed
customer_file._packed = lambda answers: (list(inner(answers)), dying())
publish(Path(sys.argv[1]), spend=99)
"""


def test_a_kill_in_the_middle_of_building_leaves_the_old_one_answering(tmp_path: Path) -> None:
    published = tmp_path / "published"
    first = publish(published)
    versions = Versions(published / "current")
    building = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(published)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert building.stdout and building.stdout.readline() == "building\n"
    assert list(published.glob(f".building-*/{CUSTOMERS_FILE}"))
    os.kill(building.pid, signal.SIGKILL)
    building.wait()
    building.stdout.close()
    with versions.borrow() as version:
        assert version.name == first
    second = publish(published)
    assert not list(published.glob(".building-*"))
    with versions.borrow() as version:
        assert version.name == second
    versions.close()


def test_the_same_marts_make_the_same_file(tmp_path: Path) -> None:
    files = []
    for name in ("one", "other"):
        publish(tmp_path / name)
        files.append((tmp_path / name / "current" / CUSTOMERS_FILE).read_bytes())
    assert files[0] == files[1]


def test_a_shop_without_customers_has_a_file_too(tmp_path: Path) -> None:
    published = tmp_path / "published"
    publish(published, customers=0)
    customers = CustomerFile((published / "current").resolve())
    assert customers.find("s:1", is_personal=True) is None
    customers.close()
