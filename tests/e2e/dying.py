"""`portrait`, killed at work.

Its moments are the DuckDB statements of the process and its changes of files in the state folder,
dbt's and Dagster's included, numbered from 1 in the order in which it comes to them. It dies before
the one of that number, or so many milliseconds later, in the midst of what it does then. With
number 0 it lives. What it came to is written into the file, a line a moment.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import duckdb

_STATEMENTS = ("execute", "executemany", "sql", "begin", "commit", "rollback", "close")
# Audit events of Python, and which of their arguments is the file that comes, goes or changes.
_CHANGES = {
    **dict.fromkeys(("open", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"), 0),
    **dict.fromkeys(("os.rename", "os.link", "os.symlink"), 1),
}
_WRITES = os.O_WRONLY | os.O_RDWR


class Moments:
    """Counts the moments of this process, and ends it at one of them.

    Attributes:
        seen: What there was to do at each.
    """

    def __init__(self, number: int, seconds: float, home: Path) -> None:
        """Starts to count.

        Args:
            number: Of the moment to die at; 0 for none.
            seconds: How much later.
            home: The state folder.
        """
        self._number, self._seconds, self._home = number, seconds, f"{home}/"
        self.seen: list[str] = []
        for name in _STATEMENTS:
            _tell_calls(name, self._reach)
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        position = _CHANGES.get(event)
        if position is None or (event == "open" and not arguments[2] & _WRITES):
            return
        path = arguments[position]
        if isinstance(path, str | Path) and str(path).startswith(self._home):
            is_emptied = event == "open" and arguments[2] & os.O_TRUNC
            moment = f"{event} {str(path).removeprefix(self._home)}"
            self._reach(moment, Path(path) if is_emptied else None)

    def _reach(self, moment: str, emptied: Path | None = None) -> None:
        self.seen.append(" ".join(moment.split())[:120])
        if len(self.seen) == self._number:
            if self._seconds:
                threading.Timer(self._seconds, _die).start()
                return
            if emptied:
                # Who dies just after the file was opened leaves nothing in it.
                emptied.write_bytes(b"")
            _die()


def _tell_calls(name: str, reach: Callable[[str], None]) -> None:
    """Makes each call of a method of DuckDB's connections a moment."""
    method = getattr(duckdb.DuckDBPyConnection, name)

    def told(connection: object, *arguments: object, **named: object) -> object:
        reach(f"{name} {arguments[0] if arguments else ''}")
        return method(connection, *arguments, **named)

    setattr(duckdb.DuckDBPyConnection, name, told)


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL cannot be survived.")


def die_at(number: str, milliseconds: str, file: str, *arguments: str) -> None:
    """The command with these arguments, dying at a moment."""
    from orchestration.cli.main import main

    moments = Moments(int(number), int(milliseconds) / 1000, Path(os.environ["PORTRAIT_HOME"]))
    try:
        main([*arguments], prog_name="portrait")
    finally:
        Path(file).write_text("\n".join(moments.seen))
