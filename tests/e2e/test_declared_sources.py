"""A PostgreSQL shop and a web API become portraits, and neither stops the other when it fails."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import Engine, text

from tests.checkouts import copy_checkout
from tests.connections.conftest import api, database, postgres_url  # noqa: F401
from tests.connections.servers import DATABASE_PASSWORD, Api
from tests.e2e.conftest import run_portrait

SOURCES_YML = """
erp:
  kind: sql_database
  url: {url}
  tables:
    orders: {{primary_key: id, cursor: updated_at}}
    items: {{primary_key: [order_id, position]}}
crm:
  kind: rest_api
  client:
    base_url: {api}
    auth: {{type: bearer, token: "${{CRM_TOKEN}}"}}
    paginator: {{type: page_number, base_page: 1, total_path: total_pages}}
  resources:
    - name: members
      primary_key: id
      endpoint: {{path: members, data_selector: data}}
"""


def raw_table(name: str, **columns: str) -> str:
    origin = {"_origin_file": "varchar", "_origin_row": "bigint", "_load_id": "varchar"}
    listed = [
        f"          - {{name: {column}, data_type: '{data_type}'}}"
        for column, data_type in {**columns, **origin}.items()
    ]
    return "\n".join([f"      - name: {name}", "        columns:", *listed])


def raw_source(name: str, *tables: str) -> str:
    meta = f"config: {{meta: {{portrait: {{source_system: {name}}}}}}}"
    head = [f"  - name: raw_{name}", f"    schema: raw_{name}", f"    {meta}", "    tables:"]
    return "\n".join(["sources:", *head, *tables]) + "\n"


ORIGIN = "_origin_file as origin_file, _origin_row as origin_row, _load_id as load_id"
STAGING = {
    "erp/_sources.yml": raw_source(
        "erp",
        raw_table("orders", id="bigint", member="varchar", placed_at="timestamptz"),
        raw_table("items", order_id="bigint", position="integer", amount="decimal(18, 4)"),
    ),
    "erp/stg_erp__orders.sql": f"""
        select 'erp' as source_system, cast(id as varchar) as source_order_id,
            member as source_customer_id, 'completed' as status, 'web' as channel,
            cast(placed_at as timestamp) as ordered_at, cast(placed_at as date) as order_date,
            {ORIGIN}
        from {{{{ source('raw_erp', 'orders') }}}}""",
    "erp/stg_erp__order_lines.sql": f"""
        select 'erp' as source_system, cast(order_id as varchar) as source_order_id,
            position as line_number, 'thing' as source_product_id,
            cast(1 as decimal(18, 4)) as quantity, amount as net_amount, {ORIGIN}
        from {{{{ source('raw_erp', 'items') }}}}""",
    "crm/_sources.yml": raw_source("crm", raw_table("members", id="varchar", born__year="bigint")),
    "crm/stg_crm__customers.sql": f"""
        select 'crm' as source_system, id as source_customer_id,
            cast(born__year as varchar) || '-01-01' as occupation, {ORIGIN}
        from {{{{ source('raw_crm', 'members') }}}}""",
}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path, database: Engine, postgres_url: str, api: Api) -> Iterator[Run]:  # noqa: F811
    """`portrait run` in a copy of the checkout that knows both sources."""
    copy, home = copy_checkout(tmp_path), tmp_path / "home"
    for name, content in STAGING.items():
        file = copy / "dbt_project" / "models" / "staging" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(content)
    project_yml = copy / "dbt_project" / "dbt_project.yml"
    entities = "    erp: [orders, order_lines]\n    crm: {shop: erp, entities: [customers]}\n"
    project_yml.write_text(
        project_yml.read_text().replace("  sources:\n", f"  sources:\n{entities}", 1)
    )
    sources = tmp_path / "our_sources.yml"
    sources.write_text(SOURCES_YML.format(url=postgres_url, api=api.url))
    api.token = "t0ken-of-crm"

    def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        secrets = {"DB_PASSWORD": DATABASE_PASSWORD, "CRM_TOKEN": "t0ken-of-crm"}
        return run_portrait(
            *(home, *arguments),
            checkout=copy,
            PORTRAIT_SOURCES=str(sources),
            **{**secrets, **environment},
        )

    yield run


def published(tmp_path: Path, query: str) -> list[tuple[Any, ...]]:
    marts = (tmp_path / "home" / "published" / "current").resolve() / "marts.duckdb"
    with duckdb.connect(str(marts), read_only=True) as connection:
        return connection.execute(query).fetchall()


def execute(database: Engine, statements: str) -> None:  # noqa: F811
    with database.begin() as connection:
        connection.execute(text(statements))


def test_both_are_portrayed_and_one_may_fail(
    run: Run,
    tmp_path: Path,
    database: Engine,  # noqa: F811
    api: Api,  # noqa: F811
) -> None:
    execute(
        database,
        """
        create table orders (id bigint primary key, member text, placed_at timestamptz,
                             updated_at timestamptz default '2024-05-01');
        create table items (order_id bigint, position int, amount numeric(12, 2));
        insert into orders values (1, 'm1', '2024-03-01 10:00Z'), (2, 'm1', '2024-03-09 10:00Z'),
                                  (3, 'm2', '2024-03-10 10:00Z');
        insert into items values (1, 1, 10.10), (2, 1, 5), (2, 2, 5), (3, 1, 7);
        """,
    )
    api.records["members"] = [{"id": f"c{n}", "born": {"year": 1980 + n}} for n in range(5)]
    first = run("run")
    assert first.returncode == 0, first.stdout + first.stderr
    spend = (
        "select customer_id, total_spend::decimal(18, 2)::varchar from customer_profiles "
        "where order_count > 0"
    )
    assert sorted(published(tmp_path, spend)) == [("erp:m1", "20.10"), ("erp:m2", "7.00")]
    customers = "select count(*) from customer_profiles where starts_with(customer_id, 'crm:')"
    assert published(tmp_path, customers) == [(5,)]

    again = run("run")
    assert "Nothing is new since the last run" in again.stderr + again.stdout

    # The database loses a column; the API brings a member more.
    execute(database, "alter table orders rename column member to who")
    api.records["members"].append({"id": "c9", "born": {"year": 1999}})
    third = run("run")
    assert third.returncode == 0, third.stdout + third.stderr
    told = third.stdout + third.stderr
    assert "erp: the table orders no longer has member." in " ".join(told.split())
    assert sorted(published(tmp_path, spend)) == [("erp:m1", "20.10"), ("erp:m2", "7.00")]
    assert published(tmp_path, customers) == [(6,)]
    ((health,),) = published(tmp_path, "select distinct source_health from run_manifest")
    assert json.loads(health)["crm"]["error"] is None
    assert "no longer has member" in json.loads(health)["erp"]["error"]

    # It is mended, with a correction and a late order.
    execute(
        database,
        """
        alter table orders rename column who to member;
        update orders set member = 'm3', updated_at = '2024-06-01' where id = 3;
        insert into orders values (4, 'm1', '2024-02-01 10:00Z', '2024-06-02');
        insert into items values (4, 1, 1.00);
        """,
    )
    fourth = run("run")
    assert fourth.returncode == 0, fourth.stdout + fourth.stderr
    assert sorted(published(tmp_path, spend)) == [("erp:m1", "21.10"), ("erp:m3", "7.00")]

    for secret in ("t0ken-of-crm", DATABASE_PASSWORD):
        for file in (tmp_path / "home").rglob("*"):
            if file.is_file():
                assert secret.encode() not in file.read_bytes(), file
