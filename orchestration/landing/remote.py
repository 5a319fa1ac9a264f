"""Files behind a URL, copied to this machine when they have changed there.

Any file system of fsspec will do. A copy is known by what the remote side says of the file (its
ETag, checksum, or size and time of change), so that nothing is fetched twice; from there on it is a
local file like any other, known by content.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from orchestration.connections.clear_text import check_location
from orchestration.connections.secrets import Secrets
from orchestration.errors import PortraitError
from orchestration.project import Project

_CHECKSUMS = ("ETag", "etag", "Content-MD5", "content_md5", "md5Hash", "checksum", "Digest")
_TIMES = ("mtime", "LastModified", "Last-Modified", "last_modified", "updated", "modified")

# Name within the location → its path on the remote side, and what that side says of it.
_Listing = dict[str, tuple[str, Mapping[str, Any]]]


def local_copy(source: str, url: str, patterns: Sequence[Sequence[str]]) -> Path:
    """A local folder that holds what a URL holds, or a local file where the URL is one.

    Args:
        source: The source system, for messages.
        url: The URL; `${NAME}` in it is taken from the environment.
        patterns: For each table the patterns of its files, in the order in which they are tried.

    Raises:
        PortraitError: The URL cannot be read, or holds a secret.
    """
    check_location(f"{source}: the location", url)
    folder = Project.find().landing / "remote" / hashlib.sha256(url.encode()).hexdigest()[:16]
    secrets = Secrets(source)
    # Each file system raises what its own libraries raise: there is no common ancestor.
    with secrets.kept(partial(_unreadable, source, url, secrets)):
        file_system, root = url_to_fs(secrets.fill(url))
        file_system.invalidate_cache()
        if not url.endswith("/") and file_system.isfile(root):
            name = PurePosixPath(urlsplit(url).path or root).name
            _mirror(file_system, {name: (root, file_system.info(root))}, folder)
            return folder / name
        _mirror(file_system, _list(file_system, root, patterns), folder)
    return folder


def _unreadable(source: str, url: str, secrets: Secrets, error: Exception) -> PortraitError:
    said = secrets.strike_out(str(error))  # Before a long message is cut.
    return PortraitError(
        f"{source}: {url} cannot be read: {type(error).__name__} {said}",
        "Look at the address and at the rights to it. A kind of address may need a package: "
        "s3fs for s3://, gcsfs for gs://, aiohttp for https://.",
    )


def _list(
    file_system: AbstractFileSystem, root: str, patterns: Sequence[Sequence[str]]
) -> _Listing:
    """For each table the files of the first pattern that finds some."""
    listing: _Listing = {}
    base = root.rstrip("/")
    for tried in patterns:
        for pattern in tried:
            found = file_system.glob(f"{base}/{pattern}", detail=True)
            files = {path: info for path, info in found.items() if info.get("type") != "directory"}
            listing |= {path[len(base) + 1 :]: (path, info) for path, info in files.items()}
            if files:
                break
    return listing


def _mirror(file_system: AbstractFileSystem, listing: _Listing, folder: Path) -> None:
    """Makes the folder hold exactly the listed files, fetching those that are new or changed."""
    folder.mkdir(parents=True, exist_ok=True)
    index = folder.with_suffix(".json")
    known = _read_index(index)
    stamps = {}
    for name, (path, info) in listing.items():
        copy = folder / name
        if folder not in Path(os.path.normpath(copy)).parents:
            raise PortraitError(f"{path} leads out of its folder.", "Rename it on the other side.")
        stamp = _stamp(info) or _stamp(file_system.info(path))
        if stamp is None or stamp != known.get(name) or not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            part = copy.with_name(copy.name + ".part")
            file_system.get_file(path, str(part))
            part.replace(copy)
        stamps[name] = stamp
    for copy in [path for path in folder.rglob("*") if path.is_file()]:
        if copy.relative_to(folder).as_posix() not in stamps:
            copy.unlink()
    index.write_text(json.dumps(stamps))


def _stamp(info: Mapping[str, Any]) -> str | None:
    """What tells a changed file from an unchanged one; None where the remote side says too little.

    A size alone is too little.
    """
    for name in _CHECKSUMS:
        if info.get(name):
            return f"{name} {info[name]}"
    times = [f"{name} {info[name]}" for name in (*_TIMES, "created") if info.get(name)]
    return f"{info.get('size')} bytes, {times[0]}" if times else None


def _read_index(path: Path) -> dict[str, str | None]:
    try:
        read: dict[str, str | None] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return read
