"""API keys: random, shown once, kept as salted hashes in a file of the state folder.

A key has 256 random bits, which nobody can guess one by one; so one pass of BLAKE2b keeps it, where
a password would need a slow hash, and a request does not wait. `prt_<id>_<secret>`: the id finds
the entry, the secret is compared in constant time.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.state.whole_files import write_whole

_PREFIX = "prt"
_FORM = re.compile(rf"{_PREFIX}_([0-9a-f]{{8}})_([A-Za-z0-9_-]{{43}})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SECRET_BYTES, _SALT_BYTES, _DIGEST_BYTES = 32, 16, 32


class Scope(StrEnum):
    """What a key may see."""

    READ = "read"
    PERSONAL = "personal"


SCOPES: Mapping[Scope, str] = {
    Scope.READ: "everything but columns that say who somebody is",
    Scope.PERSONAL: "these too",
}
"""The scopes in words; the second holds the first."""


@dataclass(frozen=True)
class Key:
    """A key, without its secret.

    Attributes:
        name: Who uses it; it stands in the access log.
        key_id: The part of the key that finds it.
        scope: What it may see.
        salt: Of the hash, hexadecimal.
        digest: BLAKE2b of the secret, hexadecimal.
        added_at: When it was made, UTC.
    """

    name: str
    key_id: str
    scope: Scope
    salt: str
    digest: str
    added_at: str


def read_keys(file: Path) -> list[Key] | None:
    """The keys by name; None where none was ever added.

    Raises:
        PortraitError: The file cannot be read.
    """
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["keys"]
        keys = [Key(**{**entry, "scope": Scope(entry["scope"])}) for entry in entries]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise PortraitError(
            f"{file} cannot be read: {error}.",
            "Move it away and add the keys anew: portrait keys add NAME",
        ) from error
    return sorted(keys, key=lambda key: key.name)


def add_key(file: Path, name: str, scope: Scope) -> str:
    """Adds a key and gives it; it cannot be read again.

    Raises:
        PortraitError: The name is none, or taken; or the file cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise PortraitError(
            f"{name} is no name of a key.",
            "Use at most 64 letters, digits, dots, hyphens and underscores.",
        )
    keys = read_keys(file) or []
    if any(key.name == name for key in keys):
        raise PortraitError(
            f"There is a key {name} already.",
            f"Take another name, or remove it first: portrait keys remove {name}",
        )
    key_id, secret = secrets.token_hex(4), secrets.token_urlsafe(_SECRET_BYTES)
    salt = secrets.token_bytes(_SALT_BYTES)
    added_at = datetime.now(UTC).isoformat(timespec="seconds")
    key = Key(name, key_id, scope, salt.hex(), _digest(secret, salt).hex(), added_at)
    _write(file, [*keys, key])
    return f"{_PREFIX}_{key_id}_{secret}"


def remove_key(file: Path, name: str) -> None:
    """Removes a key; from the next request on it opens nothing.

    Raises:
        PortraitError: There is none of this name.
    """
    keys = read_keys(file) or []
    if all(key.name != name for key in keys):
        names = ", ".join(key.name for key in keys) or "none"
        raise PortraitError(f"There is no key {name}.", f"Keys: {names}.")
    _write(file, [key for key in keys if key.name != name])


def _write(file: Path, keys: Sequence[Key]) -> None:
    entries = [asdict(key) for key in sorted(keys, key=lambda key: key.name)]
    write_whole(file, json.dumps({"keys": entries}, indent=2) + "\n")


def _digest(secret: str, salt: bytes) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=_DIGEST_BYTES, salt=salt).digest()


class KeyRing:
    """The keys of a file as they are now: a key that is removed opens nothing from then on."""

    def __init__(self, file: Path) -> None:
        """Reads the file.

        Raises:
            PortraitError: It cannot be read.
        """
        self._file = file
        self._seen = self._stamp()
        self._keys = _by_id(read_keys(file))

    @property
    def is_used(self) -> bool:
        """Whether a key was ever added: then nobody is let in without one."""
        self._refresh()
        return self._keys is not None

    @property
    def has_any(self) -> bool:
        """Whether there is a key that opens something."""
        self._refresh()
        return bool(self._keys)

    def find(self, given: str) -> Key | None:
        """The key that somebody gives; None where it is none."""
        self._refresh()
        parts = _FORM.fullmatch(given)
        if not parts:
            return None
        key = (self._keys or {}).get(parts[1])
        # The same work for an id that nobody has.
        salt, digest = (key.salt, key.digest) if key else ("00" * _SALT_BYTES, "")
        is_right = hmac.compare_digest(_digest(parts[2], bytes.fromhex(salt)).hex(), digest)
        return key if is_right else None

    def _refresh(self) -> None:
        stamp = self._stamp()
        if stamp == self._seen:
            return
        try:
            self._keys = _by_id(read_keys(self._file))
        except PortraitError:  # Nobody is let in by keys that cannot be read.
            self._keys = {}
        self._seen = stamp

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            status = self._file.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


def _by_id(keys: Sequence[Key] | None) -> dict[str, Key] | None:
    return None if keys is None else {key.key_id: key for key in keys}
