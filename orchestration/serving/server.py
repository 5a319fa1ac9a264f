"""The API as a server: where it listens, and who may ask there."""

import ipaddress
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.serving.app import make_app
from orchestration.serving.guard import Guard, Note
from orchestration.serving.keys import KeyRing
from orchestration.serving.limits import RateLimit
from orchestration.serving.versions_open import Versions


def _write(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def serve(project: Project, host: str, port: int, per_second: float) -> None:
    """Answers until it is stopped.

    Args:
        project: Whose published snapshot and keys.
        host: The address to listen on.
        port: Its port.
        per_second: Requests a second that a key may make; four times as many in a burst.

    Raises:
        PortraitError: Nothing is published, or others could ask without a key.
    """
    _log_lines()
    with open_app(project.current, project.api_keys, host, per_second) as app:
        uvicorn.run(
            app,
            host=host,
            port=port,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=10,
        )


@contextmanager
def open_app(
    current: Path, keys_file: Path, host: str, per_second: float, note: Note = _write
) -> Iterator[Guard]:
    """The API for an address, and what it reads, open.

    Raises:
        PortraitError: Nothing is published, or others could ask without a key.
    """
    keys = KeyRing(keys_file)
    is_local = _is_local(host)
    if not is_local and not keys.has_any:
        raise PortraitError(
            f"Others could ask at {host}, and there is no key.",
            "Add one: portrait keys add NAME; or leave --host out.",
        )
    versions = Versions(current)
    try:
        limit = RateLimit(per_second, burst=4 * per_second)
        yield make_app(versions, keys, limit, note, is_local=is_local)
    finally:
        versions.close()


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _log_lines() -> None:
    """What goes wrong is said on standard error; standard output has a line an answer."""
    errors = logging.StreamHandler(sys.stderr)
    errors.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logging.getLogger().addHandler(errors)
    logging.getLogger().setLevel(logging.WARNING)
