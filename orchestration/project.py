"""Where everything lies: the only place in the orchestration where a path exists.

Nothing happens when this module is imported. The entry points (the `portrait` command and Dagster's
`definitions.py`) call `enter` once; it makes the folders and sets the environment.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from orchestration.errors import PortraitError
from orchestration.state.lock import LONGEST_PULL_SECONDS
from orchestration.state.memory import LIMIT, memory_limit
from orchestration.state.permissions import close_home, share_published, take_umask


@dataclass(frozen=True)
class Project:
    """The paths of one checkout (`root`) and one state folder (`home`); both absolute.

    With `past_day` (YYYY-MM-DD) they are those of the portraits as of that day: a warehouse for the
    time of the run, and a snapshot beside the current one. Everything else is shared.
    `cache` holds what all state folders of the user may share; None: nothing is shared.
    """

    root: Path
    home: Path
    declared_sources: Path | None = None
    past_day: str = ""
    own_folder: Path | None = None
    cache: Path | None = None

    @classmethod
    def find(cls) -> Self:
        """This checkout, with the state folder that PORTRAIT_HOME names (default: `.portrait`).

        PORTRAIT_OWN names the folder of what the user wrote, PORTRAIT_SOURCES the file that
        declares sources, PORTRAIT_CACHE the one to be shared, should it lie elsewhere.
        """
        root = Path(__file__).resolve().parents[1]
        home = os.environ.get("PORTRAIT_HOME") or root / ".portrait"
        own = os.environ.get("PORTRAIT_OWN")
        sources = os.environ.get("PORTRAIT_SOURCES")
        return cls(
            root,
            _absolute(home),
            _absolute(sources) if sources else None,
            own_folder=_absolute(own) if own else None,
            cache=_cache(),
        )

    @property
    def own(self) -> Path:
        """What the user wrote, as text: sources, the choice of them, corrections.

        It lies apart from what can be made again: in the checkout, or beside a state folder that
        is elsewhere.
        """
        is_here = self.home == self.root / ".portrait"
        beside = self.root / "own" if is_here else self.home.with_name(f"{self.home.name}-own")
        return self.own_folder or beside

    @property
    def dbt_project(self) -> Path:
        """The dbt project; its `profiles.yml` lies beside `dbt_project.yml`."""
        return self.root / "dbt_project"

    @property
    def code(self) -> tuple[Path, ...]:
        """Files and folders that decide what a run makes."""
        names = ("dbt_project", "ml", "orchestration", "requirements.lock")
        return tuple(self.root / name for name in names)

    @property
    def workspace_file(self) -> Path:
        """Tells Dagster's UI which module holds the definitions."""
        return self.root / "workspace.yaml"

    @property
    def dagster_template(self) -> Path:
        """Settings of the Dagster instance; copied into `dagster_home`."""
        return self.root / "dagster.yaml"

    @property
    def warehouse(self) -> Path:
        """The working DuckDB file. Only a run opens it."""
        folder = self.past_work if self.past_day else self.home
        return folder / "warehouse.duckdb"

    @property
    def past_work(self) -> Path:
        """The work of a run for a past day; it goes when the run ends."""
        return self.home / "past"

    @property
    def published(self) -> Path:
        """One folder a published version, and the link `current`."""
        published = self.home / "published"
        return published / "as_of" / self.past_day if self.past_day else published

    @property
    def current(self) -> Path:
        """The link to the version that readers open."""
        return self.published / "current"

    @property
    def simulated(self) -> Path:
        """What the simulator makes for runs that name no data of their own."""
        return self.home / "simulated"

    @property
    def dagster_home(self) -> Path:
        """Run history and events of Dagster."""
        return self.home / "dagster"

    @property
    def dbt_target(self) -> Path:
        """What dbt writes: manifest, compiled SQL, its cache of parsed files."""
        return self.home / "dbt"

    @property
    def docs_page(self) -> Path:
        """The page with every model, column and test."""
        return self.dbt_target / "docs.html"

    @property
    def logs(self) -> Path:
        """Where dbt and a failed run write their logs."""
        return self.home / "logs"

    @property
    def run_log(self) -> Path:
        """The traceback of the last failed run."""
        return self.logs / "run.log"

    @property
    def dbt_log(self) -> Path:
        """What dbt says about its runs."""
        return self.logs / "dbt.log"

    @property
    def sources_file(self) -> Path:
        """The folders, databases and APIs that the user declared. Only the user changes it."""
        # Beside it lie the folders that it names: one of an earlier version stays where it was.
        before, now = self.home / "sources.yml", self.own / "sources.yml"
        return self.declared_sources or (now if now.exists() or not before.exists() else before)

    @property
    def choice_file(self) -> Path:
        """The source systems that were named on the command line."""
        return self.own / "choice.yml"

    @property
    def corrections_file(self) -> Path:
        """Cells of raw rows that the user has corrected."""
        return self.own / "corrections.jsonl"

    @property
    def landing(self) -> Path:
        """What is on its way to the raw tables: pulled rows, copies of remote files, text."""
        return self.home / "landing"

    def pulled(self, source: str) -> Path:
        """What was pulled from a database or API."""
        return self.landing / "pulled" / source

    @property
    def source_health(self) -> Path:
        """When each source was last read, and what has been wrong since."""
        return self.home / "source_health.json"

    @property
    def open_points(self) -> Path:
        """What the sources leave open: files that nobody reads, questions without answer."""
        return self.home / "open_points.json"

    @property
    def unknown_statuses(self) -> Path:
        """Statuses that nobody knows, with the orders that wait for them."""
        return self.home / "unknown_statuses.json"

    @property
    def lock_file(self) -> Path:
        """Held by the one run that is going on."""
        return self.home / "run.lock"

    @property
    def file_hashes(self) -> Path:
        """Hashes of source files, remembered by size and time of change."""
        return self.home / "file_hashes.json"

    @property
    def mutants(self) -> Path:
        """What tests have said of each mistake of `make mutants`."""
        return self.home / "mutants.json"

    @property
    def mutants_page(self) -> Path:
        """The table of these mistakes."""
        return self.root / "docs" / "mutants.md"

    @property
    def glossary_page(self) -> Path:
        """The words of the published tables."""
        return self.root / "docs" / "glossary.md"


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


def _absolute(path: str | Path) -> Path:
    return Path(path).expanduser().absolute()


def _cache() -> Path | None:
    """A folder of our own where the user's caches are (XDG); PORTRAIT_CACHE=off: there is none."""
    named = os.environ.get("PORTRAIT_CACHE")
    if named:
        return None if named == "off" else _absolute(named) / "parsed"
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    except RuntimeError:  # A service may have no home.
        return None
    return caches / "portrait" / "parsed" if caches.is_absolute() else None


def _move_to_own(project: Project) -> None:
    """Takes out of a state folder of an earlier version the choice that was remembered there."""
    before = project.home / project.choice_file.name
    if before.is_file() and not project.choice_file.exists():
        project.own.mkdir(parents=True, exist_ok=True)
        shutil.move(before, project.choice_file)


def _copy_if_changed(template: Path, copy: Path) -> None:
    if not copy.exists() or copy.read_bytes() != template.read_bytes():
        shutil.copyfile(template, copy)
