"""Each behaviour that is tested on public data sets is tested on small data of our own too."""

import os
from pathlib import Path

import pytest

from orchestration.project import Project

PUBLIC_DATA = Path(
    os.environ.get("PORTRAIT_TEST_DATA") or Project.find().root.parent / "shared" / "data"
)

# For `pytest.fixture(params=…)`: the same tests, on either.
SMALL_AND_PUBLIC = ["small", pytest.param("public", marks=pytest.mark.public_data)]
