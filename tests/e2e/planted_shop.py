"""A shop of a PostgreSQL, a web API and a file at an address, with secrets of every kind."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
from sqlalchemy import Engine, create_engine, text

from tests.checkouts import copy_checkout
from tests.connections.leaks import command_lines, leaks
from tests.connections.servers import DATABASE_PASSWORD, Api, api_server
from tests.e2e.conftest import PORTRAIT, command_environment
from tests.e2e.forked import run_python, start_python

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

Finished = "subprocess.CompletedProcess[str]"


@dataclass
class Shop:
    """The three sources, a copy of the checkout that knows them, and what its commands let out.

    Attributes:
        folder: Where the checkout and the state folder are.
        database: The PostgreSQL.
        api: The web API; it has the file too.
        started: Command lines of all processes that were there when the API was asked.
        written: Secrets in the landing folder meanwhile, with the file.
    """

    folder: Path
    database: Engine
    api: Api
    started: set[str] = field(default_factory=set)
    written: list[tuple[str, str]] = field(default_factory=list)

    @property
    def checkout(self) -> Path:
        return self.folder / "portrait"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def own(self) -> Path:
        return self.folder / "home-own"

    def portrait(self, *arguments: str, **environment: str) -> Finished:
        """The `portrait` command in the copy."""
        return self.run(PORTRAIT, *arguments, **environment)

    def run(
        self, code: str, *arguments: str, is_started: bool = False, **environment: str
    ) -> Finished:
        """Python in the copy, which prints no secret."""
        planted = {"PYTHONPATH": str(self.checkout), **SECRETS, **environment}
        env = command_environment(self.home, **planted)
        start = start_python if is_started else run_python
        finished = start(code, *arguments, env=env, cwd=self.checkout)
        told = finished.stdout + finished.stderr
        assert [one for one in PLANTED if one in told or quote(one, safe="") in told] == []
        return finished

    def execute(self, *statements: str) -> None:
        """Statements in the PostgreSQL."""
        with self.database.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def published(self, query: str) -> list[tuple[Any, ...]]:
        """Asks the snapshot."""
        marts = (self.home / "published" / "current").resolve() / "marts.duckdb"
        with duckdb.connect(str(marts), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def leaks(self) -> Sequence[tuple[str, str]]:
        """Secrets in the files that any command has written."""
        written = (self.home, self.own, self.checkout / "dbt_project")
        return [found for folder in written for found in leaks(folder, PLANTED)]

    def watch(self) -> None:
        """What is there while a command works."""
        self.started |= command_lines()
        for file in (self.home / "landing").rglob("*"):
            content = file.read_bytes() if file.is_file() else b""
            self.written += [(file.name, one) for one in PLANTED if one.encode() in content]


@contextmanager
def planted_shop(folder: Path, postgres_url: str) -> Iterator[Shop]:
    """The shop, with nothing in its sources."""
    copy = copy_checkout(folder)
    for name, content in STAGING.items():
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
    engine = create_engine(
        postgres_url.replace("${DB_PASSWORD}", quote(DATABASE_PASSWORD, safe=""))
    )
    server = postgres_url.replace("portrait:${DB_PASSWORD}@", "")
    with api_server(Api()) as api:
        shop = Shop(folder, engine, api)
        shop.execute("drop schema public cascade", "create schema public")
        shop.own.mkdir()
        (shop.own / "sources.yml").write_text(
            SOURCES_YML.format(database=server, api=api.url, host=api.url.removeprefix("http://"))
        )
        api.on_request = shop.watch
        yield shop
    engine.dispose()
