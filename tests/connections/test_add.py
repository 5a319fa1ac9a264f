"""A source of one's own from a database or an API: drafted, declared, checked."""

from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine

from orchestration.console import make_console
from orchestration.errors import PortraitError
from orchestration.onboarding.add import add_source, find_origin
from orchestration.onboarding.check import check_source
from orchestration.project import Project
from tests.checkouts import copy_dbt_project
from tests.connections.servers import DATABASE_PASSWORD, Api
from tests.connections.test_pull import order, run


@pytest.fixture
def checkout(tmp_path: Path) -> Project:
    return copy_dbt_project(tmp_path)


def test_a_database_is_added_and_checked(
    checkout: Project,
    database: Engine,
    postgres_url: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(
        database,
        """
        create table orders (order_id bigint primary key, customer_id text,
                             created_at timestamptz, updated_at timestamptz default now());
        create table order_items (order_id bigint, line_number int, product_id text,
                                  quantity int, unit_price numeric(10, 2),
                                  primary key (order_id, line_number));
        create table customers (customer_id text primary key, email text, gender text);
        insert into orders
        select n, 'c' || n % 7, timestamptz '2024-01-01' + n * interval '1 day'
        from generate_series(1, 40) as n;
        insert into order_items
        select n, 1, 'p' || n % 5, 1 + n % 3, 2.50 from generate_series(1, 40) as n;
        insert into customers
        select 'c' || n, 'c' || n || '@mail.org', 'F' from generate_series(0, 6) as n;
        update orders set customer_id = null where order_id = 3;
        """,
    )
    given = postgres_url.replace("${DB_PASSWORD}", "p%40ss%2Fw%25rd")
    monkeypatch.setenv("ERP_PASSWORD", "placeholder")
    monkeypatch.delenv("ERP_PASSWORD")
    origin = find_origin(checkout, "erp", None, given, None)
    add_source(make_console(), checkout, "erp", origin, "UTC")
    text = checkout.sources_file.read_text()
    assert DATABASE_PASSWORD not in text and "p%40ss" not in text
    declared = yaml.safe_load(text)["erp"]
    assert declared["kind"] == "sql_database"
    assert declared["url"] == postgres_url.replace("DB_PASSWORD", "ERP_PASSWORD")
    assert declared["tables"]["orders"] == {"primary_key": ["order_id"], "cursor": "updated_at"}

    checked = check_source(checkout, "erp")
    assert checked.raw_rows == {"customers": 7, "order_items": 40, "orders": 40}
    accepted = {one.entity: (one.rows, one.accepted) for one in checked.entities}
    assert accepted == {
        "customers": (7, 7),
        "products": (5, 5),
        "orders": (40, 39),
        "order_lines": (40, 39),
    }
    assert checked.makes_portraits
    orders = next(one for one in checked.entities if one.entity == "orders")
    (refusal,) = orders.refusals
    assert refusal.reason == "missing_customer"
    assert refusal.examples[0].file == "orders/3"


def test_an_api_that_is_declared_is_added(checkout: Project, api: Api) -> None:
    api.records["orders"] = [
        order(
            n,
            customer_id=f"c{n % 3}",
            created_at=f"2024-01-{n:02}T10:00:00Z",
            lines=[
                {"sku": f"s{n}", "quantity": 1, "price": "1.50"},
                {"sku": "t", "quantity": 2, "price": "2.00"},
            ],
        )
        for n in range(1, 20)
    ]
    checkout.sources_file.write_text(f"""
crm:
  kind: rest_api
  client:
    base_url: {api.url}
    paginator: {{type: page_number, base_page: 1, total_path: total_pages}}
  resources:
    - {{name: orders, primary_key: id, endpoint: {{path: orders, data_selector: data}}}}
""")
    before = checkout.sources_file.read_text()
    add_source(
        make_console(), checkout, "crm", find_origin(checkout, "crm", None, None, None), "UTC"
    )
    assert checkout.sources_file.read_text() == before
    drafted = checkout.dbt_project / "models" / "staging" / "crm" / "stg_crm__orders.sql"
    assert "nullif(trim(customer_id), '') as source_customer_id" in drafted.read_text()
    checked = check_source(checkout, "crm")
    assert checked.raw_rows["orders"] == 19
    assert checked.raw_rows["orders__lines"] == 38
    accepted = {one.entity: (one.rows, one.accepted) for one in checked.entities}
    assert accepted["orders"] == (19, 19)
    assert accepted["order_lines"] == (38, 38)


def test_a_source_that_nobody_described_is_told(checkout: Project) -> None:
    with pytest.raises(PortraitError, match="till is not in") as error:
        find_origin(checkout, "till", None, None, None)
    assert "--url" in error.value.hint
