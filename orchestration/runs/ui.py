"""Dagster's UI as a process group of its own, that ends with whoever started it."""

import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from orchestration.project import Project

_ASK_EVERY_SECONDS = 0.5
# So long its processes may take to end by themselves.
_GRACE_SECONDS = 20


class StoppedError(BaseException):
    """SIGTERM arrived."""


def serve_ui(project: Project, port: int, on_answer: Callable[[str], None]) -> int:
    """Runs Dagster's web server and daemon until they end, or somebody stops this process.

    Args:
        project: The entered project.
        port: Port of the web page on this machine.
        on_answer: Called with the address as soon as the page answers.

    Returns:
        The exit code: that of Dagster; 130 after Ctrl-C, 143 after SIGTERM.
    """
    command = [sys.executable, "-m", "dagster", "dev", "-w", str(project.workspace_file)]
    # Dagster warns that `dagster dev` has a successor, which is in a package of its own.
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    with (
        _raising_on_terminate(),
        # In the checkout: Python would import modules that lie in the user's folder.
        subprocess.Popen(  # noqa: S603
            [*command, "-p", str(port)],
            env=environment,
            cwd=project.root,
            start_new_session=True,
        ) as dagster,
    ):
        address = f"http://127.0.0.1:{port}"
        asking = threading.Thread(target=_announce, args=(dagster, address, on_answer), daemon=True)
        asking.start()
        try:
            return dagster.wait()
        except KeyboardInterrupt:
            return 130
        except StoppedError:
            return 143
        finally:
            _end_group(dagster)


def _announce(
    dagster: "subprocess.Popen[bytes]", address: str, on_answer: Callable[[str], None]
) -> None:
    while dagster.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=5):  # noqa: S310
                on_answer(address)
                return
        except OSError:
            threading.Event().wait(_ASK_EVERY_SECONDS)


def _end_group(leader: "subprocess.Popen[bytes]") -> None:
    """Asks a process and its children to end, and ends those that do not."""
    with suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        leader.wait(_GRACE_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL)


@contextmanager
def _raising_on_terminate() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise StoppedError

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
