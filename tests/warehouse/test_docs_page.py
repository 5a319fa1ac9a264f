"""dbt's documentation as a page: of the tables that are there, always the same, and only text."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.warehouse import docs_page as documenting
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.docs_page import DOCS, add_docs, docs_page, write_docs_page
from orchestration.warehouse.manifest import Manifest

HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture(scope="module")
def manifest(project: Project) -> Manifest:
    return current_manifest(project)


@pytest.fixture
def built(project: Project, tmp_path: Path) -> Project:
    """The project with a warehouse of two tables, and the SQL of one as a build ran it."""
    home = replace(project, home=tmp_path)
    with duckdb.connect(home.warehouse) as warehouse:
        warehouse.execute(
            f"""
            create schema marts; create schema raw_cdnow;
            create table marts.customer_profiles (shop varchar, order_count bigint);
            create table raw_cdnow.transactions ("{HOSTILE}" varchar)
            """
        )
    compiled = home.dbt_target / "compiled/portrait/models/marts/customer_profiles.sql"
    compiled.parent.mkdir(parents=True)
    compiled.write_text("select 'as it was run'")
    return home


def test_tables_are_described_as_they_are(built: Project, manifest: Manifest) -> None:
    page = docs_page(built, manifest)
    assert '{"type": "BIGINT", "index": 2, "name": "order_count", "comment": null}' in page
    assert '"compiled": true, "compiled_code": "select \'as it was run\'"' in page
    # What was never made has no columns.
    assert page.count('"stats": {}') == 2
    assert "JSON INLINE DATA" not in page


def test_no_name_from_a_file_acts(built: Project, manifest: Manifest) -> None:
    page = docs_page(built, manifest)
    assert HOSTILE not in page and "\\u003c/script>\\u003cscript>alert(1)" in page


def test_it_is_the_same_every_time_and_knows_no_path(built: Project, manifest: Manifest) -> None:
    page = docs_page(built, manifest)
    assert docs_page(built, manifest) == page
    for path in (built.root, built.home, manifest["metadata"]["generated_at"]):
        assert str(path) not in page


def test_a_version_gets_it_or_goes_without(
    built: Project, manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_docs(built, manifest, tmp_path)
    assert (tmp_path / DOCS / "index.html").read_text() == docs_page(built, manifest)
    told: list[str] = []
    monkeypatch.setattr(progress, "warning", told.append)

    def fails(*_: object) -> str:
        raise OSError("no room")

    monkeypatch.setattr(documenting, "docs_page", fails)
    version = tmp_path / "version"
    version.mkdir()
    add_docs(built, manifest, version)
    assert not list(version.iterdir())
    assert len(told) == 1 and "could not be made: no room" in told[0]


def test_without_tables_it_says_how_to_make_some(project: Project, tmp_path: Path) -> None:
    with pytest.raises(PortraitError, match="no tables to describe"):
        write_docs_page(replace(project, home=tmp_path))
