"""A file that writes a column in another way than its source did is a question, not bad rows."""

from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.landing.files import HashCache
from orchestration.landing.written import ISO
from orchestration.warehouse.manifest import SourceSystem

from .landings import Connection, land_location, refused, sales, shop

FIRST = {
    "iso": "2025-03-01",
    "instant": "2025-03-01T10:00:00Z",
    "%d.%m.%Y": "01.03.2025",
    "plain": "12.50",
    ".": "1,250.50",
    ",": "1.250,50",
}
# What is written otherwise, and how the source's own way is shown.
OTHERS = {
    "iso": ("2025-03-01T10:00:00+02:00", "`2025-03-31 14:05:00`"),
    "instant": ("2025-03-01 10:00:00", "`2025-03-31T14:05:00Z`"),
    "%d.%m.%Y": ("2025-03-01", "`31.03.2025`"),
    "plain": ("12,50", "`1250.50`"),
    ".": ("€ 12,50", "`1,250.50`"),
    ",": ("-12.50", "`1.250,50`"),
}


def written(style: str) -> SourceSystem:
    system = shop("customer", "told")
    return replace(system, tables=(replace(system.tables[0], written={"told": style}),))


def write(path: Path, *values: str) -> None:
    rows = "".join(f'c{number},"{value}"\n' for number, value in enumerate(values))
    path.write_text(f"customer,told\n{rows}")


@pytest.mark.parametrize("style", FIRST)
def test_another_way_of_writing_stops_the_source(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, style: str
) -> None:
    write(tmp_path / "a.csv", FIRST[style], "", "unknown")
    land_location(warehouse, hashes, written(style), tmp_path)
    other, shown = OTHERS[style]
    write(tmp_path / "b.csv", *[FIRST[style]] * 8, other)
    told = refused(warehouse, hashes, written(style), tmp_path)
    assert f"b.csv: the column told was written like {shown}" in told
    assert f"1 of 9 values are not, such as `{other}` in row 9: which is right?" in told
    assert "take it out of `written` in the source's _sources.yml" in told
    # The table stays as it was.
    assert len(sales(warehouse)) == 3


def test_a_few_bad_values_are_bad_rows(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    write(tmp_path / "a.csv", *[FIRST[ISO]] * 10, "03/04/2025")
    assert land_location(warehouse, hashes, written(ISO), tmp_path).row_count == 11


def test_what_is_no_time_and_no_amount_is_no_other_way(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    write(tmp_path / "a.csv", "n/a", "soon", "x 1")
    assert land_location(warehouse, hashes, written(ISO), tmp_path).row_count == 3


def test_a_column_that_is_gone_or_typed_says_nothing(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    write(tmp_path / "a.csv", "1", "2")
    system = shop("customer", "told integer")
    table = replace(system.tables[0], written={"told": "plain", "gone": ISO})
    assert land_location(warehouse, hashes, replace(system, tables=(table,)), tmp_path).row_count
