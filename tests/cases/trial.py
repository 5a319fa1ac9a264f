"""A case tried: the commands that a user would type, in a copy of the checkout."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tests.cases.case import Case, Figures, plain_key
from tests.checkouts import ROOT, copy_checkout

_PORTRAIT = "from orchestration.cli.main import main; main()"
_NUMBERS = """
    select customer_id, order_count::integer, total_spend::double, currency
    from {schema}customer_rfm
"""
_DATES = "select source_order_id, order_date from {schema}orders"


@dataclass
class Tried:
    """What came of a case.

    Attributes:
        commands: What was typed: `add`, `check`, `run` for each arrival.
        texts: What each of them said.
        customers: Key → what is published of it.
        order_dates: Order → its day.
    """

    commands: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    customers: dict[str, Figures] = field(default_factory=dict)
    order_dates: dict[str, str] = field(default_factory=dict)


class Bench:
    """A copy of the checkout in which cases are tried one after the other, each from nothing."""

    def __init__(self, folder: Path) -> None:
        """Copies the checkout into an empty folder."""
        self._folder = folder
        self._root = copy_checkout(folder)

    def try_case(self, case: Case, *, is_quick: bool) -> Tried:
        """Brings a case's files, arrival by arrival, and looks at what is published.

        Args:
            case: The case.
            is_quick: The SQL alone is run, once, over what has come in the end.
        """
        self._forget(case.name)
        data = self._folder / "data" / case.name
        data.mkdir(parents=True)
        tried = Tried()
        for arrival, files in enumerate(case.arrivals, start=1):
            for name in case.removed.get(arrival, ()):
                (data / name).unlink()
            for file in files:
                shutil.copy(file, data / file.name)
            if arrival == 1:
                options = ["--files", str(data), *case.options]
                if self._type(tried, "add", "source", "add", case.name, *options):
                    return tried
                self._type(tried, "check", "source", "check", case.name)
            if is_quick:
                continue
            chosen = ["--source", case.name] if arrival == 1 else []
            self._type(tried, "run", "run", *chosen)
        if is_quick:
            self._run_sql(tried, case)
        else:
            self._read(tried)
        return tried

    def _forget(self, name: str) -> None:
        """Makes the copy what it was; what Python has compiled and dbt has parsed may stay."""
        for path in (self._home, self._home.with_name("home-own"), self._folder / "data"):
            shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(self._root / "dbt_project")
        ignored = shutil.ignore_patterns("target", "logs")
        shutil.copytree(ROOT / "dbt_project", self._root / "dbt_project", ignore=ignored)

    @property
    def _home(self) -> Path:
        return self._folder / "home"

    def _type(self, tried: Tried, command: str, *arguments: str) -> int:
        finished = self._python("-c", _PORTRAIT, *arguments)
        tried.commands.append(command)
        tried.texts.append(finished.stdout + finished.stderr)
        return finished.returncode

    def _python(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        ours = ("PORTRAIT_", "DAGSTER_", "DBT_", "PYTHONDONTWRITEBYTECODE")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        settings = {
            "PORTRAIT_HOME": str(self._home),
            "PORTRAIT_CACHE": str(self._folder / "cache"),
            "PYTHONPATH": str(self._root),
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }
        return subprocess.run(
            [sys.executable, *arguments],
            env={**inherited, **settings},
            cwd=self._root,
            capture_output=True,
            text=True,
            timeout=1800,
        )

    def _run_sql(self, tried: Tried, case: Case) -> None:
        database = self._folder / "home" / "quick.duckdb"
        finished = self._python("-m", "tests.cases.sql_alone", case.name, str(database))
        tried.commands.append("sql")
        tried.texts.append(finished.stdout + finished.stderr)
        if finished.returncode == 0:
            with duckdb.connect(str(database), read_only=True) as connection:
                _note(tried, connection, "marts.")

    def _read(self, tried: Tried) -> None:
        marts = self._home / "published" / "current" / "marts.duckdb"
        if marts.exists():
            with duckdb.connect(str(marts.resolve()), read_only=True) as connection:
                _note(tried, connection, "")


def _note(tried: Tried, connection: duckdb.DuckDBPyConnection, schema: str) -> None:
    for key, orders, spend, currency in _rows(connection, _NUMBERS, schema):
        plain = plain_key(key.partition(":")[2])
        tried.customers[plain] = Figures(orders, spend, currency)
    for order, day in _rows(connection, _DATES, schema):
        tried.order_dates[order] = _iso(day)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, schema: str) -> Sequence[Any]:
    return connection.execute(query.format(schema=schema)).fetchall()


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
