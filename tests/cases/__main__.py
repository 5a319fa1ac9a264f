"""`python -m tests.cases FOLDER`: tries each case of a folder, and says what came out.

It ends with 1 where one comes out wrong.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import click
from rich.table import Table

from orchestration.console import make_console
from tests.cases.case import Case, read_cases
from tests.cases.trial import Bench
from tests.cases.verdict import Verdict, judge
from tests.data_sets import PUBLIC_DATA

_console = make_console()


@click.command()
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=PUBLIC_DATA.parent / "cases",
)
@click.option("--only", multiple=True, metavar="NAME", help="A case, or the beginning of some.")
@click.option("--quick", is_flag=True, help="The SQL alone instead of whole runs.")
@click.option("--say", is_flag=True, help="Print what the commands have said.")
@click.option("--workers", default=2, help="Cases tried at once.")
def main(folder: Path, only: Sequence[str], quick: bool, say: bool, workers: int) -> None:
    """Brings the files of each case in as a user would and compares what is published."""
    cases = [one for one in read_cases(folder) if not only or one.name.startswith(tuple(only))]
    verdicts = []
    for verdict in _try(cases, is_quick=quick, workers=workers):
        verdicts.append(verdict)
        mark = "WRONG" if verdict.wrong else "right"
        _console.print(f"{mark}  {verdict.case.name}", highlight=False, soft_wrap=True)
        if say:
            for command, text in zip(verdict.tried.commands, verdict.tried.texts, strict=True):
                _console.print(f"--- {command}\n{text}", markup=False, soft_wrap=True)
    _console.print(_table(verdicts))
    right = sum(not verdict.wrong for verdict in verdicts)
    _console.print(f"{right} of {len(verdicts)} cases come out right.")
    sys.exit(right < len(verdicts))


def _try(cases: Sequence[Case], *, is_quick: bool, workers: int) -> Iterator[Verdict]:
    """Verdicts in the order of the cases."""
    benches: SimpleQueue[Bench] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="portrait-cases-") as folder:
        for number in range(min(workers, len(cases))):
            place = Path(folder) / str(number)
            place.mkdir()
            benches.put(Bench(place))

        def attempt(case: Case) -> Verdict:
            bench = benches.get()
            try:
                return judge(case, bench.try_case(case, is_quick=is_quick))
            finally:
                benches.put(bench)

        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(attempt, cases)


def _table(verdicts: Sequence[Verdict]) -> Table:
    table = Table("case", "expected", "got", "wrong")
    for one in verdicts:
        wrong = "\n".join(one.wrong)
        table.add_row(one.case.name, one.case.outcome, one.got, wrong)
    return table


if __name__ == "__main__":
    main()
