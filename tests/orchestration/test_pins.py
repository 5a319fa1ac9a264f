"""The file of versions that the user has chosen: read as it was written, or refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.modelling.pinning import pin_to_take_back
from orchestration.modelling.pins import Pin, pin_version, read_pins


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "own" / "pinned_models.yml"


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("pinned: [", "cannot be read"),
        ("version: 2", "does not begin with version: 1"),
        ("pinned: repurchase", "pinned is no list"),
        ("pinned: [repurchase]", "entry 1 of pinned names no version"),
        ("pinned: [{shop: s, colour: red}]", "has colour, which is no word of it"),
        ("pinned: [{shop: s, prediction: p}]", "entry 1 does not say model_version"),
        (
            "pinned: [{shop: s, prediction: p, model_version: 12, file: models/a, sha256: b}]",
            "model_version of entry 1 is no text: put it in quotes",
        ),
        (
            "pinned: [{shop: s, prediction: p, model_version: v, file: ../../a, sha256: b}]",
            "file of entry 1 does not lie in models/",
        ),
        (
            "pinned: [{shop: s, prediction: p, model_version: v, file: models/a, sha256: b, "
            "made_on: May}]",
            "made_on of entry 1 is no day",
        ),
        (
            "pinned:\n"
            + 2 * "- {shop: s, prediction: p, model_version: v, file: models/a, sha256: b}\n",
            "p of s is pinned twice",
        ),
    ],
)
def test_a_file_that_says_nothing_clear_is_refused(file: Path, text: str, because: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(PortraitError, match=because) as raised:
        read_pins(file)
    assert str(file) in raised.value.message


def test_what_is_written_is_read(file: Path) -> None:
    first = Pin(
        "s", "repurchase", "0123456789ab", "models/a.skops", "c", date(2024, 5, 1), "why: so"
    )
    second = Pin("a", "churn", "123456789012", "models/b.skops", "d")
    pin_version(file, first, b"a")
    pin_version(file, second, b"b")
    assert read_pins(file) == [second, first]
    other = replace(first, model_version="ff", file="models/c.skops")
    pin_version(file, other, b"c")
    assert read_pins(file) == [second, other]
    assert sorted(path.name for path in file.parent.glob("models/*")) == ["b.skops", "c.skops"]
    assert pin_to_take_back(file, "lapse", None) is None
    assert pin_to_take_back(file, "churn", "s") is None
