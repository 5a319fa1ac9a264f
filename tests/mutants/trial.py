"""One mistake after the other, made in a copy of the checkout."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.project import Project
from tests.mutants.mistakes_list import Mistake
from tests.mutants.outcome import Outcome, Verdict
from tests.mutants.pytests import run_pytest
from tests.mutants.unit_tests import build_empty_warehouse, run_unit_tests


@dataclass(frozen=True)
class Trial:
    """A copy of the checkout in which mistakes are made; the environment is that of its project."""

    project: Project

    def prepare(self, mistakes: list[Mistake]) -> None:
        """Makes the warehouse that the unit tests of these mistakes need.

        Raises:
            PortraitError: A unit test fails without any mistake.
        """
        if any(one.models for one in mistakes):
            _must_pass(build_empty_warehouse(self.project), "dbt build")

    def check_tests(self, tests: list[str]) -> None:
        """Runs tests of pytest without any mistake.

        Raises:
            PortraitError: One fails, or is skipped.
        """
        if tests:
            _must_pass(self._pytest(tests), "pytest")

    def verdict(self, mistake: Mistake) -> Verdict:
        """Makes the mistake, asks its tests until one notices, and takes it back."""
        with made(mistake, self.project.root):
            verdict = Verdict(Outcome.UNNOTICED)
            if mistake.models:
                verdict = run_unit_tests(self.project, mistake.models)
            if verdict.outcome is Outcome.UNNOTICED and mistake.pytests:
                verdict = self._pytest(list(mistake.pytests))
        return verdict

    def _pytest(self, tests: list[str]) -> Verdict:
        return run_pytest(self.project.root, self.project.home / "pytest", tests)


@contextmanager
def made(mistake: Mistake, root: Path) -> Iterator[None]:
    """The mistake stands in the file while the code inside works."""
    file = root / mistake.file
    right = file.read_text()
    file.write_text(right.replace(mistake.find, mistake.replace))
    try:
        yield
    finally:
        file.write_text(right)


def _must_pass(verdict: Verdict, command: str) -> None:
    if verdict.outcome is not Outcome.UNNOTICED:
        raise PortraitError(
            f"{command} fails before any mistake is made: {verdict.said}",
            "Correct that first. A test that is skipped here cannot notice anything.",
        )
