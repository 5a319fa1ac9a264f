"""A contract and a way to guess at a folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from orchestration.onboarding.draft import Draft, writing_draft
from orchestration.onboarding.guess import guess
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.sample import Sample, sample_files
from orchestration.onboarding.unnamed import with_names
from orchestration.onboarding.vocabulary import Contract, read_contract, table_words
from orchestration.project import Project

Guesser = Callable[[Path], tuple[Sample, Guess]]


@pytest.fixture(scope="session")
def contract() -> Contract:
    return read_contract(Project.find().dbt_project)


@pytest.fixture
def guess_at(contract: Contract) -> Iterator[Guesser]:
    with ExitStack() as stack:

        def at(path: Path) -> tuple[Sample, Guess]:
            sample = with_names(stack.enter_context(sample_files(path, table_words())))
            return sample, guess(sample, contract)

        yield at


def write_draft(
    dbt_project: Path,
    name: str,
    sample: Sample,
    guessed: Guess,
    time_zone: str,
    shop: str | None = None,
) -> Draft:
    """What was written."""
    with writing_draft(dbt_project, name, sample, guessed, time_zone, shop) as draft:
        return draft
