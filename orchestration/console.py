"""How the `portrait` command talks: progress, errors and what to do about them."""

import logging
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from orchestration.errors import PortraitError
from orchestration.progress import logger
from orchestration.quoting import plain_lines, shell_word

# Wide enough that nothing wraps in a file or pipe; a terminal says its own width.
_PIPED_WIDTH = 160


# The commands, in the order in which one comes to need them.
COMMANDS = (
    *("source", "run", "summary", "open", "show", "recommend", "lookalikes", "identity", "models"),
    *("status", "serve", "keys", "send", "copy", "superset", "quarantine", "why", "ui"),
    *("docs", "glossary", "simulate"),
)
_TYPED = re.compile(rf"(?<![\w./-])portrait(?= ({'|'.join(COMMANDS)})\b)")


def as_typed(text: str) -> str:
    """A sentence of ours whose `portrait …` can be pasted, as the running one was typed."""
    return _TYPED.sub(lambda _: _program(), text)


def _program() -> str:
    program = Path(sys.argv[0])
    if program.name != "portrait":
        return "portrait"
    with suppress(OSError, ValueError):
        found = shutil.which("portrait")
        if found and Path(found).samefile(program):
            return "portrait"
        return shell_word(program.absolute().relative_to(Path.cwd()))
    return shell_word(program)


class _Console(Console):
    """Whatever is printed only shows: no markup, no emoji codes, nothing that a terminal obeys."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(plain_lines(text), **options)


def make_console(*, stderr: bool = False) -> Console:
    """A console that is rich on a terminal and plain, unwrapped text when piped."""
    console = _Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    return console


class _ProgressHandler(logging.Handler):
    """Prints a line a finished step; on a terminal, the current one moves below."""

    def __init__(self, console: Console, status: Status | None) -> None:
        super().__init__()
        self._console = console
        self._status = status

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.levelno >= logging.WARNING:
            self._console.print(f"warning: {message}", soft_wrap=True)
        elif record.levelno >= logging.INFO:
            self._console.print(message, soft_wrap=True)
        elif self._status is not None:
            self._status.update(Text(message))


@contextmanager
def showing_progress(console: Console) -> Iterator[None]:
    """Shows the messages of `orchestration.progress` while the code inside works."""
    status = console.status("…") if console.is_terminal else None
    handler = _ProgressHandler(console, status)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    if status:
        status.start()
    try:
        yield
    finally:
        logger.removeHandler(handler)
        if status:
            status.stop()


def print_error(console: Console, error: PortraitError) -> None:
    """Prints what is wrong and what to do about it."""
    console.print(f"error: {error.message}", style="bold red", soft_wrap=True)
    console.print(f"what to do: {as_typed(error.hint)}", soft_wrap=True)


def make_table(*columns: str, numbers_from: int = 1) -> Table:
    """An empty table without frame; columns from the given position on are numbers."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for position, column in enumerate(columns):
        table.add_column(column, justify="right" if position >= numbers_from else "left")
    return table
