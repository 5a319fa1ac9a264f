"""Tests of pytest in a process of their own, on a copy of the checkout."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from tests.e2e.conftest import command_environment
from tests.mutants.outcome import Outcome, Verdict, verdict_of

_LONGEST_SECONDS = 1200
# Exit codes of pytest: all passed, some failed.
_RAN = (0, 1)


def run_pytest(checkout: Path, home: Path, tests: Sequence[str]) -> Verdict:
    """Runs tests of a checkout, with a state folder, until one fails. To skip is to fail."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            *(sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"),
            *("--hypothesis-profile=same_every_time", f"--junitxml={report}"),
            # The list holds in any clone.
            *("-m", "not public_data"),
            *tests,
        ]
        environment = command_environment(home, PYTHONPATH=str(checkout), OMP_NUM_THREADS="1")
        try:
            finished = subprocess.run(
                command,
                cwd=checkout,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_LONGEST_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return Verdict(Outcome.BROKEN, f"The tests took more than {_LONGEST_SECONDS} seconds.")
        if finished.returncode not in _RAN:
            return Verdict(Outcome.BROKEN, finished.stdout[-2000:] + finished.stderr[-2000:])
        return verdict_of(list(_complaints(ElementTree.parse(report))))


def _complaints(report: "ElementTree.ElementTree[ElementTree.Element]") -> Iterator[str]:
    for case in report.iter("testcase"):
        for found in case:
            if found.tag in ("failure", "error", "skipped"):
                yield f"{case.get('classname')}.{case.get('name')}: {found.get('message')}"
