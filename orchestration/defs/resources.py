"""What every asset shares: the run it belongs to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg
import duckdb
from pydantic import Field, PrivateAttr

from orchestration.code_digest import hash_code
from orchestration.defs.failures import failing_clearly
from orchestration.defs.killed_runs import fail_killed_runs
from orchestration.entering import enter
from orchestration.identity.rules_table import remember_found_links, remember_rules
from orchestration.landing.corrections_file import read_corrections
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.pins_table import remember_pins
from orchestration.project import Project
from orchestration.publishing.versions import check_published
from orchestration.state.lock import LONGEST_PULL_SECONDS, run_lock
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.manifest import source_systems
from orchestration.warehouse.opening import open_warehouse


class PortraitRun(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One run: it holds the lock for as long as its assets are made, and knows its beginning.

    The in-process executor makes resources once a run, so setup and teardown enclose the run.
    """

    is_collected: bool = Field(
        default=False, description="Databases and APIs were pulled just before this run."
    )
    is_full_refresh: bool = Field(
        default=False,
        description="Build every table whole; else partitions that nothing new touches stay.",
    )
    _project: Project = PrivateAttr(default_factory=lambda: Project.find())
    _started_at: datetime = PrivateAttr(default_factory=lambda: datetime.now(UTC))
    _code_hash: str = PrivateAttr(default="")

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["PortraitRun"]:
        """Takes the lock, and closes the records of runs whose process was killed."""
        with failing_clearly():
            enter(self._project)
            lock = run_lock(self._project.lock_file, LONGEST_PULL_SECONDS)
            lock.__enter__()
        try:
            if context.instance and not context.instance.is_ephemeral:
                fail_killed_runs(
                    context.instance, alive=context.run.run_id if context.run else None
                )
            # Code that changes during the run must not pass for the code that ran.
            self._code_hash = hash_code(self._project.code)
            with failing_clearly():
                check_published(self._project.published)
                self._remember_what_was_written()
            yield self
        finally:
            lock.__exit__(None, None, None)

    def _remember_what_was_written(self) -> None:
        """What stands in the user's files, before anything lands."""
        corrections, rules = self._project.corrections_file, self._project.identity_rules
        found, pins = self._project.found_links, self._project.pinned_models
        files = (corrections, rules, found, pins, self._project.warehouse)
        if any(file.exists() for file in files):
            systems = source_systems(current_manifest(self._project))
            tables = [table for system in systems.values() for table in system.tables]
            with open_warehouse(self._project.warehouse) as connection:
                read_corrections(connection, tables, corrections)
                remember_rules(connection, rules)
                remember_found_links(connection, found)
                remember_pins(connection, pins)

    @property
    def project(self) -> Project:
        """The paths."""
        return self._project

    @property
    def started_at(self) -> datetime:
        """When the run began, UTC."""
        return self._started_at

    @property
    def code_hash(self) -> str:
        """Hash of the code as it was when the run began."""
        return self._code_hash

    @property
    def maker(self) -> Maker:
        """What decides, beside rows, which models are fitted anew."""
        return Maker.of_code(self._code_hash, is_forced=self.is_full_refresh)

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the warehouse, closed at the end; times are UTC."""
        with open_warehouse(self._project.warehouse) as connection:
            yield connection
