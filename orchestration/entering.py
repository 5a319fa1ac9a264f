"""Making a project ready to work on: its state folder, and the environment of this process."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.state.lock import LONGEST_PULL_SECONDS
from orchestration.state.memory import LIMIT, memory_limit
from orchestration.state.permissions import close_home, share_published, take_umask


def enter(project: Project | None = None) -> Project:
    """Makes the state folder ready, for its user alone, and sets the environment.

    dbt, Dagster and numpy read the environment; the umask is theirs too.

    Raises:
        PortraitError: The state folder cannot be written.
    """
    project = project or Project.find()
    every_day = replace(project, past_day="").published
    try:
        project.home.mkdir(parents=True, exist_ok=True)  # Folders above it are none of ours.
        take_umask()
        for folder in (project.dagster_home, project.dbt_target, project.logs):
            folder.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(project.published):  # Else a run says what is wrong with it.
            project.published.mkdir(parents=True)
        probe = project.home / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
        close_home(project.home, every_day)
        share_published(every_day, project.published)
        _move_to_own(project)
        _copy_if_changed(project.dagster_template, project.dagster_home / "dagster.yaml")
    except OSError as error:
        raise PortraitError(
            f"PORTRAIT_HOME {project.home} cannot be written: {error.strerror}.",
            "Set PORTRAIT_HOME to a folder that you may write to.",
        ) from error
    os.environ.update(environment(project))
    return project


def environment(project: Project) -> dict[str, str]:
    """The environment variables of every process that works on this project."""
    return {
        "PORTRAIT_HOME": str(project.home),
        "PORTRAIT_WAREHOUSE": str(project.warehouse),
        LIMIT: memory_limit(),
        "DAGSTER_HOME": str(project.dagster_home),
        "DBT_PROJECT_DIR": str(project.dbt_project),
        "DBT_PROFILES_DIR": str(project.dbt_project),
        "DBT_TARGET_PATH": str(project.dbt_target),
        "DBT_LOG_PATH": str(project.logs),
        "MPLCONFIGDIR": str(project.drawing),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DAGSTER_DISABLE_TELEMETRY": "1",
        # Dagster allows a minute, which is too short for a first load.
        "DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS": str(LONGEST_PULL_SECONDS),
        # dbt's semaphores are left behind by a run that is stopped; the system takes them back.
        "PYTHONWARNINGS": "ignore:resource_tracker:UserWarning",
        # Threads that wait for each other: K-means of 2,469 rows took 13.8 s instead of 0.06 s.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


@contextmanager
def entered(project: Project) -> Iterator[Project]:
    """Enters another project for a while; afterwards the environment is as it was."""
    before = dict(os.environ)
    try:
        yield enter(project)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _move_to_own(project: Project) -> None:
    """Takes out of a state folder of an earlier version the choice that was remembered there."""
    before = project.home / project.choice_file.name
    if before.is_file() and not project.choice_file.exists():
        project.own.mkdir(parents=True, exist_ok=True)
        shutil.move(before, project.choice_file)


def _copy_if_changed(template: Path, copy: Path) -> None:
    if not copy.exists() or copy.read_bytes() != template.read_bytes():
        shutil.copyfile(template, copy)
