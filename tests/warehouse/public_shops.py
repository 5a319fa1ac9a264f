"""Shops built up to customer days, and a picture of what became of those of the public data sets.

`python -m tests.warehouse.public_shops` draws docs/outcomes.svg anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import duckdb

from orchestration.entering import enter
from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import land
from orchestration.project import Project
from orchestration.publishing.reports.outcomes import (
    Outcome,
    Outcomes,
    draw_outcomes,
    read_outcomes,
)
from orchestration.publishing.reports.page import styled, svg
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.manifest import source_systems
from orchestration.warehouse.plain_project import PlainProject
from orchestration.warehouse.plain_sql import compile_project
from tests.data_sets import PUBLIC_DATA
from tests.warehouse.conftest import new_warehouse

PICTURE = Project.find().root / "docs" / "outcomes.svg"
Paths = dict[str, Path | None]
# Complete Journey's data come with its package.
GROCERY: Paths = {"completejourney": None}
WEB_AND_MUSIC: Paths = {
    "online_retail": PUBLIC_DATA / "online_retail_uci",
    "cdnow": PUBLIC_DATA / "cdnow" / "CDNOW_master.txt",
}


@contextmanager
def customer_days(
    project: Project, plain: PlainProject, paths: Paths
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of some source systems, built up to customer days."""
    systems = source_systems(current_manifest(project))
    with new_warehouse(plain, is_large=True) as connection:
        for name, path in paths.items():
            files = find_source_files(systems[name], path)
            land(connection, systems[name], files, HashCache(project.file_hashes))
        plain.build(connection, {"staging", "inputs", "intermediate"})
        yield connection


def outcomes(connection: duckdb.DuckDBPyConnection, plain: PlainProject) -> list[Outcome]:
    """What became of each stage and segment; makes the tables that tell it."""
    plain.build(connection, {"features"})
    for statement in plain.built:
        if statement.relation in ("tags.tags_lifecycle", "marts.segment_outcomes"):
            connection.execute(statement.sql)
    return read_outcomes(connection)


def drawn(found: list[Outcome]) -> str:
    """The picture of all shops."""
    with styled():
        return svg(draw_outcomes(Outcomes("Three shops: ", found)), "public data sets")


def drawn_shares(picture: str) -> list[list[str]]:
    """The shares that a picture tells of each shop, from top to bottom; of one it has no name."""
    space = "{http://www.w3.org/2000/svg}"
    columns = [
        group
        for group in ElementTree.fromstring(picture).iter(f"{space}g")
        if group.get("id", "").startswith("shop-")
    ]
    texts = [[str(text.text) for text in column.iter(f"{space}text")] for column in columns]
    return [[text for text in told if "%" in text] for told in texts]


def main() -> None:
    """Draws the picture."""
    with TemporaryDirectory() as home:
        project = enter(replace(Project.find(), home=Path(home)))
        plain = compile_project(project)
        found: list[Outcome] = []
        for paths in (GROCERY, WEB_AND_MUSIC):
            with customer_days(project, plain, paths) as connection:
                found += outcomes(connection, plain)
    PICTURE.write_text(drawn(found))


if __name__ == "__main__":
    main()
