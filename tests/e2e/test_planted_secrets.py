"""Secrets of every kind stay in the environment, whether the sources answer or fail."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
from sqlalchemy import Engine

from tests.checkouts import copy_checkout
from tests.connections.conftest import api, database, postgres_url  # noqa: F401
from tests.connections.leaks import command_lines, leaks
from tests.connections.servers import DATABASE_PASSWORD, Api
from tests.e2e.conftest import command_environment
from tests.e2e.forked import run_python, start_python
from tests.e2e.test_declared_sources import ORIGIN, STAGING, execute, raw_source, raw_table

SOURCES_YML = """
erp:
  kind: sql_database
  url: {database}?user=portrait&password=${{ERP_PASSWORD}}
  tables:
    orders: {{primary_key: id, cursor: updated_at}}
    items: {{primary_key: [order_id, position]}}
crm:
  kind: rest_api
  client:
    base_url: {api}/${{CRM_PATH}}
    headers: {{Authorization: "Bearer ${{CRM_TOKEN}}", Cookie: "id=${{CRM_COOKIE}}"}}
    auth: {{type: http_basic, username: shop, password: "${{CRM_PASSWORD}}"}}
    paginator: {{type: page_number, base_page: 1, total_path: total_pages}}
  resource_defaults:
    endpoint: {{params: {{api_key: "${{CRM_DEFAULT}}"}}}}
  resources:
    - name: members
      primary_key: id
      endpoint:
        path: members?token=${{CRM_QUERY}}
        data_selector: data
        params: {{sig: "${{CRM_PARAMETER}}"}}
        headers: {{X-Api-Key: "${{CRM_HEADER}}"}}
till:
  path: http://ann:${{TILL_PASSWORD}}@{host}/${{TILL_PATH}}/people.csv?X-Amz-Signature=${{TILL_SIGNATURE}}
"""
TILL = {
    "till/_sources.yml": raw_source("till", raw_table("people", id="varchar")),
    "till/stg_till__customers.sql": f"""
        select 'till' as source_system, id as source_customer_id, {ORIGIN}
        from {{{{ source('raw_till', 'people') }}}}""",
}
SECRETS = {
    "ERP_PASSWORD": DATABASE_PASSWORD,
    "CRM_PATH": "crm-path-4711",
    **{
        name: f"{name.lower()}-{number}$&+ü x"
        for number, name in enumerate(("CRM_DEFAULT", "CRM_QUERY", "CRM_PARAMETER", "CRM_PASSWORD"))
    },
    "CRM_TOKEN": "crm-bearer/token$==",
    "CRM_COOKIE": "crm-cookie$1",
    "CRM_HEADER": "crm-header+$1",
    "TILL_PASSWORD": "till-pa$$w0rd",
    "TILL_PATH": "till-path-4711",
    "TILL_SIGNATURE": "till-signature-$1",
}
WRONG = {name: f"{value}-wrong" for name, value in SECRETS.items()}
PLANTED = {*SECRETS.values(), *WRONG.values()}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def checkout(tmp_path: Path, postgres_url: str, api: Api) -> Path:  # noqa: F811
    """A copy of the checkout that knows the three sources."""
    copy = copy_checkout(tmp_path)
    for name, content in {**STAGING, **TILL}.items():
        file = copy / "dbt_project" / "models" / "staging" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(content)
    project_yml = copy / "dbt_project" / "dbt_project.yml"
    entities = "    erp: [orders, order_lines]\n" + "".join(
        f"    {name}: {{shop: erp, entities: [customers]}}\n" for name in ("crm", "till")
    )
    project_yml.write_text(
        project_yml.read_text().replace("  sources:\n", f"  sources:\n{entities}", 1)
    )
    server = postgres_url.replace("portrait:${DB_PASSWORD}@", "")
    host = api.url.removeprefix("http://")
    own = tmp_path / "home-own"
    own.mkdir()
    (own / "sources.yml").write_text(SOURCES_YML.format(database=server, api=api.url, host=host))
    return copy


@pytest.fixture
def run(tmp_path: Path, checkout: Path, api: Api) -> Iterator[Run]:  # noqa: F811
    """Python in the copy, watched: what it prints, what it writes, what it starts."""
    started: set[str] = set()
    written: list[tuple[str, str]] = []

    def watch() -> None:
        started.update(command_lines())
        for file in (tmp_path / "home" / "landing").rglob("*"):
            content = file.read_bytes() if file.is_file() else b""
            written.extend((file.name, one) for one in PLANTED if one.encode() in content)

    def run(
        code: str, *arguments: str, is_started: bool = False, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        planted = {"PYTHONPATH": str(checkout), **SECRETS, **environment}
        env = command_environment(tmp_path / "home", **planted)
        start = start_python if is_started else run_python
        finished = start(code, *arguments, env=env, cwd=checkout)
        told = finished.stdout + finished.stderr
        assert [one for one in PLANTED if one in told or quote(one, safe="") in told] == []
        return finished

    api.on_request = watch
    yield run
    assert any("orchestration.cli.main" in line for line in started)
    assert [line for line in started if any(one in line for one in PLANTED)] == []
    assert written == []


CLI = "from orchestration.cli.main import main; main()"
JOB = """
from orchestration.runs.job import run_everything
from orchestration.entering import enter
run_everything(enter())
"""
# As Dagster's UI starts it: the job itself asks the sources.
DAGSTER = """
import dagster as dg
from orchestration.definitions import portrait
from orchestration.defs.jobs import JOB
job = portrait().resolve_job_def(JOB)
with dg.DagsterInstance.get() as instance:
    job.execute_in_process(instance=instance)
"""


def ask(home: Path, query: str) -> list[tuple[Any, ...]]:
    marts = (home / "published" / "current").resolve() / "marts.duckdb"
    with duckdb.connect(str(marts), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_no_secret_is_found_anywhere(
    run: Run,
    tmp_path: Path,
    checkout: Path,
    database: Engine,  # noqa: F811
    api: Api,  # noqa: F811
) -> None:
    home, own = tmp_path / "home", tmp_path / "home-own"
    execute(
        database,
        """
        create table orders (id bigint primary key, member text, placed_at timestamptz,
                             updated_at timestamptz default '2024-05-01');
        create table items (order_id bigint, position int, amount numeric(12, 2));
        insert into orders values (1, 'm1', '2024-03-01 10:00Z'), (2, 'm2', '2024-03-09 10:00Z');
        insert into items values (1, 1, 10.10), (2, 1, 5);
        """,
    )
    api.records["crm-path-4711/members"] = [{"id": f"c{n}", "born": {"year": 1990}} for n in "12"]
    api.files["till-path-4711/people.csv"] = b"id\nt1\nt2\nt3\n"
    first = run(CLI, "run", is_started=True)
    assert first.returncode == 0, first.stdout + first.stderr
    systems = "select split_part(customer_id, ':', 1), count(*) from customer_profiles group by all"
    assert dict(ask(home, systems)) == {"erp": 2, "crm": 2, "till": 3}
    assert any("crm_parameter-2%24" in request for request in api.requests)
    assert any("till-signature-$1" in request for request in api.requests)
    assert leaks(home, PLANTED) == []

    # All fail; and the only one fails in Dagster, which writes down all that led to it.
    assert run(CLI, "run", **WRONG).returncode == 2
    assert leaks(home, PLANTED) == []
    # Its file is there and cannot be fetched; one that is not there raises nothing.
    api.files[f"{SECRETS['TILL_PATH']}/people.csv"] = b"id\nt4\n"
    environment = {**WRONG, "TILL_PATH": SECRETS["TILL_PATH"]}
    for name, told in {
        "erp": "the database said",
        "crm": "crm cannot",
        "till": "till: http",
    }.items():
        (own / "choice.yml").write_text(f"{name}: {{}}")
        api.failures[:] = [200, 500]
        failed = run(DAGSTER, **environment)
        assert failed.returncode == 1 and told in failed.stderr and "_StruckOut" in failed.stderr
    api.failures[:] = [200, 500]
    assert run(JOB, **environment).returncode == 1
    assert "till: http://ann:${TILL_PASSWORD}@" in (home / "logs" / "run.log").read_text()
    (own / "choice.yml").unlink()
    assert leaks(home, PLANTED) == []

    # What holds one in clear is refused before anything is written, or is taken out.
    clear = "till=http://ann:crm-cookie$1@127.0.0.1/x"
    assert run(CLI, "run", "--source", clear).returncode == 2
    assert not (own / "choice.yml").exists()
    added = run(
        CLI,
        *("source", "add", "copied", "--url"),
        (own / "sources.yml")
        .read_text()
        .split("url: ")[1]
        .split("\n")[0]
        .replace("${ERP_PASSWORD}", quote(DATABASE_PASSWORD, safe="")),
    )
    assert added.returncode == 0, added.stdout + added.stderr
    assert "export COPIED_PASSWORD=…" in added.stdout
    assert "password=${COPIED_PASSWORD}" in (own / "sources.yml").read_text()
    assert leaks(home, PLANTED) == [] and leaks(own, PLANTED) == []
    assert leaks(checkout / "dbt_project", PLANTED) == []

    # All of it is the user's alone.
    written = [home, *home.rglob("*")]
    assert [path for path in written if not path.is_symlink() and path.stat().st_mode & 0o077] == []
    drafted = checkout / "dbt_project" / "models" / "staging" / "copied"
    assert drafted.stat().st_mode & 0o777 == 0o755
