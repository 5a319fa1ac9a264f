"""A copy in UTF-8 says what the file says, from its first byte to its last."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.errors import PortraitError
from orchestration.landing import text as module
from orchestration.landing.files import DataFile
from orchestration.landing.text import as_utf8
from orchestration.warehouse.options import ReadOptions

LETTERS = {
    **dict.fromkeys(("gb18030", "utf-16-le", "utf-32-be", "utf-7"), "a+,\n\ré南😀"),
    **dict.fromkeys(("shift_jis", "big5", "euc_kr"), "a+,\n\r南京"),
}


def utf8_of(folder: Path, content: bytes, encoding: str) -> str:
    path, scratch = folder / "a.csv", folder / "scratch"
    path.write_bytes(content)
    scratch.mkdir(exist_ok=True)
    file = DataFile(path, "a.csv", "csv", "a.csv")
    return as_utf8(file, ReadOptions(encoding=encoding), scratch).read_bytes().decode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_the_copy_is_the_text_wherever_its_pieces_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    encoding = data.draw(st.sampled_from(sorted(LETTERS)))
    text = data.draw(st.text(LETTERS[encoding], min_size=1, max_size=9))
    with monkeypatch.context() as patch:
        patch.setattr(module, "_PIECE", data.draw(st.integers(1, 7)))
        pack = data.draw(st.sampled_from([bytes, gzip.compress]))
        assert utf8_of(tmp_path, pack(text.encode(encoding)), encoding) == text


@pytest.mark.parametrize("encoding", ["gb18030", "shift_jis", "utf-16-le", "utf-32-be"])
def test_a_file_that_ends_within_a_character_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(PortraitError, match=f"is not {encoding.upper()}"):
        utf8_of(tmp_path, "customer\n南京".encode(encoding)[:-1], encoding)


@pytest.mark.parametrize("piece", [4, 5, 100])
def test_a_wrong_byte_is_named_by_its_place_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(module, "_PIECE", piece)
    with pytest.raises(PortraitError, match="at byte 9"):
        utf8_of(tmp_path, b"customer\n\x81", "cp1252")
