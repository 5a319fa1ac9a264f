"""What a run says while it works: one message a finished step, sent through Python's logging.

Whoever is interested listens to the logger: the `portrait` command prints its messages, and
Dagster's UI shows them among the events of the run (`managed_python_loggers` in dagster.yaml).
What dbt does with each of its nodes is too much for both: `details` goes to the run's log alone.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from orchestration.quoting import abridged, plain_line, plain_lines

_LONGEST = 2_000
_LEVELS = {"info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
logger = logging.getLogger("portrait")


def _only_shows(record: logging.LogRecord) -> bool:
    """Names and values from data stand in messages, wherever those are read."""
    record.msg, record.args = abridged(plain_line(record.getMessage()), _LONGEST), ()
    return True


logger.addFilter(_only_shows)

details = logging.getLogger("portrait_details")
details.setLevel(logging.INFO)
details.propagate = False
details.addHandler(logging.NullHandler())  # Else Python prints what nobody listens to.


@dataclass
class Step:
    """A step on its way; the code inside sets what it found out."""

    name: str
    rows: int | None = None
    detail: str = ""


@contextmanager
def step(name: str) -> Iterator[Step]:
    """Announces a step, times it, and reports it when it ends well."""
    current = Step(name)
    started(name)
    start = time.perf_counter()
    yield current
    finished(name, time.perf_counter() - start, current.rows, current.detail)


def started(name: str) -> None:
    """Says what is being worked on now."""
    logger.debug("%s …", name)


def finished(name: str, seconds: float, rows: int | None = None, detail: str = "") -> None:
    """Says that a step has ended, with its seconds and, where that means something, its rows."""
    parts = [f"{name:<28}", f"{seconds:6.1f} s"]
    parts += [f"{rows:>12,} rows"] if rows is not None else []
    parts += [detail] if detail else []
    logger.info("%s", "  ".join(parts))


def warning(message: str) -> None:
    """Says what a person should look at though the run goes on."""
    logger.warning("%s", message)


def detail(level: str, message: str) -> None:
    """What stands in the log of the run alone; its lines stay lines.

    Args:
        level: As dbt calls it: `info`, `warn`, `error`; all below is left out.
        message: The message.
    """
    number = _LEVELS.get(level)
    if number and message.strip():
        details.log(number, "%s", plain_lines(message.strip()))
