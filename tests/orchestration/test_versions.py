"""Publishing is one swap: readers see the old version or the new one, whole."""

import errno
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.publishing import versions as module
from orchestration.publishing.versions import check_published, kept_versions, new_version

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
READER = """
import sys, duckdb
for number in range(80):
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        rows = connection.execute(
            "select (select count(*) from first) - (select count(*) from second)"
        ).fetchall()
    assert rows == [(0,)], rows
    if number == 0:
        print("reading", flush=True)
"""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "published"


def names(published: Path) -> list[str]:
    return sorted(path.name for path in published.iterdir())


def publish(published: Path, text: str, at: datetime = NOON, kept: int = 3) -> None:
    with new_version(published, at, kept) as folder:
        (folder / "marts.duckdb").write_text(text)


def current(published: Path) -> str:
    return (published / "current" / "marts.duckdb").read_text()


def texts(published: Path) -> list[str]:
    """What the versions hold, in the order of their names."""
    return [file.read_text() for file in sorted(published.glob("[!c]*/marts.duckdb"))]


def named_by_time(published: Path, hour: int) -> None:
    """A version as it was published before versions were numbered."""
    folder = published / f"20240101T{hour:02}0000000000Z"
    folder.mkdir(parents=True)
    (folder / "marts.duckdb").write_text(f"at {hour}")


def test_the_newest_three_versions_are_kept_and_sorted(published: Path) -> None:
    for hour in range(5):
        publish(published, str(hour), NOON + timedelta(hours=hour))
    assert current(published) == "4"
    assert names(published) == [
        "current",
        "v000003-20240101T140000Z",
        "v000004-20240101T150000Z",
        "v000005-20240101T160000Z",
    ]


def test_a_clock_that_goes_back_makes_no_version_old(published: Path) -> None:
    for number, hour in enumerate((0, 1, 2, -3, -2, 3)):
        publish(published, str(number), NOON + timedelta(hours=hour))
        assert current(published) == str(number)
    assert texts(published) == ["3", "4", "5"]


def test_publishes_of_one_moment_are_versions_of_their_own(published: Path) -> None:
    for text in "abc":
        publish(published, text)
    assert texts(published) == ["a", "b", "c"]
    assert current(published) == "c"


def test_numbers_are_numbers_beyond_their_digits(published: Path) -> None:
    for number in (999_998, 999_999):
        folder = published / f"v{number}-20240101T120000Z"
        folder.mkdir(parents=True)
        (folder / "marts.duckdb").write_text(str(number))
    (published / "current").symlink_to("v999999-20240101T120000Z")
    for text in "abc":
        publish(published, text)
        assert current(published) == text
    numbers = [name.split("-")[0] for name in names(published)]
    assert numbers == ["current", "v1000000", "v1000001", "v1000002"]


def test_versions_that_are_named_by_their_time_are_the_oldest(published: Path) -> None:
    for hour in (9, 10, 11):
        named_by_time(published, hour)
    (published / "current").symlink_to("20240101T110000000000Z")
    publish(published, "new", NOON - timedelta(days=9))
    assert current(published) == "new"
    assert texts(published) == ["at 10", "at 11", "new"]
    publish(published, "newer", NOON - timedelta(days=9))
    assert texts(published) == ["at 11", "new", "newer"]


def test_the_current_version_is_never_removed(published: Path) -> None:
    for text in "abc":
        publish(published, text)
    first = names(published)[1]
    (published / "current").unlink()
    (published / "current").symlink_to(first)
    module._prune(published, 1)
    assert texts(published) == ["a"]


def test_a_lost_version_does_not_give_its_number_away(published: Path) -> None:
    for text in "ab":
        publish(published, text)
    shutil.rmtree((published / "current").resolve())
    publish(published, "c")
    assert [name[:7] for name in names(published)] == ["current", "v000001", "v000003"]


def test_what_is_no_version_stays(published: Path) -> None:
    (published / "as_of" / "2024-01-01").mkdir(parents=True)
    (published / "v000009 of mine").mkdir()
    for text in "abcd":
        publish(published, text, kept=1)
    assert names(published) == ["as_of", "current", "v000004-20240101T120000Z", "v000009 of mine"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_while_building_leaves_the_old_version(
    published: Path, error: type[BaseException]
) -> None:
    publish(published, "old")
    with pytest.raises(error), new_version(published, NOON) as folder:
        (folder / "marts.duckdb").write_text("half")
        raise error
    assert current(published) == "old"
    assert names(published) == ["current", "v000001-20240101T120000Z"]


class Killed(BaseException):
    """Stands for the end of the process: nothing is done after it."""


def stop_at(patch: pytest.MonkeyPatch, number: int, *, is_killed: bool) -> list[str]:
    """Lets file operation `number` fail, and with `is_killed` all that follow; lists them."""
    done: list[str] = []

    def stopping(name: str, operation: Callable[..., object]) -> Callable[..., object]:
        def stop(*arguments: object, **options: object) -> object:
            done.append(name)
            if is_killed and len(done) > number:
                raise Killed
            if len(done) == number + 1:
                raise OSError(errno.EIO, "Input/output error")
            return operation(*arguments, **options)

        return stop

    for name in ("mkdir", "rename", "replace", "symlink", "unlink", "rmdir", "fsync"):
        patch.setattr(os, name, stopping(name, getattr(os, name)))
    return done


@pytest.mark.parametrize("is_killed", [False, True])
def test_wherever_a_publish_stops_readers_have_a_version_and_the_next_one_repairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_killed: bool
) -> None:
    stopped: list[tuple[str, ...]] = []
    for number in itertools.count():
        published = tmp_path / str(number)
        for text in "abc":
            publish(published, text)
        (published / ".building-v000003-of-a-killed-run").mkdir()
        (published / ".building-current").symlink_to("nowhere")
        with monkeypatch.context() as patch:
            done = stop_at(patch, number, is_killed=is_killed)
            with suppress(OSError, Killed):
                publish(published, "d")
        assert current(published) in ("c", "d")
        stopped.append((*done[number : number + 1], current(published)))
        before = ["b", "c"] if current(published) == "c" else ["c", "d"]
        publish(published, "e")
        assert texts(published) == [*before, "e"]
        assert current(published) == "e"
        assert len(names(published)) == 4
        if len(done) <= number:
            break
    assert {("rename", "c"), ("symlink", "c"), ("replace", "c")} <= set(stopped)
    assert {("fsync", "d"), ("rename", "d"), ("unlink", "d"), ("rmdir", "d")} <= set(stopped)


def test_all_is_on_the_disk_before_it_has_a_name(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        done = stop_at(patch, 99, is_killed=True)
        publish(published, "a")
    # The file and its folder, before the version has its name; the link at the end.
    assert done[-6:] == ["fsync", "fsync", "rename", "symlink", "replace", "fsync"]


def test_what_lies_in_folders_of_a_version_is_on_the_disk_too(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        done = stop_at(patch, 99, is_killed=True)
        with new_version(published, NOON) as folder:
            (folder / "part").mkdir()
            (folder / "part" / "0.parquet").write_text("rows")
    # The file, its folder and the version's.
    assert done[-7:] == ["fsync", "fsync", "fsync", "rename", "symlink", "replace", "fsync"]


def test_an_old_version_that_cannot_be_removed_stops_nothing(
    published: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for text in "abc":
        publish(published, text)

    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", refuse)
        publish(published, "d")
    assert current(published) == "d"
    assert "The old version" in caplog.text and "Permission denied" in caplog.text
    publish(published, "e")
    assert texts(published) == ["c", "d", "e"]


def test_a_reader_with_the_old_version_open_keeps_reading(published: Path) -> None:
    def publish_number(number: int) -> None:
        with (
            new_version(published, NOON + timedelta(hours=number)) as folder,
            duckdb.connect(folder / "marts.duckdb") as connection,
        ):
            connection.execute(f"create table numbers as select {number} as number")

    publish_number(0)
    link = published / "current"
    with duckdb.connect(link.resolve() / "marts.duckdb", read_only=True) as old:
        for number in range(1, 6):
            publish_number(number)
        assert old.execute("select number from numbers").fetchall() == [(0,)]
        with duckdb.connect(link.resolve() / "marts.duckdb", read_only=True) as new:
            assert new.execute("select number from numbers").fetchall() == [(5,)]


def test_a_reader_in_another_process_never_sees_a_mixture(published: Path) -> None:
    def publish_rows(number: int) -> None:
        with (
            new_version(published, NOON + timedelta(hours=number)) as folder,
            duckdb.connect(folder / "marts.duckdb") as connection,
        ):
            connection.execute(f"create table first as from range({number})")
            connection.execute(f"create table second as from range({number})")

    publish_rows(0)
    file = str(published / "current" / "marts.duckdb")
    with subprocess.Popen(
        [sys.executable, "-c", READER, file], stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        number = 0
        while reader.poll() is None:
            number += 1
            publish_rows(number)
    assert reader.returncode == 0


def test_a_folder_that_can_be_published_in_is_left_as_it_is(published: Path) -> None:
    check_published(published)
    assert names(published) == []
    for text in "ab":
        publish(published, text)
    before = names(published)
    check_published(published)
    assert names(published) == before
    assert current(published) == "b"


def no_folder(published: Path) -> None:
    published.write_text("")


def link_to_nowhere(published: Path) -> None:
    published.symlink_to("nowhere")


def folder_in_place_of_the_link(published: Path) -> None:
    (published / "current").mkdir(parents=True)


def file_in_place_of_the_link(published: Path) -> None:
    published.mkdir()
    (published / "current").write_text("")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (no_folder, "published is not a folder"),
        (link_to_nowhere, "published is not a folder"),
        (folder_in_place_of_the_link, "published/current is not a link"),
        (file_in_place_of_the_link, "published/current is not a link"),
    ],
)
def test_what_is_no_published_folder_is_told(
    published: Path, damage: Callable[[Path], None], told: str
) -> None:
    damage(published)
    with pytest.raises(PortraitError, match=told):
        check_published(published)


@pytest.mark.parametrize("operation", ["mkdir", "symlink", "fsync"])
def test_a_folder_that_refuses_what_a_publish_does_is_told(
    published: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    publish(published, "a")

    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(os, operation, refuse)
        with pytest.raises(PortraitError, match="Read-only file system"):
            check_published(published)
    check_published(published)


def test_a_disk_with_less_room_than_the_current_version_takes_is_told(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(published, "12")
    (published / "current" / "part").mkdir()
    (published / "current" / "part" / "0.parquet").write_text("345")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=5))
    check_published(published)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=4))
    with pytest.raises(PortraitError, match="room for 4 bytes; the current version has 5"):
        check_published(published)


@pytest.mark.parametrize(("given", "kept"), [("", 3), ("1", 1), ("10", 10)])
def test_the_user_says_how_many_versions_stay(
    monkeypatch: pytest.MonkeyPatch, given: str, kept: int
) -> None:
    monkeypatch.setenv("PORTRAIT_KEEP", given)
    assert kept_versions() == kept


@pytest.mark.parametrize("given", ["0", "-1", "many", "1.5"])
def test_a_number_of_versions_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("PORTRAIT_KEEP", given)
    with pytest.raises(PortraitError, match="PORTRAIT_KEEP is"):
        kept_versions()
