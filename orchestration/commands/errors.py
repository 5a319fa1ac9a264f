"""How a command ends when something is wrong."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from orchestration.console import make_console, print_error
from orchestration.errors import PortraitError


@contextmanager
def telling_errors() -> Iterator[None]:
    """A user's error is two lines on stderr and exit code 2, never a traceback."""
    try:
        yield
    except PortraitError as error:
        print_error(make_console(stderr=True), error)
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo("stopped; the last published snapshot stays as it is", err=True)
        # No clean-up: a query may still be at work in dbt's thread. DuckDB recovers by itself.
        os._exit(130)
