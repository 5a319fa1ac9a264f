"""Dagster at work: a file arrives and is published, a range of days is a backfill, runs wait."""

import json
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import ROOT, command_environment, run_portrait, script
from tests.e2e.daily_shop import snapshot, write_days

# A machine that is slow is no failure; one where nothing moves is.
PATIENCE_SECONDS = 600
PAST_DAYS = ["2011-02-01", "2011-02-15"]
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}

REPOSITORY = """
    { workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError {
        ... on RepositoryLocation { repositories { name } } } } } } }
"""
RUNS_OF_REPOSITORY = """
    query ($label: String!) {
        runsOrError(filter: {tags: [{key: ".dagster/repository", value: $label}]}) {
            ... on Runs { results { jobName } } } }
"""
RUNS = "{ runsOrError { ... on Runs { results { runId jobName status } } } }"
LOG = """
    query ($key: [String!]!) { capturedLogs(logKey: $key) { stdout stderr } }
"""
LOG_FILE = """
    query ($run: ID!) { logsForRun(runId: $run, limit: 1000) { ... on EventConnection { events {
        __typename ... on LogsCapturedEvent { fileKey } } } } }
"""
ASSET = """
    query ($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode {
        assetMaterializations(limit: 1) { runId metadataEntries { label __typename } }
        assetChecksOrError { ... on AssetChecks { checks { name
            executionForLatestMaterialization { status evaluation {
                targetMaterialization { runId } } } } } } } } }
"""
LAUNCH = """
    mutation ($parameters: ExecutionParams!) { launchRun(executionParams: $parameters) {
        ... on LaunchRunSuccess { run { runId } } } }
"""
RUN = "query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
START_SENSOR = """
    mutation ($selector: SensorSelector!) { startSensor(sensorSelector: $selector) {
        ... on Sensor { id sensorState { status } } } }
"""
STOP_SENSOR = """
    mutation ($id: String) { stopSensor(id: $id) {
        ... on StopSensorMutationResult { instigationState { status } } } }
"""
BACKFILL = """
    mutation ($parameters: LaunchBackfillParams!) {
        launchPartitionBackfill(backfillParams: $parameters) {
            ... on LaunchBackfillSuccess { backfillId } } }
"""


class Dagster:
    """What a person does in the UI, by the interface that the UI uses."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query: str, **variables: object) -> Any:
        """The answer to a query."""
        content = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            self._address, content, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            answered = json.load(answer)
        assert "errors" not in answered, answered
        return answered["data"]

    def repository(self) -> dict[str, str]:
        """Where jobs and sensors are, as selectors name it."""
        (entry,) = self.ask(REPOSITORY)["workspaceOrError"]["locationEntries"]
        (repository,) = entry["locationOrLoadError"]["repositories"]
        return {"repositoryLocationName": entry["name"], "repositoryName": repository["name"]}

    def runs(self, job: str) -> list[str]:
        """The states of a job's runs."""
        runs = self.ask(RUNS)["runsOrError"]["results"]
        return [run["status"] for run in runs if run["jobName"] == job]


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(1)


def answers(dagster: Dagster) -> bool:
    try:
        return bool(dagster.repository())
    except (OSError, TypeError, ValueError):
        return False


def processes() -> dict[int, int]:
    """The parent of each process that lives; one that has ended may wait for init to note it."""
    command = ["ps", "-eo", "pid=,ppid=,stat="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = (line.split() for line in listed.stdout.splitlines())
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def pids_of_group(leader: int) -> list[int]:
    """A process and all that it, or what it started, has started."""
    children: dict[int, list[int]] = {}
    for pid, parent in processes().items():
        children.setdefault(parent, []).append(pid)
    found, left = [], [leader]
    while left:
        found.append(left.pop())
        left += children.get(found[-1], [])
    return found


def end(ui: "subprocess.Popen[str]") -> None:
    """Asks the command to end, as a service manager does: all that it started ends with it."""
    started = pids_of_group(ui.pid)
    assert len(started) > 3
    ui.send_signal(signal.SIGTERM)
    assert ui.wait(60) == 143
    # Those that were killed are gone as soon as the system has noticed.
    wait(lambda: not processes().keys() & set(started))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After a run on the first days of a shop."""
    folder = tmp_path_factory.mktemp("ui")
    write_days(folder / "data", 0, 60)
    finished = run_portrait(folder / "home", "run", "--source", f"online_retail={folder / 'data'}")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return folder / "home"


@pytest.fixture(scope="module")
def dagster(home: Path) -> Iterator[Dagster]:
    """`portrait ui`, with all that it starts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [script("portrait"), "ui", "--port", str(port)],
        env=command_environment(home),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as ui:
        dagster = Dagster(port)
        assert ui.stdout is not None
        try:
            # The address comes when the page is there.
            told = next(line for line in ui.stdout if "http" in line and "Stop it" in line)
            assert told.endswith(f" http://127.0.0.1:{port}\n")
            wait(lambda: answers(dagster))
            # What Dagster says has to go somewhere.
            threading.Thread(target=ui.stdout.read, daemon=True).start()
            yield dagster
        finally:
            end(ui)


def test_runs_of_the_command_line_are_those_of_the_repository(dagster: Dagster) -> None:
    where = dagster.repository()
    label = f"{where['repositoryName']}@{where['repositoryLocationName']}"
    runs = dagster.ask(RUNS_OF_REPOSITORY, label=label)["runsOrError"]["results"]
    assert {"jobName": "portrait"} in runs


def test_the_page_of_a_run_has_a_log_that_can_be_read(dagster: Dagster) -> None:
    run = dagster.ask(RUNS)["runsOrError"]["results"][-1]["runId"]
    events = dagster.ask(LOG_FILE, run=run)["logsForRun"]["events"]
    (file,) = {event["fileKey"] for event in events if "fileKey" in event}
    log = dagster.ask(LOG, key=[run, "compute_logs", file])["capturedLogs"]
    lines = log["stdout"].splitlines()
    assert any("OK created" in line and "customer_profiles" in line for line in lines)
    assert any("landing online_retail" in line for line in lines)
    assert "\x1b" not in log["stdout"] and max(map(len, lines)) < 400


def test_checks_point_at_what_they_checked_and_a_source_that_is_off_has_none(
    dagster: Dagster,
) -> None:
    def asked(*path: str) -> tuple[list[Any], list[Any]]:
        node = dagster.ask(ASSET, key={"path": path})["assetNodeOrError"]
        return node["assetMaterializations"], node["assetChecksOrError"]["checks"]

    for path in (
        ("ml", "customer_segments"),
        ("ml", "customer_predictions"),
        ("marts", "customer_rfm"),
        ("published", "snapshot"),
        ("published", "pages"),
        ("raw_online_retail", "invoice_lines"),
    ):
        (made,), checks = asked(*path)
        assert checks
        for check in checks:
            evaluation = check["executionForLatestMaterialization"]["evaluation"]
            assert evaluation["targetMaterialization"]["runId"] == made["runId"]
    # Rows over time are a plot of every table: of one beside the step's first, too.
    for path in (("ml", "segment_map"), ("ml", "model_curves"), ("features", "customer_features")):
        (made,), _ = asked(*path)
        assert "dagster/row_count" in {entry["label"] for entry in made["metadataEntries"]}, path
    (made,), _ = asked("marts", "customer_rfm")
    kinds = {entry["label"]: entry["__typename"] for entry in made["metadataEntries"]}
    assert kinds["dagster/column_lineage"] == "TableColumnLineageMetadataEntry"
    made_of_off, (check,) = asked("raw_cdnow", "transactions")
    assert made_of_off == []
    assert check["executionForLatestMaterialization"]["status"] == "SKIPPED"


@pytest.mark.parametrize(
    "assets",
    [
        [["marts", "customer_rfm"]],
        [["ml", "customer_segments"], ["ml", "segment_profiles"], ["ml", "segment_map"]],
        [["published", "snapshot"], ["published", "pages"]],
    ],
)
def test_an_asset_is_made_by_itself(dagster: Dagster, assets: list[list[str]]) -> None:
    """What its button *Materialize* does; what a step makes together is made together."""
    selector = {
        **dagster.repository(),
        "pipelineName": "__ASSET_JOB",
        "assetSelection": [{"path": path} for path in assets],
    }
    parameters = {"selector": selector, "runConfigData": "{}", "mode": "default"}
    launched = dagster.ask(LAUNCH, parameters=parameters)["launchRun"]["run"]["runId"]

    def status() -> str:
        told: str = dagster.ask(RUN, run=launched)["runOrError"]["status"]
        return told

    wait(lambda: status() in ENDED)
    assert status() == "SUCCESS"
    for path in assets:
        (made,) = dagster.ask(ASSET, key={"path": path})["assetNodeOrError"][
            "assetMaterializations"
        ]
        assert made["runId"] == launched


def test_a_file_that_arrives_is_published_and_a_range_of_days_is_a_backfill_that_waits(
    home: Path, dagster: Dagster
) -> None:
    repository = dagster.repository()
    (before,) = dagster.runs("portrait")
    first_day = snapshot(home, "select as_of_date from run_manifest limit 1")
    selector = {**repository, "sensorName": "run_on_new_data"}
    started = dagster.ask(START_SENSOR, selector=selector)["startSensor"]
    assert started["sensorState"]["status"] == "RUNNING"
    write_days(home.parent / "arriving", 60, 61)
    (file,) = (home.parent / "arriving").iterdir()
    file.rename(home.parent / "data" / file.name)
    wait(lambda: len(dagster.runs("portrait")) > len([before]))
    days = {
        "selector": {
            "partitionSetName": "portraits_as_of_partition_set",
            "repositorySelector": repository,
        },
        "partitionNames": PAST_DAYS,
    }
    launched = dagster.ask(BACKFILL, parameters=days)["launchPartitionBackfill"]
    assert "backfillId" in launched
    most_at_once = 0

    def all_ended() -> bool:
        nonlocal most_at_once
        current, past = dagster.runs("portrait"), dagster.runs("portraits_as_of")
        most_at_once = max(most_at_once, [*current, *past].count("STARTED"))
        return len(past) == len(PAST_DAYS) and {*current, *past} <= ENDED

    wait(all_ended)
    assert most_at_once == 1
    # Of one file there is one run, however often the sensor has looked meanwhile.
    assert dagster.runs("portrait") == ["SUCCESS", before]
    assert dagster.runs("portraits_as_of") == ["SUCCESS"] * len(PAST_DAYS)
    assert snapshot(home, "select as_of_date from run_manifest limit 1") != first_day
    for day in PAST_DAYS:
        published = snapshot(home, "select as_of_date from run_manifest", day)
        assert {str(known) for (known,) in published} == {day}
    stopped = dagster.ask(STOP_SENSOR, id=started["id"])["stopSensor"]
    assert stopped["instigationState"]["status"] == "STOPPED"
