"""What a run says line by line, in a file of its own that the run's page in Dagster shows.

Dagster's own class copies what the process prints, with two processes more, and all that matters
here is said through Python's logging. So that is written: what the steps say, and what dbt does.
"""

import logging
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from dagster._core.storage.compute_log_manager import CapturedLogContext, ComputeIOType
from dagster._core.storage.local_compute_log_manager import (
    IO_TYPE_EXTENSION,
    LocalComputeLogManager,
)

from orchestration.defs.in_dagster_home import InDagsterHome
from orchestration.progress import details, logger

_LINE = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")


class RunLogs(InDagsterHome, LocalComputeLogManager):
    """Logs of which `stdout` has everything, and `stderr` the warnings and errors."""

    folder = "storage"

    @contextmanager
    def capture_logs(self, log_key: Sequence[str]) -> Generator[CapturedLogContext, None, None]:
        """Writes what is logged while the code inside works."""
        with ExitStack() as files:
            for kind, level in (
                (ComputeIOType.STDOUT, logging.INFO),
                (ComputeIOType.STDERR, logging.WARNING),
            ):
                path = Path(self.get_captured_local_path(log_key, IO_TYPE_EXTENSION[kind]))
                files.enter_context(_writing(path, level))
            yield CapturedLogContext(log_key)
        # By this Dagster knows that nothing more will come.
        Path(self.get_captured_local_path(log_key, "complete")).touch()


@contextmanager
def _writing(path: Path, level: int) -> Generator[None, None, None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setLevel(level)
    handler.setFormatter(_LINE)
    for one in (logger, details):
        one.addHandler(handler)
    try:
        yield
    finally:
        for one in (logger, details):
            one.removeHandler(handler)
        handler.close()
