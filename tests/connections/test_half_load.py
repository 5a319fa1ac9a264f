"""What a pull that died left in the landing file does not reach the raw tables."""

from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.connections.source_health import record_failure
from orchestration.defs import raw_assets as ingest
from orchestration.defs.resources import PortraitRun
from orchestration.entering import environment
from orchestration.errors import PortraitError
from orchestration.project import Project
from tests.connections.test_pulled import SYSTEM, Erp

ROOT = Project.find().root


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """This checkout with the source `shop` and nothing else."""
    project = Project(ROOT, tmp_path / "home")
    project.home.mkdir()
    for name, value in environment(project).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Project, "find", classmethod(lambda cls: project))
    monkeypatch.setattr(ingest, "source_systems", lambda manifest: {"shop": SYSTEM})
    return project


def land(*, is_collected: bool) -> None:
    run = PortraitRun(is_collected=is_collected)
    assert dg.materialize(ingest.build({}), resources={"run": run}).success


def names(project: Project) -> list[tuple[str, ...]]:
    with duckdb.connect(project.warehouse, read_only=True) as warehouse:
        return warehouse.execute("select name from raw_shop.customers order by name").fetchall()


def test_a_half_load_stays_out_until_the_source_answers_again(
    project: Project, tmp_path: Path
) -> None:
    erp = Erp(tmp_path)
    tables = "{customers: {primary_key: id}, notes: }"
    settings = f"{{kind: sql_database, url: 'sqlite:///{erp.file}', tables: {tables}}}"
    project.own.mkdir(exist_ok=True)
    project.sources_file.write_text(f"shop: {settings}")
    land(is_collected=False)
    before = names(project)
    assert len(before) == 2

    # As after a kill between the rows and the entry that completes their load.
    with duckdb.connect(str(project.pulled("shop") / "data.duckdb")) as landing:
        landing.execute("update landed.customers set name = 'half', _dlt_load_id = 'cut off'")
    record_failure(project.source_health, "shop", PortraitError("shop is down.", "Wait."))
    land(is_collected=True)
    assert names(project) == before

    erp.run("insert into customers values (9, 'Zoe')")
    land(is_collected=False)
    assert sorted(names(project)) == sorted([*before, ("Zoe",)])
