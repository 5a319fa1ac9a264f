"""What every test leaves as it was."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The umask, which entering a state folder sets for the whole process."""
    before = os.umask(0o022)
    yield
    os.umask(before)
