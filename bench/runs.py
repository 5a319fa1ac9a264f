"""Runs of `portrait` as a user starts them: a process each, with a home in a folder."""

import sys
from pathlib import Path

from bench.measure import ONE_THREAD, Cost, measure
from bench.rows import ROOT


def portrait(folder: Path, *arguments: str) -> Cost:
    """What a command costs whose home, cache and log are in a folder.

    Raises:
        CommandError: It ended with another code than 0.
    """
    command = [str(Path(sys.executable).parent / "portrait"), *arguments]
    folders = {"PORTRAIT_HOME": str(folder / "home"), "PORTRAIT_CACHE": str(folder / "cache")}
    environment = {**ONE_THREAD, **folders}
    return measure(command, environment=environment, folder=ROOT, log=folder / "log")


def run_delivered(folder: Path, files: Path) -> Cost:
    """What a run costs after files came: they are moved to those that were delivered before.

    Raises:
        CommandError: The run ended with another code than 0.
    """
    for file in files.rglob("*.parquet"):
        file.rename(folder / "delivered" / file.relative_to(files))
    return portrait(folder, "run")
