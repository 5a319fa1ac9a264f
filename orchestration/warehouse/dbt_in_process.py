"""dbt inside this process: parsed once, built with its events streamed out while it works.

A dbt process of its own costs about four seconds of CPU for imports and parsing at every start;
here the imports are Dagster's too, and one parsed manifest serves every invocation of a run.
"""

import hashlib
import json
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest as ParsedManifest
from dbt_common.events.base_types import EventMsg
from google.protobuf.json_format import MessageToDict

from orchestration import progress
from orchestration.code_digest import hash_code, package_versions
from orchestration.errors import PortraitError
from orchestration.loading import loading
from orchestration.project import Project
from orchestration.warehouse.build_outcome import NodeFailure
from orchestration.warehouse.opening import DBT_THREAD
from orchestration.warehouse.parsed_before import keep_parsed, made_from, read_parsed

# The events that tell what became of a node; the thousands of others stay objects in dbt.
_RESULTS = {"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"}
# Nobody reads dbt's JSON files but `manifest.json`, which is written where the project has changed.
_QUIET = (
    *("--log-level", "none", "--log-level-file", "info"),
    # Colours of the terminal reach the file too.
    *("--no-use-colors", "--no-use-colors-file", "--no-write-json"),
)

_LONGEST_MESSAGE = 600

Event = dict[str, Any]


@cache
def parse(project: Project) -> ParsedManifest:
    """The parsed dbt project, once a process.

    Raises:
        PortraitError: The dbt project has an error.
    """
    code_before_parsing(project)
    with loading():
        return parse_with(project, {})


@cache
def code_before_parsing(project: Project) -> str:
    """Differs whenever the dbt project's SQL may do something else; once a process.

    As it was before it was parsed: with what is changed meanwhile nothing passes for tested.
    """
    parts = [hash_code([project.dbt_project]), *sorted(package_versions().items())]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def parse_with(project: Project, variables: Mapping[str, Any]) -> ParsedManifest:
    """The dbt project as it is parsed with these vars, now or before. dbt reparses what changed.

    Raises:
        PortraitError: The dbt project has an error.
    """
    source = made_from(project, variables)
    parsed_before = read_parsed(project, source)
    # What is given is not parsed again; the settings and the profile are read all the same.
    outcome = dbtRunner(manifest=parsed_before).invoke(
        [*_QUIET, "parse", *folder_options(project), "--vars", json.dumps(dict(variables))]
    )
    close_warehouse()
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    if not isinstance(outcome.result, ParsedManifest):
        raise PortraitError(
            f"The dbt project cannot be parsed: {_sentence(outcome.exception)}",
            f"Correct the file that it names. dbt's log: {project.dbt_log}",
        )
    # A file that was changed meanwhile may have been parsed in either state.
    if parsed_before is None and made_from(project, variables) == source:
        keep_parsed(project, source, outcome.result)
    return outcome.result


class Build:
    """One `dbt build`: iterate over it for the results as they come, then ask how it ended."""

    def __init__(self, project: Project, arguments: Sequence[str]) -> None:
        """Parses the project if that has not been done, and takes the arguments of `dbt build`."""
        self._manifest = parse(project)
        self._arguments = [*_QUIET, "build", *folder_options(project), *arguments]
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._outcome = dbtRunnerResult(success=False)

    def __iter__(self) -> Iterator[Event]:
        """Runs dbt in a thread and gives its result events, then lets go of the warehouse.

        Who stops the run need not wait for what dbt is doing: its thread ends with the process.
        """
        thread = threading.Thread(target=self._run, name=DBT_THREAD, daemon=True)
        thread.start()
        is_stopped = False
        try:
            while (event := self._events.get()) is not None:
                yield event
        except GeneratorExit:
            raise  # Whoever listened has had enough: dbt goes on to its end.
        except BaseException:
            is_stopped = True
            raise
        finally:
            if not is_stopped:
                thread.join()
                close_warehouse()

    @property
    def exception(self) -> BaseException | None:
        """What stopped dbt itself, if anything did."""
        return self._outcome.exception

    def nodes_with(self, *statuses: str) -> list[NodeFailure]:
        """The nodes that ended with one of the statuses `error`, `fail`, `warn`."""
        results = getattr(self._outcome.result, "results", [])
        return [_node_failure(result) for result in results if result.status in statuses]

    def _run(self) -> None:
        try:
            runner = dbtRunner(manifest=self._manifest, callbacks=[self._receive])
            self._outcome = runner.invoke(self._arguments)
        finally:
            self._events.put(None)

    def _receive(self, event: EventMsg) -> None:
        info: Any = event.info
        progress.detail(info.level, info.msg)
        if info.name in _RESULTS:
            self._events.put(MessageToDict(event, preserving_proto_field_name=True))


def compile_inline(project: Project, jinja: str) -> str:
    """What a piece of Jinja of our own gives in the dbt project; nothing from data belongs into it.

    Raises:
        PortraitError: The dbt project has an error.
    """
    arguments = [*_QUIET, "compile", *folder_options(project), "--inline", jinja]
    try:
        outcome = dbtRunner(manifest=parse(project)).invoke(arguments)
    finally:
        close_warehouse()
    if not isinstance(outcome.result, RunExecutionResult):
        raise PortraitError(
            f"The dbt project does not compile: {_sentence(outcome.exception)}",
            f"Correct the file that it names. dbt's log: {project.dbt_log}",
        )
    node: Any = outcome.result.results[0].node
    return str(node.compiled_code)


def close_warehouse() -> None:
    """Closes dbt's handle, which it would keep until the process ends."""
    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
        DuckDBConnectionManager.close_all_connections()


def folder_options(project: Project) -> list[str]:
    """The options that tell dbt where everything lies."""
    return [
        *("--project-dir", str(project.dbt_project)),
        *("--profiles-dir", str(project.dbt_project)),
        *("--target-path", str(project.dbt_target)),
        *("--log-path", str(project.logs)),
    ]


def _node_failure(result: RunResult) -> NodeFailure:
    node: Any = result.node
    is_test = node.resource_type == "test"
    compiled = getattr(node, "compiled_path", None)  # Seeds have none.
    return NodeFailure(
        name=node.name if is_test else f"{node.schema}.{node.name}",
        kind=str(node.resource_type),
        message=_sentence(result.message),
        rows=result.failures if is_test else None,
        compiled=Path(compiled) if compiled else None,
    )


def _sentence(error: object) -> str:
    """The message of dbt in one line, without the list of macros that it ends with."""
    text = " ".join(str(error).split()).split(" > in macro ")[0]
    return text[:_LONGEST_MESSAGE]
