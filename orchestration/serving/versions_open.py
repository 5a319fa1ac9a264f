"""The version that answers: found anew for every request, kept open as long as somebody reads it.

`published/current` is a link that a publish replaces in one move, and a version never changes, so
to see whether there is a new one is to read the link (two microseconds). Whoever asks after a
publish is answered by it; who was being answered by the one before is answered to the end, and
then it is closed.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from orchestration.errors import PortraitError
from orchestration.publishing.model_cards import CARDS
from orchestration.publishing.reading import PublishedColumn, Snapshot
from orchestration.publishing.reports.names import SITE
from orchestration.publishing.snapshot import MARTS_FILE
from orchestration.serving.customer_file import CUSTOMERS_FILE, CustomerFile

_log = logging.getLogger("portrait.serving")

VERSION_HEADER = "portrait-version"
PUBLISHED_HEADER = "portrait-published-at"
# Of a version that cannot be opened the one before goes on answering, and it is tried again.
_PATIENCE = 1.0
# Between reading the link and opening what it names, so many publishes may remove it.
_TRIES = 5
_PUBLISHED_AT = "select max(published_at) as published_at from run_manifest"
# A list is read by one thread of DuckDB: many may be asked for at once.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "1GB",
    "enable_external_access": False,
    "lock_configuration": True,
}


class OpenVersion:
    """A published version with both of its files open."""

    def __init__(self, folder: Path) -> None:
        """Opens it.

        Raises:
            duckdb.Error, sqlite3.Error: A file is not there, or of other code.
        """
        self.name = folder.name
        self.folder = folder
        self.models: dict[tuple[str, ...], object] = {}
        self._columns: dict[str, list[PublishedColumn]] = {}
        self._readers = 0
        self._is_retired = False
        self._lock = threading.Lock()
        self.customers = CustomerFile(folder)
        try:
            file = str(folder / MARTS_FILE)
            self._marts = duckdb.connect(file, read_only=True, config=_SETTINGS)
        except BaseException:
            self.customers.close()
            raise
        try:
            ((published_at,),) = self._marts.execute(_PUBLISHED_AT).fetchall()
            self.published_at: datetime = published_at.replace(tzinfo=UTC)
            self.published_text = self.published_at.isoformat()
            self.headers = (
                (VERSION_HEADER.encode(), self.name.encode()),
                (PUBLISHED_HEADER.encode(), self.published_text.encode()),
            )
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Self:
        """Begins to read; `Versions.borrow` has counted the reader."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends reading."""
        with self._lock:
            self._readers -= 1
            is_over = self._is_retired and self._readers == 0
        if is_over:
            self._close()

    @contextmanager
    def marts(self) -> Iterator[Snapshot]:
        """The marts, for one thread and one request."""
        with self._marts.cursor() as cursor:
            yield Snapshot(cursor, self.folder)

    def columns(self, mart: str) -> list[PublishedColumn]:
        """The columns of a mart: looked up once, for they do not change."""
        found = self._columns.get(mart)
        if found is None:
            with self.marts() as marts:
                found = self._columns[mart] = marts.columns(mart)
        return found

    @cached_property
    def pages(self) -> Mapping[str, Path]:
        """Its pages by their path below `site`: an address is looked up here, and is no path."""
        site = self.folder / SITE
        return {
            file.relative_to(site).as_posix(): file for file in site.rglob("*") if file.is_file()
        }

    @cached_property
    def cards(self) -> Mapping[str, Path]:
        """The cards of its models by their path below `models`, to which pages lead."""
        models = self.folder / CARDS
        return {
            file.relative_to(models).as_posix(): file
            for kind in ("md", "json")
            for file in models.rglob(f"*.{kind}")
        }

    def borrowed(self) -> bool:
        """Counts a reader, if the version has not been retired."""
        with self._lock:
            if self._is_retired:
                return False
            self._readers += 1
            return True

    def retire(self) -> None:
        """Closes it as soon as nobody reads it."""
        with self._lock:
            self._is_retired = True
            is_over = self._readers == 0
        if is_over:
            self._close()

    def _close(self) -> None:
        self.customers.close()
        self._marts.close()


class Versions:
    """The versions of a published folder, of which the current one is open."""

    def __init__(self, current: Path) -> None:
        """Opens what the link `current` leads to.

        Raises:
            PortraitError: Nothing has been published, or it cannot be read.
        """
        self._link = current
        self._lock = threading.Lock()
        self._failed_at = 0.0
        self._is_closed = False
        self.swap_count = 0
        self.failure_count = 0
        if not (current / MARTS_FILE).exists():
            raise PortraitError("Nothing has been published yet.", "Make the portraits: make run")
        try:
            self._open = self._opened()
        except (OSError, duckdb.Error, sqlite3.Error) as error:
            raise PortraitError(
                f"{current / CUSTOMERS_FILE} cannot be read: {error}.",
                "Have it published anew: portrait run --force",
            ) from error

    def borrow(self) -> OpenVersion:
        """The current version, to be read inside `with`."""
        while not self._is_closed:
            if self._current_name() != self._open.name:
                self._swap()
            version = self._open
            if version.borrowed():
                return version
        raise RuntimeError("nothing answers any more")

    @property
    def published_at(self) -> datetime:
        """When the version that answers was published, UTC."""
        return self._open.published_at

    def is_current(self) -> bool:
        """Whether what is published is what answers."""
        return self._current_name() == self._open.name

    def close(self) -> None:
        """Closes what is open, when the last reader is done; nothing can be borrowed then."""
        self._is_closed = True
        self._open.retire()

    def _current_name(self) -> str:
        try:
            return self._link.readlink().name
        except OSError:  # Somebody took the link away: what is open goes on answering.
            return self._open.name

    def _swap(self) -> None:
        with self._lock:
            if self.is_current() or time.monotonic() < self._failed_at + _PATIENCE:
                return
            try:
                new = self._opened()
            except (OSError, duckdb.Error, sqlite3.Error) as error:
                self._failed_at = time.monotonic()
                self.failure_count += 1
                _log.error("the published version cannot be opened: %s", error)
                return
            old, self._open = self._open, new
            self.swap_count += 1
        old.retire()

    def _opened(self) -> OpenVersion:
        for tries_left in reversed(range(_TRIES)):
            folder = self._link.resolve()
            try:
                return OpenVersion(folder)
            except (duckdb.Error, sqlite3.Error):
                if self._link.resolve() == folder or not tries_left:
                    raise
        raise AssertionError
