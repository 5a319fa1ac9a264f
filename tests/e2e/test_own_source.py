"""The walk-through of docs/own-data.md: a source of one's own, with exactly what it prints.

Its tests follow each other: portraits are made, bad rows are mended, the file grows.
"""

import re
import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.identity.found_links import FoundLink, write_found_links
from tests.checkouts import copy_checkout
from tests.e2e.conftest import ROOT, run_portrait

Portrait = Callable[..., str]

PORTRAIT = ".venv/bin/portrait "
PAGE = ROOT / "docs" / "own-data.md"
ORDERS = """receipt,card,time
r1,王芳,2024-03-01 09:30:00
r2,王芳,2024-03-15 18:00:00
r3,0042,2024-03-15 23:30:00
r4,,2024-03-16 10:00:00
r5,0077,yesterday
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a copy of the checkout, its state, and what the till has written."""
    folder = tmp_path_factory.mktemp("till")
    copy_checkout(folder)
    (folder / "data").mkdir()
    (folder / "data" / "orders.csv").write_text(ORDERS)
    (folder / "data" / "lines.csv").write_text(LINES)
    return folder


@pytest.fixture(scope="module")
def portrait(folder: Path) -> Portrait:
    """The `portrait` command of the copy; gives what it printed."""

    def run(*arguments: str, fails: bool = False) -> str:
        finished = run_portrait(folder / "home", *arguments, checkout=folder / "portrait")
        printed = finished.stdout + finished.stderr
        assert (finished.returncode != 0) is fails, printed
        return printed

    return run


def write_by_hand(checkout: Path, name: str) -> None:
    """The three steps of the page, for a source of another name."""
    folder = checkout / "dbt_project" / "models" / "staging" / name
    folder.mkdir()
    sources_yml, project_line, *_ = (
        block.replace("my_till", name) for block in code_blocks("yaml")
    )
    (folder / "_sources.yml").write_text(sources_yml)
    for sql in (block.replace("my_till", name) for block in code_blocks("jinja")):
        if model := re.match(rf"-- (stg_{name}__\w+\.sql)\n", sql):
            (folder / model[1]).write_text(sql[model.end() :])
    project_yml = checkout / "dbt_project" / "dbt_project.yml"
    project_yml.write_text(
        project_yml.read_text().replace("  sources:\n", f"  sources:\n{project_line}", 1)
    )


def test_three_commands_and_three_steps_by_hand_make_the_same_portraits(
    portrait: Portrait, folder: Path
) -> None:
    data, home = folder / "data", folder / "home"
    add, check, make = commands()
    assert (add[:3], check[:2], make[0]) == (
        ["source", "add", "my_till"],
        ["source", "check"],
        "run",
    )
    portrait(*(str(data) if word == "/path/to/folder" else word for word in add))
    checked = portrait(*check)
    assert "orders: 5 rows read, 3 accepted, 2 in quarantine" in checked
    assert "orders.csv row 5, key r5: time=yesterday" in checked
    assert not (home / "warehouse.duckdb").exists()
    # Both in one run: each is a shop of its own.
    write_by_hand(folder / "portrait", "hand_till")
    made = portrait(*make, "--source", f"hand_till={data}")
    for shop in ("my_till", "hand_till"):
        assert f"2 customers, 2 with orders, as of 2024-03-16, from {shop}" in made
        check_portraits(home, shop)


def check_portraits(home: Path, shop: str) -> None:
    marts = home / "published" / "current" / "marts.duckdb"
    with duckdb.connect(str(marts.resolve()), read_only=True) as connection:
        profiles = connection.execute(
            """
            select customer_id, order_count, total_spend, returned_amount
            from customer_profiles where shop = ? order by customer_id
            """,
            [shop],
        ).fetchall()
        reasons = connection.execute(
            """
            select entity, reason_code, row_count from data_quality
            where outcome = 'quarantined' and source_system = ? order by all
            """,
            [shop],
        ).fetchall()
    assert [(*row[:2], float(row[2]), float(row[3])) for row in profiles] == [
        (f"{shop}:0042", 1, 4.0, 0.0),
        (f"{shop}:王芳", 2, 17.5, 10.0),
    ]
    assert reasons == [
        ("order_lines", "missing_customer", 1),
        ("order_lines", "rejected_order", 1),
        ("order_lines", "unparseable_value", 1),
        ("orders", "missing_customer", 1),
        ("orders", "unparseable_value", 1),
    ]


def test_a_corrected_row_comes_out_of_quarantine_without_loading(
    portrait: Portrait, folder: Path
) -> None:
    orders, sheet = folder / "data" / "orders.csv", folder / "bad.csv"
    assert "There is no customer my_till:0077" in portrait("show", "my_till:0077", fails=True)
    chosen = ("--source", "my_till", "--reason", "unparseable_value")
    portrait("quarantine", "export", str(sheet), *chosen)
    sheet.write_text(sheet.read_text().replace("yesterday", "2024-03-15 12:00:00"))
    portrait("identity", "merge", "my_till:0042", "my_till:王芳", "--note", "they said so")
    content = orders.read_bytes()
    orders.unlink()  # Nothing is to look at the files.
    told = portrait("quarantine", "replay", str(sheet))
    orders.write_bytes(content)
    assert "landing" not in told
    assert "2 rows left quarantine; 8 are there now." in told
    assert re.search(r"my_till +orders +unparseable_value +1 +1 +0 +0\n", told)
    assert re.search(r"my_till +order_lines +unparseable_value +1 +0 +0 +1\n", told)
    assert "The one order was on 2024-03-15" in portrait("show", "my_till:0077")
    # What was decided counts too, as in any run.
    assert "my_till:王芳 is one person by 2 keys" in portrait("identity", "show", "my_till:0042")
    assert "3 orders since 2024-03-01" in " ".join(portrait("show", "my_till:0042").split())
    assert "Nothing is new" in portrait("run")


def test_a_file_that_grows_is_landed_anew_and_corrected_again(
    portrait: Portrait, folder: Path
) -> None:
    """And a rule that is taken back counts no more, a link that was found does."""
    with (folder / "data" / "orders.csv").open("a") as orders:
        orders.write("r6,0088,2024-03-20 12:00:00\n")
    with (folder / "data" / "lines.csv").open("a") as lines:
        lines.write("r6,1,tea,1,10.00\n")
    assert "they said so" in portrait("identity", "rules", "--take-back", "1")
    link = FoundLink("my_till:0042", "my_till:0088", 0.97, ("given name",), date(2024, 3, 20))
    write_found_links(folder / "home-own" / "found_links.jsonl", [link], 0.95)
    told = portrait("run")
    assert "new since the last run: source files, identity rules, found links." in told
    assert "landing my_till" in told
    assert "my_till:王芳 is one person by one key" in portrait("identity", "show", "my_till:王芳")
    assert "The one order was on 2024-03-15" in portrait("show", "my_till:0077")
    assert "given name; 97 %, found on" in portrait("identity", "show", "my_till:0088")
