"""The API as a server: where it listens, and who may ask there."""

import ipaddress
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.serving.app import make_app
from orchestration.serving.guard import Guard, Note
from orchestration.serving.keys import KeyRing
from orchestration.serving.limits import RateLimit
from orchestration.serving.versions_open import Versions

_WAITING = 2048


def _write(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def serve(
    project: Project, host: str, port: int, per_second: float, tell: Callable[[str], object]
) -> None:
    """Answers until it is stopped.

    Args:
        project: Whose published snapshot and keys.
        host: The address to listen on.
        port: Its port; 0: one that is free.
        per_second: Requests a second that a key may make; four times as many in a burst.
        tell: Gets the address, when it listens.

    Raises:
        PortraitError: Nothing is published, or others could ask without a key, or the address is
            not to be had.
    """
    _log_lines()
    with (
        open_app(project.current, project.api_keys, host, per_second) as app,
        _listening(host, port) as listening,
    ):
        tell(_address(listening))
        config = uvicorn.Config(
            app,
            access_log=False,
            log_config=None,
            server_header=False,
            # What a proxy says of others is no reason to take anybody for somebody else.
            proxy_headers=False,
            timeout_graceful_shutdown=10,
        )
        # It ends well by itself, and then says again that it was asked to.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            # From now on who asks waits, and is not refused.
            listening.listen(_WAITING)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise PortraitError(
            f"The API cannot listen at {host}, port {port}: {error.strerror or error}.",
            "Take another port: portrait serve --port 8001",
        ) from error
    return listening


def _address(listening: socket.socket) -> str:
    host, port, *_ = listening.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
