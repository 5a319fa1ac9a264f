"""What every test leaves as it was, and an account of the tests that were left out."""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.data_sets import PUBLIC_DATA

# On a machine with other work a test takes as long as it takes.
settings.register_profile(
    "whatever_the_clock_says", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("whatever_the_clock_says")
# Who changes nothing sees the same examples; `--hypothesis-profile=other_every_time` draws others.
settings.register_profile("same_for_the_same_code", settings(derandomize=True))
settings.register_profile("other_every_time", settings())
# For `make mutants`: no search for the smallest that fails.
settings.register_profile(
    "same_every_time", settings(derandomize=True, phases=["explicit", "generate"])
)
settings.load_profile("same_for_the_same_code")


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The umask, which entering a state folder sets for the whole process."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(autouse=True)
def environment_variables() -> Iterator[None]:
    """The environment, which entering a state folder sets for the whole process."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "public_data: needs the public data sets.")
    # Tests make many state folders; what they may share is theirs, and not the user's.
    cache = getattr(config, "cache", None)
    os.environ["PORTRAIT_CACHE"] = str(cache.mkdir("portrait")) if cache else "off"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: short ones are left when one of two workers has nothing more to do."""
    folders = ["e2e", "warehouse"]

    def turn(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return folders.index(folder) if folder in folders else len(folders)

    items.sort(key=turn)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("public_data") and not PUBLIC_DATA.is_dir():
        pytest.skip(
            f"there are no public data sets in {PUBLIC_DATA} (PORTRAIT_TEST_DATA names another "
            "folder). The same tests ran on small data of our own."
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Counts and explains the tests that were left out."""
    skipped = terminalreporter.stats.get("skipped", [])
    why = Counter(
        (report.nodeid.partition("::")[0], str(report.longrepr[2]).removeprefix("Skipped: "))
        for report in skipped
    )
    if not skipped:
        terminalreporter.write_line("\nNo test was left out.")
        return
    terminalreporter.write_line(f"\n{len(skipped)} tests were left out:")
    for (file, reason), count in sorted(why.items()):
        terminalreporter.write_line(f"  {count} of {file}: {reason}")
