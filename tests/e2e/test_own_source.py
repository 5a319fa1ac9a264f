"""The README's walk-through: a source of one's own, with exactly the files that it prints."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from tests.e2e.conftest import ROOT, command_environment

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
    """The README's code blocks of a language, without their indentation."""
    blocks = re.findall(
        rf"^( *)```{language}\n(.*?)^\1```", (ROOT / "README.md").read_text(), re.M | re.S
    )
    return [re.sub(rf"^{indent}", "", text, flags=re.M) for indent, text in blocks]


def test_three_steps_make_portraits_of_ones_own_data(tmp_path: Path) -> None:
    copy, data, home = tmp_path / "portrait", tmp_path / "data", tmp_path / "home"
    ignored = shutil.ignore_patterns(
        ".venv", ".git", ".portrait", "target", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, copy, ignore=ignored)
    data.mkdir()
    (data / "orders.csv").write_text(ORDERS)
    (data / "lines.csv").write_text(LINES)

    folder = copy / "dbt_project" / "models" / "staging" / "my_till"
    folder.mkdir()
    sources_yml, project_line = code_blocks("yaml")
    (folder / "_sources.yml").write_text(sources_yml)
    for sql in code_blocks("sql"):
        if name := re.match(r"-- (stg_my_till__\w+\.sql)\n", sql):
            (folder / name[1]).write_text(sql[name.end() :])
    project_yml = copy / "dbt_project" / "dbt_project.yml"
    project_yml.write_text(
        project_yml.read_text().replace("  sources:\n", f"  sources:\n{project_line}", 1)
    )

    finished = subprocess.run(
        [
            sys.executable,
            "-c",
            "from orchestration.cli import main; main()",
            "run",
            "--source",
            f"my_till={data}",
        ],
        env=command_environment(home, PYTHONPATH=str(copy)),
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "2 customers" in finished.stdout
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
