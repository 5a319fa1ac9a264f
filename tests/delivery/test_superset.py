"""The dashboard in a real Superset: it is imported, drawn and right, and follows each version."""

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.delivery.superset_dashboard import SOURCES, write_dashboard
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.publishing.reading import open_snapshot
from orchestration.publishing.versions import new_version
from tests.delivery.superset_server import PASSWORD, STEPS, SUPERSET, USER, Superset, set_up
from tests.pages.conftest import browser
from tests.pages.shop import make_snapshot

__all__ = ["browser"]

# What each chart is to say: by which columns, and the same in SQL.
ANSWERS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "Customers": ((), "select count(*) as customers from customer_profiles"),
    "Sales a week": (
        ("activity_date",),
        """
        pivot (
            select epoch_ms(date_trunc('week', activity_date)) as activity_date, shop, net_amount
            from shop_days
        ) on shop using sum(net_amount)
        """,
    ),
    "Orders and new customers a week": (
        ("activity_date",),
        """
        select epoch_ms(date_trunc('week', activity_date)) as activity_date,
            sum(order_count) as orders, sum(new_customer_count) as new_customers
        from shop_days group by all
        """,
    ),
    "Segments": (
        ("shop", "segment_name"),
        """
        select shop, segment_name, sum(customer_count) as customers, sum(total_spend) as spend,
            sum(mean_repurchase_probability * customer_count) / sum(customer_count) as repurchase
        from segment_portraits group by all
        """,
    ),
    "RFM segments": (
        ("rfm_segment",),
        "select rfm_segment, count(*) as customers from customer_profiles group by all",
    ),
    "Lifecycle stages by value": (
        ("lifecycle_stage",),
        """
        pivot (
            select lifecycle_stage, coalesce(value_tier, '<NULL>') as tier from customer_profiles
        ) on tier using nullif(count(*), 0)
        """,
    ),
    "Who orders again, months after the first order": (
        ("months_since_first_order", "cohort_month"),
        """
        select months_since_first_order, epoch_ms(cohort_month) as cohort_month,
            sum(active_customer_count) / sum(customer_count) as retention
        from customer_cohorts where is_month_over and months_since_first_order > 0 group by all
        """,
    ),
    "Rows delivered, accepted and refused": (
        ("source_system", "entity", "outcome", "reason_name"),
        """
        select source_system, entity, outcome, reason_name, sum(row_count) as rows
        from data_quality group by all
        """,
    ),
}
# What Superset adds for itself.
_ADDED = ("customers__contribution", "rank")
_SECONDS_TO_DRAW = 60


def publish(published: Path, change: str = "") -> None:
    with new_version(published, datetime(2024, 1, 1, tzinfo=UTC)) as folder:
        make_snapshot(folder)
        with duckdb.connect(folder / "marts.duckdb") as connection:
            connection.execute("update customer_cohorts set active_customer_count = 12")
            connection.execute(change or "select 1")


def written(home: Path, current: Path | None = None) -> bytes:
    link = home / "published" / "current"
    with open_snapshot(link) as snapshot:
        write_dashboard(snapshot, current or link, home / "dashboard.zip")
    return (home / "dashboard.zip").read_bytes()


def read(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: yaml.safe_load(archive.read(name)) for name in archive.namelist()}


def test_the_dashboard_is_the_same_and_knows_what_columns_mean(tmp_path: Path) -> None:
    publish(
        tmp_path / "published",
        "comment on column customer_profiles.total_spend is 'What they spent.'",
    )
    content = written(tmp_path)
    assert written(tmp_path) == content
    files = read(content)
    assert len(files) == len(list(SOURCES.rglob("*.yaml")))
    columns = files["portrait/datasets/portrait/customer_profiles.yaml"]["columns"]
    described = {column["column_name"]: column for column in columns}
    assert described["total_spend"]["description"] == "What they spent."
    assert described["as_of_date"]["is_dttm"] and not described["shop"]["is_dttm"]
    database = files["portrait/databases/portrait.yaml"]
    link = tmp_path / "published" / "current"
    assert database["sqlalchemy_uri"] == f"duckdb:///{link}/marts.duckdb?access_mode=read_only"
    assert not database["allow_dml"]
    elsewhere = read(written(tmp_path, Path("/mnt/current")))["portrait/databases/portrait.yaml"]
    assert elsewhere["sqlalchemy_uri"].startswith("duckdb:////mnt/current/marts.duckdb?")
    with pytest.raises(PortraitError, match="cannot stand in the address"):
        written(tmp_path, Path("/mnt/what?/current"))


def test_without_facts_their_charts_are_left_out(tmp_path: Path) -> None:
    publish(tmp_path / "published", "drop table shop_days; drop table customer_cohorts")
    files = read(written(tmp_path))
    left_out = {"sales", "new_customers", "cohorts"}
    charts = {file.stem for file in SOURCES.glob("charts/*.yaml")}
    assert {Path(name).stem for name in files if "/charts/" in name} == charts - left_out
    position = files["portrait/dashboards/portrait.yaml"]["position"]
    placed = {
        child
        for element in position.values()
        if isinstance(element, dict)
        for child in element.get("children", [])
    }
    assert placed <= set(position)
    assert not any(f"CHART-{name}" in position for name in left_out)


def test_the_command_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path))
    publish(tmp_path / "published")
    file = tmp_path / "portraits.zip"
    told = CliRunner().invoke(main, ["superset", str(file)])
    assert told.exit_code == 0, told.output
    assert file.read_bytes() == written(tmp_path)
    told = CliRunner().invoke(main, ["superset", str(tmp_path / "nowhere" / "portraits.zip")])
    assert told.exit_code == 2 and "cannot be written: No such file or directory" in told.stderr


def test_the_page_tells_the_steps_that_are_tested() -> None:
    page = (Project.find().root / "docs" / "bi.md").read_text()
    told = re.findall(r"^superset/bin/superset (.+?)(?: --.*)?$", page, re.M)
    assert tuple(told) == (*STEPS, "import-directory")


class Dashboard:
    """The dashboard in a browser, and what its charts were answered."""

    def __init__(self, page: Any, address: str, superset: Superset) -> None:
        self.page, self.address, self.superset = page, address, superset
        self.published = superset.folder / "published"
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.names: dict[int, str] = {}
        page.on("response", self._keep)

    def log_in(self) -> None:
        """Logs in, and learns what the charts are called."""
        self.page.goto(f"{self.address}/login/")
        self.page.fill("input#username", USER)
        self.page.fill("input#password", PASSWORD)
        with self.page.expect_navigation(url="**/superset/welcome/"):
            self.page.keyboard.press("Enter")
        charts = self.get("chart/")["result"]
        self.names = {chart["id"]: chart["slice_name"] for chart in charts}

    def get(self, path: str) -> dict[str, Any]:
        """What Superset's API says."""
        return dict(self.page.request.get(f"{self.address}/api/v1/{path}").json())

    def ask(self, statement: str) -> dict[str, Any]:
        """What the SQL Lab says of a statement."""
        token = self.get("security/csrf_token/")
        answer = self.page.request.post(
            f"{self.address}/api/v1/sqllab/execute/",
            data={"database_id": 1, "sql": statement, "runAsync": False},
            headers={"X-CSRFToken": token["result"], "Referer": self.address},
        )
        return dict(answer.json())

    def open(self) -> None:
        """Opens it and waits until every chart has been answered."""
        self.answers.clear()
        self.page.goto(f"{self.address}/superset/dashboard/portrait/")
        deadline = time.monotonic() + _SECONDS_TO_DRAW
        while len(self.answers) < len(ANSWERS) and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
        self.page.wait_for_load_state("networkidle")

    def _is_chart(self, url: str) -> bool:
        return "/api/v1/chart/data" in url and "slice_id" in url

    def _keep(self, answer: Any) -> None:
        if self._is_chart(answer.url):
            number = json.loads(answer.request.post_data)["form_data"]["slice_id"]
            (result,) = answer.json()["result"]
            self.answers[self.names[number]] = result["data"]


@pytest.fixture(scope="module")
def dashboard(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The dashboard, opened by somebody who has logged in."""
    if not SUPERSET.exists():
        pytest.skip("Superset is not installed: make .venv/superset/installed")
    home = tmp_path_factory.mktemp("superset")
    publish(home / "published")
    written(home)
    superset = set_up(home, home / "dashboard.zip")
    with superset.serving() as address:
        page = browser.new_page(viewport={"width": 1600, "height": 2400})
        dashboard = Dashboard(page, address, superset)
        dashboard.log_in()
        yield dashboard
        page.close()


Cells = set[tuple[tuple[Any, ...], str, float]]


def cells(rows: list[dict[str, Any]], keys: tuple[str, ...]) -> Cells:
    """Numbers by row and column, of an answer or of what SQL says."""
    return {
        (tuple(row[key] for key in keys), name, round(float(value), 6))
        for row in rows
        for name, value in row.items()
        if name not in (*keys, *_ADDED) and value is not None
    }


def expected(published: Path, chart: str) -> Cells:
    keys, query = ANSWERS[chart]
    with open_snapshot(published / "current") as snapshot:
        return cells([dict(row) for row in snapshot.rows(query)], keys)


def test_every_chart_is_drawn_and_says_what_sql_says(dashboard: Dashboard) -> None:
    dashboard.open()
    assert set(dashboard.answers) == set(ANSWERS)
    for chart, (keys, _) in ANSWERS.items():
        answer = cells(dashboard.answers[chart], keys)
        assert answer and answer == expected(dashboard.published, chart), chart
    drawn = dashboard.page.locator(".dashboard-component-chart-holder")
    assert drawn.count() == len(ANSWERS)
    assert dashboard.page.locator("[role=alert]:visible").count() == 0
    for holder in drawn.all():
        assert holder.locator("canvas, table, .header-line").count() > 0, holder.inner_text()


def test_the_next_question_is_answered_from_the_next_version(dashboard: Dashboard) -> None:
    dashboard.open()
    before = dashboard.answers["Customers"]
    publish(dashboard.published, "delete from customer_profiles where hash(customer_id) % 2 = 0")
    dashboard.open()
    assert dashboard.answers["Customers"] != before
    for chart in ("Customers", "RFM segments"):
        keys, _ = ANSWERS[chart]
        assert cells(dashboard.answers[chart], keys) == expected(dashboard.published, chart)


def test_nothing_can_be_written_through_it(dashboard: Dashboard) -> None:
    for statement in ("delete from customer_profiles", "create table mine as select 1"):
        said = dashboard.ask(statement)
        assert "errors" in said, said
    assert "errors" not in dashboard.ask("select count(*) from customer_profiles")


def test_a_later_file_brings_what_tables_have_got_since(dashboard: Dashboard) -> None:
    home = dashboard.superset.folder
    publish(dashboard.published, "alter table customer_profiles add column a_new_tag varchar")
    with zipfile.ZipFile(io.BytesIO(written(home))) as archive:
        archive.extractall(home)
    dashboard.superset.run("import-directory", "--overwrite", "portrait")
    assert "errors" not in dashboard.ask("select a_new_tag from customer_profiles")
    tables = dashboard.get("dataset/?q=(page_size:100)")["result"]
    (profiles,) = [one["id"] for one in tables if one["table_name"] == "customer_profiles"]
    columns = dashboard.get(f"dataset/{profiles}")["result"]["columns"]
    assert "a_new_tag" in {column["column_name"] for column in columns}
    dashboard.open()
    assert cells(dashboard.answers["Customers"], ()) == expected(dashboard.published, "Customers")
