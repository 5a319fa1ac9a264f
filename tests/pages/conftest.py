"""One site and one browser for all tests of pages."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.pages.site import write_site
from orchestration.publishing.reports.names import SITE
from tests.pages.shop import make_snapshot

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="session")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a version with its pages."""
    folder = make_snapshot(tmp_path_factory.mktemp("version"))
    write_site(folder)
    return folder


@pytest.fixture(scope="session")
def site(version: Path) -> Path:
    """The folder of the pages."""
    return version / SITE


# Of a file and not of the session: while it is open a loop of asyncio runs in this thread, in which
# Dagster cannot run one of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A Chromium of the machine."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium: make .venv/servers installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()
