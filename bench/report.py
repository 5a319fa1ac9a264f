"""The figures as a table, the ratios as sentences, all of it as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from bench.measure import Cost
from bench.rows import (
    COLD,
    COMPARED,
    FORCED,
    NO_NEWS,
    PANDAS,
    PLAIN,
    PORTRAITS,
    ROWS,
    SHORT,
    TESTED,
    Bench,
)

_MOST_ABOVE_PLAIN = 10.0
_MOST_WITHOUT_NEWS = 15.0


@dataclass(frozen=True)
class Figure:
    """A figure made of the measured ones; `target` is the most that it should be."""

    name: str
    value: float
    unit: str = "s"
    target: float | None = None

    @property
    def verdict(self) -> str:
        """`PASS` or `over the target`; empty where there is no target."""
        if self.target is None:
            return ""
        return "PASS" if self.value <= self.target else "over the target"

    def __str__(self) -> str:
        """One line."""
        unit = f" {self.unit}" if self.unit == "s" else self.unit
        target = "" if self.target is None else f"  target ≤ {self.target:g}{unit}: {self.verdict}"
        return f"{self.value:7.1f}{unit}  {self.name}{target}"


def figures(
    costs: Mapping[str, Cost], parts: Mapping[str, Mapping[str, float]]
) -> Iterator[Figure]:
    """What the job takes above its work, and SQL beside pandas."""
    # A forced run finds the files landed already.
    plain, tested = costs[PLAIN].cpu, costs[TESTED].cpu
    without_landing = plain - parts[PLAIN]["landing"]
    tests = parts[TESTED]["tests"]
    yield Figure(
        "CPU of the first run above plain SQL + landing + ML",
        costs[COLD].cpu - plain,
        target=_MOST_ABOVE_PLAIN,
    )
    yield Figure(
        "CPU of the forced run above plain SQL + ML",
        costs[FORCED].cpu - without_landing,
        target=_MOST_ABOVE_PLAIN,
    )
    yield Figure("of each of these is the SQL of the data tests", tests)
    yield Figure("CPU of the first run above all of its SQL + ML", costs[COLD].cpu - tested)
    yield Figure("CPU of a run with nothing new", costs[NO_NEWS].cpu, target=_MOST_WITHOUT_NEWS)
    whole = parts[PLAIN]["sql"]
    yield Figure(
        "SQL with all of the history / with three months", whole / parts[SHORT]["sql"], "×"
    )
    yield Figure("SQL with facts / without", whole / parts[PORTRAITS]["sql"], "×")
    if PANDAS in costs:
        ratio = costs[PANDAS].cpu / costs[COMPARED].cpu
        yield Figure("CPU of pandas / CPU of SQL, same tables", ratio, "×")
        ratio = costs[PANDAS].peak_memory / costs[COMPARED].peak_memory
        yield Figure("memory of pandas / memory of SQL, same tables", ratio, "×")


def print_report(console: Console, header: Mapping[str, str], bench: Bench) -> None:
    """Prints everything.

    Args:
        console: Where to.
        header: What the figures were measured on, by name.
        bench: What was measured.
    """
    for name, value in header.items():
        console.print(f"{name}: {value}", highlight=False, soft_wrap=True)
    console.print()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("each a process of its own", no_wrap=True)
    for name in ("wall s", "CPU s", "peak MB"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in (row for row in ROWS if row in bench.costs):
        cost = bench.costs[name]
        memory = f"{cost.peak_memory / 1e6:,.0f}"
        table.add_row(name, f"{cost.wall:.1f}", f"{cost.cpu:.1f}", memory)
    console.print(table)
    for name, parts in bench.parts.items():
        seconds = ", ".join(f"{part} {cpu:.1f} s" for part, cpu in parts.items())
        console.print(f"CPU of “{name}”: {seconds}", highlight=False, soft_wrap=True)
    console.print()
    for figure in figures(bench.costs, bench.parts):
        console.print(str(figure), highlight=False, soft_wrap=True)
    console.print()
    console.print(_remark(bench.compared), highlight=False, soft_wrap=True)


def _remark(compared: Mapping[str, int] | None) -> str:
    """What was left out on which side."""
    plain = (
        "Plain SQL leaves out what the job does beside: the published database with its content "
        "hashes and checks, the run manifest, row counts, the history in Dagster."
    )
    if compared is None:
        return f"{plain}\nThe row for pandas is skipped: it is written for Complete Journey alone."
    rows = ", ".join(f"{count:,} of {name}" for name, count in compared.items())
    return (
        f"{plain}\nThe compared tables are customer days, purchases, affinities and RFM; pandas "
        f"and SQL gave the same rows ({rows}). For them SQL also lands the files, validates every "
        "row, keeps the rejected ones, matches returns and unites the sources; pandas does not."
    )


def as_json(header: Mapping[str, str], bench: Bench) -> dict[str, Any]:
    """Everything that `print_report` prints, in plain types; memory in bytes, times in seconds."""
    return {
        "machine": dict(header),
        "sources": list(bench.sources),
        "costs": {name: asdict(cost) for name, cost in bench.costs.items()},
        "cpu of parts": bench.parts,
        "figures": [
            {**asdict(figure), "verdict": figure.verdict}
            for figure in figures(bench.costs, bench.parts)
        ],
        "rows compared": bench.compared,
    }
