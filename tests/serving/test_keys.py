"""Keys: shown once, kept as hashes, gone at once."""

import json
from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.serving.keys import KeyRing, Scope, add_key, read_keys, remove_key


def test_a_key_is_known_and_what_is_not_one_is_not(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    given = add_key(file, "shop", Scope.PERSONAL)
    ring = KeyRing(file)
    found = ring.find(given)
    assert found and (found.name, found.scope) == ("shop", Scope.PERSONAL)
    other = add_key(file, "other", Scope.READ)
    key_id, secret = given.split("_", 2)[1:]
    wrong = [
        *("", "prt", given[:-1], f"{given}x", given.upper(), f"prt_{key_id}_{'A' * 43}"),
        f"prt_{'0' * 8}_{secret}",
        f"prt_{other.split('_')[1]}_{secret}",
    ]
    assert [ring.find(one) for one in wrong] == [None] * len(wrong)
    assert ring.find(other)


def test_the_file_holds_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    secrets = [add_key(file, name, Scope.READ).split("_", 2)[2] for name in ("a", "b")]
    text = file.read_text()
    assert not any(secret in text for secret in secrets)
    entries = json.loads(text)["keys"]
    assert entries[0]["salt"] != entries[1]["salt"]
    assert [key.name for key in read_keys(file) or []] == ["a", "b"]


def test_a_change_counts_at_once(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    ring = KeyRing(file)
    assert not ring.is_used
    given = add_key(file, "shop", Scope.READ)
    assert ring.is_used and ring.find(given)
    remove_key(file, "shop")
    # Nobody is let in because the last key went.
    assert ring.find(given) is None and ring.is_used and not ring.has_any
    file.write_text("{")
    assert ring.is_used and not ring.has_any


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    add_key(file, "shop", Scope.READ)
    for name, message in (("shop", "a key shop already"), ("a b", "no name of a key")):
        with pytest.raises(PortraitError, match=message):
            add_key(file, name, Scope.READ)
    with pytest.raises(PortraitError, match="There is no key till") as unknown:
        remove_key(file, "till")
    assert unknown.value.hint == "Keys: shop."
    file.write_text('{"keys": [{"name": "x"}]}')
    with pytest.raises(PortraitError, match="cannot be read"):
        read_keys(file)
