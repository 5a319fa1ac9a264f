"""Files are written as a whole, or stay as they were."""

from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.state.whole_files import write_whole


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sources.yml"
    write_whole(file, "shop: {path: data}\n")

    def full(part: Path, text: str, encoding: str) -> None:
        part.write_bytes(text.encode(encoding)[:4])
        raise OSError("The disk is full")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(PortraitError, match="full"):
        write_whole(file, "shop: {path: other}\n")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [
        ("sources.yml", "shop: {path: data}\n")
    ]


def test_the_mode_and_the_link_of_a_users_file_stay(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    file, link = tmp_path / "kept" / "sources.yml", tmp_path / "sources.yml"
    file.write_text("")
    file.chmod(0o640)
    link.symlink_to(file)
    write_whole(link, "größer: {}\n")
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == "größer: {}\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["sources.yml"]
