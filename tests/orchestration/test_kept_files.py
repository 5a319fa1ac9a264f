"""What all state folders share: the same bytes or nothing, and few files."""

import os
from pathlib import Path

import pytest

from orchestration.state import kept_files
from orchestration.state.kept_files import keep, read_kept


def test_what_was_kept_is_read_whatever_else_was_kept(tmp_path: Path) -> None:
    folder = tmp_path / "shared" / "parsed"
    assert read_kept(folder, "a") is None
    keep(folder, "a", b"first")
    keep(folder, "b", b"second")
    keep(folder, "a", b"third")
    assert (read_kept(folder, "a"), read_kept(folder, "b")) == (b"third", b"second")
    assert read_kept(folder, "c") is None


@pytest.mark.parametrize("harm", [b"", b"short", None])
def test_damaged_bytes_are_none(tmp_path: Path, harm: bytes | None) -> None:
    keep(tmp_path, "a", b"content")
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"T" if harm is None else harm)
    assert read_kept(tmp_path, "a") is None
    keep(tmp_path, "a", b"content")
    assert read_kept(tmp_path, "a") == b"content"


def test_the_folder_is_the_users_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    keep(tmp_path / "parsed", "a", b"content")
    os.umask(before)
    assert (tmp_path / "parsed").stat().st_mode & 0o777 == 0o700


def test_where_others_may_write_nothing_is_read_or_kept(tmp_path: Path) -> None:
    keep(tmp_path, "a", b"content")
    tmp_path.chmod(0o777)
    assert read_kept(tmp_path, "a") is None
    keep(tmp_path, "b", b"content")
    tmp_path.chmod(0o700)
    assert read_kept(tmp_path, "b") is None


def test_what_belongs_to_somebody_else_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path, "a", b"content")
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    assert read_kept(tmp_path, "a") is None


def test_what_was_not_read_for_longest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_files, "_MOST_FILES", 2)
    for age, name in ((30, "old"), (20, "unread")):
        keep(tmp_path, name, name.encode())
        for file in tmp_path.iterdir():
            os.utime(file, (file.stat().st_mtime - age,) * 2)
    assert read_kept(tmp_path, "old")
    keep(tmp_path, "new", b"new")
    assert read_kept(tmp_path, "old") and read_kept(tmp_path, "new")
    assert read_kept(tmp_path, "unread") is None


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep(tmp_path / "file" / "parsed", "a", b"content")
    assert read_kept(tmp_path / "file" / "parsed", "a") is None


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(part: Path, content: bytes) -> None:
        part.touch()
        raise OSError("The disk is full")

    monkeypatch.setattr(Path, "write_bytes", full)
    keep(tmp_path, "a", b"content")
    assert list(tmp_path.iterdir()) == []
