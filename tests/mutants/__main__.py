"""`python -m tests.mutants`: makes each mistake of the list and sees whether its tests notice.

It goes on where it was stopped, and tries again only what is new or whose file or tests have
changed. It ends with 1 where a mistake is not noticed, or cannot run at all, against what the list
says.
"""

import sys
import tempfile
from pathlib import Path

import click

from orchestration.console import make_console, print_error
from orchestration.entering import entered
from orchestration.errors import PortraitError
from orchestration.project import Project
from tests.checkouts import copy_checkout
from tests.mutants.mistakes_list import Mistake, complaints, read_mistakes
from tests.mutants.outcome import Outcome, Verdict
from tests.mutants.report import report
from tests.mutants.verdicts import Digests, Verdicts

_console = make_console()


@click.command()
@click.option("--only", default="", metavar="TEXT", help="Mistakes with this in name or file.")
@click.option("--again", is_flag=True, help="Forget what was found before.")
def main(only: str, again: bool) -> None:
    """Makes each mistake of the list alone and runs the tests that ought to notice it."""
    project = Project.find()
    try:
        everything = read_mistakes()
        chosen = [one for one in everything if only in one.mistake or only in one.file]
        _check(everything, project.root)
        verdicts = Verdicts(project.mutants)
        digests = Digests(project.root)
        known = {} if again else _known(chosen, digests, verdicts)
        pending = [one for one in chosen if one.mistake not in known]
        if pending:
            known |= _try(pending, project, digests, verdicts)
    except PortraitError as error:
        print_error(make_console(stderr=True), error)
        sys.exit(2)
    except KeyboardInterrupt:
        _console.print("\nStopped. The same command goes on from here.")
        sys.exit(130)
    if not only:
        page = report(everything, lambda one: known[one.mistake].outcome is Outcome.NOTICED)
        project.mutants_page.write_text(page)
    sys.exit(_conclude(chosen, known))


def _check(mistakes: list[Mistake], root: Path) -> None:
    wrong = list(complaints(mistakes, root))
    if wrong:
        raise PortraitError(
            f"The list of mistakes is wrong: {'; '.join(wrong)}.",
            "Correct it in tests/mutants/mistakes.",
        )


def _known(chosen: list[Mistake], digests: Digests, verdicts: Verdicts) -> dict[str, Verdict]:
    found = {one.mistake: verdicts.get(digests.of_mistake(one)) for one in chosen}
    return {mistake: verdict for mistake, verdict in found.items() if verdict is not None}


def _try(
    pending: list[Mistake], project: Project, digests: Digests, verdicts: Verdicts
) -> dict[str, Verdict]:
    """Tries what has no verdict, in a copy that is gone afterwards."""
    from tests.mutants.trial import Trial  # It imports dbt, which nobody needs who tries nothing.

    found: dict[str, Verdict] = {}
    with tempfile.TemporaryDirectory(prefix="portrait-mutants-") as folder:
        copy = Project(copy_checkout(Path(folder)), Path(folder) / "home")
        with entered(copy):
            trial = Trial(copy)
            _console.print(f"{len(pending)} to try, after their tests without any mistake …")
            trial.prepare(pending)
            tests = sorted({test for one in pending for test in one.pytests})
            digest = digests.of_tests(tests)
            if verdicts.get(digest) is None:
                trial.check_tests(tests)
                verdicts.keep(digest, Verdict(Outcome.UNNOTICED))
            for number, one in enumerate(pending, start=1):
                found[one.mistake] = trial.verdict(one)
                verdicts.keep(digests.of_mistake(one), found[one.mistake])
                _tell(f"{number}/{len(pending)}", one, found[one.mistake])
    return found


def _tell(number: str, mistake: Mistake, verdict: Verdict) -> None:
    _console.print(f"{number} {verdict.outcome}: {mistake.mistake}", markup=False, soft_wrap=True)


def _conclude(mistakes: list[Mistake], known: dict[str, Verdict]) -> int:
    """Says what differs from the list; the exit code."""
    wrong = 0
    for one in mistakes:
        verdict = known[one.mistake]
        expected = Outcome.UNNOTICED if one.accepted else Outcome.NOTICED
        if verdict.outcome is not expected:
            wrong += 1
            _console.print(
                f"{verdict.outcome}, but the list says {expected}: {one.mistake}\n  {verdict.said}",
                markup=False,
                soft_wrap=True,
            )
    noticed = sum(known[one.mistake].outcome is Outcome.NOTICED for one in mistakes)
    _console.print(f"{noticed} of {len(mistakes)} mistakes are noticed.")
    return 1 if wrong else 0


if __name__ == "__main__":
    main(prog_name="python -m tests.mutants")
