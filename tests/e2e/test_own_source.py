"""The walk-through of docs/own-data.md: a source of one's own, with exactly what it prints."""

import re
import shlex
from pathlib import Path

import duckdb
import pytest

from tests.checkouts import copy_checkout
from tests.e2e.conftest import ROOT, run_copy

PORTRAIT = ".venv/bin/portrait "
PAGE = ROOT / "docs" / "own-data.md"
ORDERS = """receipt,card,time
r1,王芳,2024-03-01 09:30:00
r2,王芳,2024-03-15 18:00:00
r3,0042,2024-03-15 23:30:00
r4,,2024-03-16 10:00:00
r5,0042,yesterday
"""
LINES = """receipt,position,article,pieces,amount
r1,1,tea,2,20.00
r1,2,milk,1,3.50
r2,1,tea,-1,-10.00
r2,2,bread,1,4.00
r3,1,milk,one,3.50
r3,2,bread,1,4.00
r4,1,tea,1,10.00
r5,1,tea,1,10.00
"""


def code_blocks(language: str) -> list[str]:
    """The page's code blocks of a language, without their indentation."""
    blocks = re.findall(rf"^( *)```{language}\n(.*?)^\1```", PAGE.read_text(), re.M | re.S)
    return [re.sub(rf"^{indent}", "", text, flags=re.M) for indent, text in blocks]


def commands() -> list[list[str]]:
    """The page's `portrait` commands under "Bring your own", as arguments."""
    section = PAGE.read_text().split("## Bring your own")[1].split("##")[0]
    return [
        shlex.split(line.removeprefix(PORTRAIT))
        for line in section.splitlines()
        if line.startswith(PORTRAIT)
    ]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout, to which a source can be added."""
    return copy_checkout(tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """What the till has written."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "orders.csv").write_text(ORDERS)
    (folder / "lines.csv").write_text(LINES)
    return folder


def test_three_commands_make_portraits_of_ones_own_data(
    checkout: Path, data: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    add, check, make = commands()
    assert (add[:3], check[:2], make[0]) == (
        ["source", "add", "my_till"],
        ["source", "check"],
        "run",
    )
    run_copy(checkout, home, *(str(data) if word == "/path/to/folder" else word for word in add))
    checked = run_copy(checkout, home, *check).stdout
    assert "orders: 5 rows read, 3 accepted, 2 in quarantine" in checked
    assert "orders.csv row 5, key r5: time=yesterday" in checked
    assert not (home / "warehouse.duckdb").exists()
    assert "2 customers" in run_copy(checkout, home, *make).stdout
    assert_portraits(home)


def test_three_steps_by_hand_make_the_same(checkout: Path, data: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    folder = checkout / "dbt_project" / "models" / "staging" / "my_till"
    folder.mkdir()
    sources_yml, project_line, *_ = code_blocks("yaml")
    (folder / "_sources.yml").write_text(sources_yml)
    for sql in code_blocks("jinja"):
        if name := re.match(r"-- (stg_my_till__\w+\.sql)\n", sql):
            (folder / name[1]).write_text(sql[name.end() :])
    project_yml = checkout / "dbt_project" / "dbt_project.yml"
    project_yml.write_text(
        project_yml.read_text().replace("  sources:\n", f"  sources:\n{project_line}", 1)
    )
    assert "2 customers" in run_copy(checkout, home, "run", "--source", f"my_till={data}").stdout
    assert_portraits(home)


def assert_portraits(home: Path) -> None:
    marts = home / "published" / "current" / "marts.duckdb"
    with duckdb.connect(str(marts.resolve()), read_only=True) as connection:
        profiles = connection.execute("""
            select customer_id, order_count, total_spend, returned_amount
            from customer_profiles order by customer_id
        """).fetchall()
        reasons = connection.execute("""
            select entity, reason_code, row_count from data_quality
            where outcome = 'quarantined' order by all
        """).fetchall()
    assert [(*row[:2], float(row[2]), float(row[3])) for row in profiles] == [
        ("my_till:0042", 1, 4.0, 0.0),
        ("my_till:王芳", 2, 17.5, 10.0),
    ]
    assert reasons == [
        ("order_lines", "missing_customer", 1),
        ("order_lines", "rejected_order", 1),
        ("order_lines", "unparseable_value", 1),
        ("orders", "missing_customer", 1),
        ("orders", "unparseable_value", 1),
    ]
