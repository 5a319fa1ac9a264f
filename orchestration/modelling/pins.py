"""Versions of models that the user has chosen: `pinned_models.yml`, with the models beside it.

Which version of which prediction stands there as text, in the folder of what the user wrote; the
model lies in `models/` beside it, so that it outlives the warehouse. Its SHA-256 stands in the
text, and what has another is never unpacked.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import PortraitError
from orchestration.state.decided import read_entries
from orchestration.state.whole_files import write_whole

_VERSION = 1
_FOLDER = "models"
_HEAD = """\
# Versions of models that predictions are made by in place of the latest. `portrait models serve`
# writes it; whoever takes an entry out goes back to the latest. It counts from the next run on.
"""


@dataclass(frozen=True)
class Pin:
    """One choice.

    Attributes:
        shop: The shop.
        prediction: The prediction, as it is declared.
        model_version: The version that is to be gone by.
        file: The model, below the folder of pinned_models.yml.
        sha256: Of the file.
        made_on: The day on which it was chosen.
        note: Why, in the user's words.
    """

    shop: str
    prediction: str
    model_version: str
    file: str
    sha256: str
    made_on: date | None = None
    note: str | None = None


_OPTIONAL = {"made_on", "note"}
_FIELDS = [field.name for field in fields(Pin)]


def read_pins(file: Path) -> list[Pin]:
    """All choices of the file; none where there is no file.

    Raises:
        PortraitError: The file is no file of choices; names the entry.
    """
    entries = read_entries(file, "pinned", _VERSION, _unreadable)
    pins = [_pin(file, place, entry) for place, entry in enumerate(entries, start=1)]
    keys = [(pin.shop, pin.prediction) for pin in pins]
    for shop, prediction in keys:
        if keys.count((shop, prediction)) > 1:
            raise _unreadable(file, f"{prediction} of {shop} is pinned twice")
    return pins


def read_model(file: Path, pin: Pin) -> bytes:
    """The model that a choice names.

    Args:
        file: pinned_models.yml.
        pin: One of its choices.

    Raises:
        PortraitError: It is not there, or is not the one that was chosen.
    """
    path = file.parent / pin.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PortraitError(
            f"{path} cannot be read ({error.strerror}): it is the version {pin.model_version} of "
            f"{pin.prediction} that {file.name} pins for {pin.shop}.",
            _what_to_do(pin),
        ) from error
    if hashlib.sha256(content).hexdigest() != pin.sha256:
        raise PortraitError(
            f"{path} is not the model that was pinned: its SHA-256 is not the one in {file.name}. "
            "It was damaged or exchanged, and is not loaded.",
            _what_to_do(pin),
        )
    return content


def pin_version(file: Path, pin: Pin, content: bytes) -> None:
    """Writes down a choice in place of an earlier one, the model first.

    Raises:
        PortraitError: It cannot be written.
    """
    pins = read_pins(file)
    others = [one for one in pins if (one.shop, one.prediction) != (pin.shop, pin.prediction)]
    write_whole(file.parent / pin.file, content)
    _write(file, [*others, pin])
    _remove_models(file, pins, {one.file for one in [*others, pin]})


def unpin(file: Path, pin: Pin) -> None:
    """Takes a choice back, and removes its model.

    Raises:
        PortraitError: It cannot be written.
    """
    pins = read_pins(file)
    others = [one for one in pins if (one.shop, one.prediction) != (pin.shop, pin.prediction)]
    _write(file, others)
    _remove_models(file, pins, {one.file for one in others})


def pin_of(shop: str, prediction: str, version: str, content: bytes) -> Pin:
    """The choice of a version, with a name for its file that no other content has."""
    sha256 = hashlib.sha256(content).hexdigest()
    file = f"{_FOLDER}/{prediction}-{version}-{sha256[:8]}.skops"
    return Pin(shop, prediction, version, file, sha256)


def _write(file: Path, pins: Iterable[Pin]) -> None:
    entries = [
        {name: value for name, value in asdict(pin).items() if value is not None}
        for pin in sorted(pins, key=lambda pin: (pin.shop, pin.prediction))
    ]
    text = yaml.safe_dump(
        {"version": _VERSION, "pinned": entries}, sort_keys=False, allow_unicode=True
    )
    write_whole(file, _HEAD + text)


def _remove_models(file: Path, pins: Iterable[Pin], staying: set[str]) -> None:
    for pin in pins:
        if pin.file not in staying:
            (file.parent / pin.file).unlink(missing_ok=True)


def _pin(file: Path, place: int, entry: object) -> Pin:
    if not isinstance(entry, dict):
        raise _unreadable(file, f"entry {place} of pinned names no version")
    unknown = [str(name) for name in entry if name not in _FIELDS]
    if unknown:
        raise _unreadable(file, f"entry {place} has {', '.join(unknown)}, which is no word of it")
    values: dict[str, Any] = {}
    for name in _FIELDS:
        value = entry.get(name)
        if name == "made_on":
            if value is not None and type(value) is not date:
                raise _unreadable(file, f"made_on of entry {place} is no day like 2024-05-31")
        elif value is None and name not in _OPTIONAL:
            raise _unreadable(file, f"entry {place} does not say {name}")
        elif value is not None and (not isinstance(value, str) or not value.strip()):
            raise _unreadable(file, f"{name} of entry {place} is no text: put it in quotes")
        values[name] = value
    pin = Pin(**values)
    path = Path(pin.file)
    if path.parent != Path(_FOLDER) or path.name in {"", ".."}:
        raise _unreadable(file, f"file of entry {place} does not lie in {_FOLDER}/")
    return pin


def _what_to_do(pin: Pin) -> str:
    return (
        "Put the file back from your back-up, or go back to the latest version: portrait models "
        f"serve {pin.prediction} latest --shop {pin.shop}"
    )


def _unreadable(file: Path, because: str) -> PortraitError:
    return PortraitError(
        f"{file} cannot be read: {because}.",
        "Put it right, or take the entry out; docs/models.md says how versions are pinned.",
    )
