"""How a command ends when something is wrong."""

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from orchestration.console import make_console, print_error
from orchestration.errors import PortraitError, full_disk


@contextmanager
def telling_errors() -> Iterator[None]:
    """A user's error is two lines on stderr and exit code 2, never a traceback."""
    # A log that cannot be written, on a full disk, is no reason for a traceback of its own.
    logging.raiseExceptions = False
    told: PortraitError | None = None
    try:
        yield
    except Exception as error:
        cause = full_disk(error) or error
        if not isinstance(cause, PortraitError):
            raise
        # A copy: the error itself holds the frames it came through, and they open connections.
        told = PortraitError(cause.message, cause.hint)
    except KeyboardInterrupt:
        click.echo("Stopped. The last published snapshot stays as it is.", err=True)
        _exit(130)
    if told:
        print_error(make_console(stderr=True), told)
        _exit(2)


def _exit(code: int) -> None:
    """Ends the process; at once where dbt's thread may still be at work in a query.

    DuckDB recovers by itself from such an end; Python's own would wait or abort.
    """
    from orchestration.warehouse.opening import DBT_THREAD

    if DBT_THREAD not in {thread.name for thread in threading.enumerate()}:
        sys.exit(code)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
