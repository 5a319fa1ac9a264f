"""Where everything lies: the only place in the orchestration where a path exists.

Nothing happens when this module is imported. The entry points (the `portrait` command and Dagster's
`definitions.py`) call `entering.enter` once; it makes the folders and sets the environment.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self


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
        """What the user wrote, as text: sources, the choice of them, corrections, who is who.

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
    def identifier_kinds(self) -> Path:
        """The seed that says what each kind of identifier may do."""
        return self.dbt_project / "seeds" / "identifier_kinds.csv"

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
    def customer_pages(self) -> Path:
        """Pages of single customers, written for whoever asked."""
        return self.home / "pages"

    @property
    def deliveries(self) -> Path:
        """How far each receiver of changes has come."""
        return self.home / "delivered.json"

    @property
    def delivery_lock(self) -> Path:
        """Held while changes are sent, so that none is sent by two at once."""
        return self.home / "send.lock"

    @property
    def drawing(self) -> Path:
        """What matplotlib remembers of the machine's fonts."""
        return self.home / "matplotlib"

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
    def identity_rules(self) -> Path:
        """Who the user has said is one person, and who is not."""
        return self.own / "identity_rules.yml"

    @property
    def found_links(self) -> Path:
        """Who was found to be one person without a shared identifier, where the user has asked."""
        return self.own / "found_links.jsonl"

    @property
    def pinned_models(self) -> Path:
        """Which versions of models the user has chosen to be gone by."""
        return self.own / "pinned_models.yml"

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
    def api_keys(self) -> Path:
        """Hashes of the keys with which services ask the API."""
        return self.home / "api_keys.json"

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
