"""Databases and APIs land whole, repeat without effect, and lose nothing when they fail."""

import traceback
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import Engine, text

from orchestration.connections import apis
from orchestration.connections.databases import discover
from orchestration.connections.declared import (
    Connection,
    RestApi,
    SqlDatabase,
    append_declaration,
    read_declarations,
)
from orchestration.connections.landing_file import Landing
from orchestration.connections.pull import pull
from orchestration.connections.secrets import Secrets
from orchestration.errors import PortraitError
from tests.connections.servers import Api

ORDERS = ("id", "customer_id", "total", "updated_at")


def shop(url: str, **options: Any) -> SqlDatabase:
    tables = {"orders": {"primary_key": "id", "cursor": "updated_at"}, "stores": None}
    return SqlDatabase.model_validate(
        {"kind": "sql_database", "url": url, "tables": tables, **options}
    )


def fill(database: Engine) -> None:
    run(
        database,
        """
        create table orders (id bigint primary key, customer_id text, total numeric(10, 2),
                             updated_at timestamptz not null);
        create table stores (name text);
        insert into orders values (1, 'ann', 12.10, '2024-01-01 10:00Z'),
                                  (2, null, 0.30, '2024-01-02 10:00Z');
        insert into stores values ('Köln'), ('上海');
        """,
    )


def run(database: Engine, statements: str) -> None:
    with database.begin() as connection:
        connection.execute(text(statements))


def rows(landing: Landing, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(landing.data)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("use landed")
        return connection.execute(query).fetchall()


def pull_shop(connection: Connection, landing: Landing, **expected: Any) -> dict[str, int]:
    return pull("shop", connection, expected, landing, Secrets("shop"))


def test_a_database_lands_and_then_brings_only_what_is_new(
    database: Engine, postgres_url: str, landing: Landing
) -> None:
    fill(database)
    assert pull_shop(shop(postgres_url), landing, orders=ORDERS) == {"orders": 2, "stores": 2}
    assert rows(landing, "select id, customer_id, total::varchar from orders order by id") == [
        (1, "ann", "12.10"),
        (2, None, "0.30"),
    ]
    assert rows(landing, "select name from stores order by name") == [("Köln",), ("上海",)]

    run(
        database,
        """
        insert into orders values (3, 'bob', 5, '2024-01-03 10:00Z');
        update orders set customer_id = 'eve', updated_at = '2024-01-04' where id = 2;
        delete from stores where name = 'Köln';
        """,
    )
    assert pull_shop(shop(postgres_url), landing)["orders"] == 2
    assert rows(landing, "select id, customer_id from orders order by id") == [
        (1, "ann"),
        (2, "eve"),
        (3, "bob"),
    ]
    assert rows(landing, "select name from stores") == [("上海",)]


def test_a_repeated_pull_changes_no_row(
    database: Engine, postgres_url: str, landing: Landing
) -> None:
    fill(database)
    pull_shop(shop(postgres_url), landing)
    before = rows(landing, "select id, customer_id, total, updated_at from orders order by all")
    pull_shop(shop(postgres_url), landing)
    after = rows(landing, "select id, customer_id, total, updated_at from orders order by all")
    assert before == after


def test_a_new_column_is_kept_and_a_lost_one_stops_the_source(
    database: Engine, postgres_url: str, landing: Landing
) -> None:
    fill(database)
    pull_shop(shop(postgres_url), landing, orders=ORDERS)
    run(
        database,
        """
        alter table orders add column channel text;
        insert into orders values (3, 'bob', 5, '2024-01-03 10:00Z', 'app');
        """,
    )
    pull_shop(shop(postgres_url), landing, orders=ORDERS)
    assert rows(landing, "select channel from orders order by id") == [(None,), (None,), ("app",)]

    run(database, "alter table orders rename column total to amount")
    with pytest.raises(PortraitError, match="the table orders no longer has total"):
        pull_shop(shop(postgres_url), landing, orders=ORDERS)
    assert rows(landing, "select sum(total)::varchar from orders") == [("17.40",)]
    run(database, "alter table orders rename column amount to total")
    run(database, "insert into orders values (4, 'bob', 1, '2024-01-05 10:00Z', 'app')")
    assert pull_shop(shop(postgres_url), landing, orders=ORDERS)["orders"] >= 1
    assert rows(landing, "select count(*) from orders") == [(4,)]


def test_a_retyped_column_stops_the_source(
    database: Engine, postgres_url: str, landing: Landing
) -> None:
    fill(database)
    pull_shop(shop(postgres_url), landing)
    run(
        database,
        """
        alter table orders alter column total type text;
        insert into orders values (3, 'bob', 'five', '2024-01-03 10:00Z');
        """,
    )
    with pytest.raises(PortraitError, match="total"):
        pull_shop(shop(postgres_url), landing)
    assert rows(landing, "select count(*) from orders") == [(2,)]


def test_what_is_wrong_with_a_database_is_said_without_its_password(
    database: Engine, postgres_url: str, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database)
    with pytest.raises(PortraitError, match="has no table") as no_table:
        pull_shop(shop(postgres_url, tables={"invoices": None}), landing)
    assert "It has: orders, stores." in no_table.value.hint
    monkeypatch.setenv("DB_PASSWORD", "quite wrong")
    with pytest.raises(PortraitError, match="authentication failed") as wrong:
        pull_shop(shop(postgres_url), landing)
    assert "quite" not in f"{wrong.value.message} {wrong.value.hint}"
    monkeypatch.delenv("DB_PASSWORD")
    with pytest.raises(PortraitError, match="needs the environment variable DB_PASSWORD"):
        pull_shop(shop(postgres_url), landing)
    with pytest.raises(PortraitError, match="no database can be opened with this url"):
        pull_shop(shop("oracel://here"), landing)
    with pytest.raises(PortraitError, match="the database said"):
        pull_shop(shop("postgresql+psycopg2://nobody@127.0.0.1:1/x"), landing)


def test_the_tables_of_a_database_are_discovered(database: Engine, postgres_url: str) -> None:
    fill(database)
    run(database, 'create table "Order Items" (a int, b int, primary key (a, b))')
    found = discover(database, postgres_url, None)
    assert found.url == postgres_url
    tables = found.model_dump(exclude_defaults=True)["tables"]
    assert tables == {
        "order_items": {"from_table": "Order Items", "primary_key": ("a", "b")},
        "orders": {"primary_key": ("id",), "cursor": "updated_at"},
        "stores": {},
    }


def test_a_few_batches_make_a_sample(api: Api, landing: Landing) -> None:
    api.records["orders"] = [order(number) for number in range(1, 20)]
    rows_came = pull("shop", crm(api, paginator=PAGES), {}, landing, Secrets("shop"), batches=2)
    assert rows_came["orders"] == 4


def test_a_declaration_is_added_and_never_changed(tmp_path: Path) -> None:
    file = tmp_path / "sources.yml"
    assert append_declaration(file, "till", {"path": "/data/till"})
    file.write_text(f"# ours\n{file.read_text()}")
    entry = {"kind": "sql_database", "url": "sqlite:///x", "tables": {"a": {}}}
    assert append_declaration(file, "erp", entry)
    assert not append_declaration(file, "till", {"path": "/else"})
    assert file.read_text().startswith("# ours\ntill:\n  path: /data/till\nerp:\n")
    assert list(read_declarations(file).entries) == ["till", "erp"]


def crm(api: Api, **client: Any) -> RestApi:
    since = {"cursor_path": "updated_at", "start_param": "updated_since", "initial_value": "2024"}
    return RestApi.model_validate(
        {
            "kind": "rest_api",
            "client": {"base_url": api.url, **client},
            "resource_defaults": {"endpoint": {"data_selector": "data"}},
            "resources": [
                {
                    "name": "orders",
                    "primary_key": "id",
                    "endpoint": {"path": "orders", "incremental": since},
                }
            ],
        }
    )


def order(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "updated_at": f"2024-02-{number:02}",
        "customer": {"email": f"{number}@example.com"},
        "lines": [{"sku": f"s{number}", "price": "1.50"}, {"sku": "t", "price": "2.00"}],
        **fields,
    }


PAGES = {"type": "page_number", "base_page": 1, "total_path": "total_pages"}
CURSOR = {"type": "cursor", "cursor_path": "next_cursor", "cursor_param": "cursor"}


@pytest.mark.parametrize("paginator", [PAGES, CURSOR, {"type": "header_link"}])
def test_all_pages_of_an_api_land_with_nested_records_flattened(
    api: Api, landing: Landing, paginator: dict[str, Any]
) -> None:
    api.records["orders"] = [order(number) for number in range(1, 6)]
    assert pull_shop(crm(api, paginator=paginator), landing) == {"orders": 5, "orders__lines": 10}
    assert rows(landing, "select max(customer__email) from orders") == [("5@example.com",)]
    lines = "select id, sku from orders__lines join orders on orders._dlt_id = _dlt_parent_id"
    assert rows(landing, f"{lines} where id = 3 order by sku") == [(3, "s3"), (3, "t")]


def test_an_api_is_asked_only_for_what_is_new(api: Api, landing: Landing) -> None:
    api.records["orders"] = [order(number) for number in range(1, 4)]
    pull_shop(crm(api, paginator=PAGES), landing)
    api.requests.clear()
    api.records["orders"].append(order(4))
    api.records["orders"][0] |= {"updated_at": "2024-03-01", "lines": [{"sku": "new"}]}
    pull_shop(crm(api, paginator=PAGES), landing)
    assert all("updated_since=2024-02-03" in request for request in api.requests)
    assert rows(landing, "select count(*), count(distinct id) from orders") == [(4, 4)]
    assert rows(landing, "select count(*) from orders__lines where sku in ('s1', 'new')") == [(1,)]


def test_an_api_that_stumbles_is_asked_again(api: Api, landing: Landing) -> None:
    api.records["orders"] = [order(number) for number in range(1, 6)]
    api.failures, api.drops = [429, 503], 1
    assert pull_shop(crm(api, paginator=PAGES), landing)["orders"] == 5


def test_an_api_that_fails_in_the_middle_leaves_the_earlier_load(
    api: Api, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apis, "ATTEMPTS", 1)
    api.records["orders"] = [order(1), order(2)]
    pull_shop(crm(api, paginator=PAGES), landing)
    api.records["orders"] += [order(number) for number in range(3, 9)]
    answer, api.answer = api.answer, breaks_off_on_page(2, api)  # type: ignore[method-assign]
    with pytest.raises(PortraitError, match="shop cannot be read"):
        pull_shop(crm(api, paginator=PAGES), landing)
    assert rows(landing, "select count(*) from orders") == [(2,)]
    api.answer = answer  # type: ignore[method-assign]
    api.failures.clear()
    pull_shop(crm(api, paginator=PAGES), landing)
    assert rows(landing, "select count(*), count(distinct id) from orders") == [(8, 8)]


def breaks_off_on_page(last: int, api: Api) -> Any:
    answer = api.answer

    def answer_or_break(path: str, query: dict[str, str]) -> Any:
        if int(query.get("page", "1")) >= last:
            api.failures[:] = [500] * 50
        return answer(path, query)

    return answer_or_break


def test_tokens_and_keys_come_from_the_environment_and_stay_there(
    api: Api, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.records["orders"] = [order(1)]
    api.token = "s3cret-token"
    monkeypatch.setenv("CRM_TOKEN", "s3cret-token")
    bearer = {"type": "bearer", "token": "${CRM_TOKEN}"}
    assert pull_shop(crm(api, auth=bearer, paginator=PAGES), landing)["orders"] == 1
    api.token, api.key = None, "k3y-of-crm"
    api.records["orders"].append(order(2))
    monkeypatch.setenv("CRM_KEY", "k3y-of-crm")
    key = {"type": "api_key", "name": "X-Api-Key", "api_key": "${CRM_KEY}", "location": "header"}
    assert pull_shop(crm(api, auth=key, paginator=PAGES), landing)["orders"] == 1
    monkeypatch.setenv("CRM_KEY", "not-the-key")
    with pytest.raises(PortraitError, match="403") as refused:
        pull_shop(crm(api, auth=key, paginator=PAGES), landing)
    assert "not-the-key" not in refused.value.message
    for file in landing.folder.rglob("*"):
        assert not file.is_file() or b"s3cret-token" not in file.read_bytes()


@pytest.mark.parametrize(
    "endpoint",
    [
        {"path": "orders/${CRM_KEY}"},
        {"path": "orders?page=${CRM_KEY}"},
        {"path": "orders", "params": {"limit": "${CRM_KEY}"}},
        {"path": "orders", "headers": {"X-Api-Key": "${CRM_KEY}\n"}},
    ],
)
def test_an_api_that_fails_tells_no_secret_nor_does_what_led_to_it(
    api: Api, landing: Landing, monkeypatch: pytest.MonkeyPatch, endpoint: dict[str, Any]
) -> None:
    monkeypatch.setattr(apis, "ATTEMPTS", 1)
    monkeypatch.setenv("CRM_KEY", "k3y&of crm")
    api.records["orders"] = [order(1)]
    api.failures = [500] * 10
    declared = crm(api, paginator=PAGES)
    declared.resources[0]["endpoint"] |= endpoint  # type: ignore[index,operator]
    with pytest.raises(PortraitError, match="shop cannot be read") as error:
        pull_shop(declared, landing)
    told = "".join(traceback.format_exception(error.value)) + error.value.hint
    assert "k3y" not in told
    assert "_StruckOutError: Traceback" in told
    assert not landing.work.exists()


def test_the_name_of_a_resource_holds_no_secret(
    api: Api, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_KEY", "k3y-of-crm")
    declared = crm(api).model_copy(update={"resources": ["orders?key=${CRM_KEY}"]})
    with pytest.raises(PortraitError, match="the setting name of a resource cannot hold"):
        pull_shop(declared, landing)


def test_a_field_that_vanishes_stops_the_source_and_a_rare_one_does_not(
    api: Api, landing: Landing
) -> None:
    expected = {"orders": ["id", "customer__email", "note"]}
    api.records["orders"] = [order(1, note="hi"), order(2)]
    pull_shop(crm(api, paginator=PAGES), landing, **expected)
    api.records["orders"] = [order(3)]
    pull_shop(crm(api, paginator=PAGES), landing, **expected)  # `note` was never in all of them.
    fourth = order(4)
    del fourth["customer"]
    api.records["orders"] = [fourth]
    with pytest.raises(PortraitError, match="orders no longer has customer__email"):
        pull_shop(crm(api, paginator=PAGES), landing, **expected)
    assert rows(landing, "select count(*) from orders") == [(3,)]
    api.records["orders"] = [order(4)]
    pull_shop(crm(api, paginator=PAGES), landing, **expected)
    assert rows(landing, "select count(*) from orders") == [(4,)]


def test_a_field_that_changes_its_type_stops_the_source(api: Api, landing: Landing) -> None:
    api.records["orders"] = [order(1, total=5)]
    pull_shop(crm(api, paginator=PAGES), landing)
    api.records["orders"] = [order(2, total="five")]
    told = "column total of orders has changed its type, with a value such as 'five'"
    with pytest.raises(PortraitError, match=told):
        pull_shop(crm(api, paginator=PAGES), landing)
    assert rows(landing, "select count(*) from orders") == [(1,)]


def test_a_value_that_echoes_a_secret_is_not_cut_before_it_is_struck_out(
    api: Api, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_TOKEN", "k3y-" * 30)
    bearer = {"type": "bearer", "token": "${CRM_TOKEN}"}
    api.records["orders"] = [order(1, total=5)]
    pull_shop(crm(api, paginator=PAGES, auth=bearer), landing)
    api.records["orders"] = [order(2, total="k3y-" * 30)]
    with pytest.raises(PortraitError, match=r"such as '\*\*\*'"):
        pull_shop(crm(api, paginator=PAGES, auth=bearer), landing)


@pytest.mark.parametrize(
    ("text_of_file", "told"),
    [
        ("shop: {kind: sql_database, url: x}", "shop, setting tables: Field required"),
        ("shop: {kind: sql, url: x}", "kind"),
        ("shop: {kind: sql_database, url: x, tables: {a: {key: id}}}", "tables.a.key: Extra"),
        ("Shop One: {}", "'Shop One' is no name"),
        ("- shop", "is not a list of source systems"),
        ("shop: [1", "is not YAML: look at line 1, column 9"),
        ("shop: 5", "has no settings"),
    ],
)
def test_a_wrong_declaration_is_told_by_its_place(
    tmp_path: Path, text_of_file: str, told: str
) -> None:
    file = tmp_path / "sources.yml"
    file.write_text(text_of_file)
    with pytest.raises(PortraitError) as error:
        read_declarations(file)
    assert told in error.value.message
    assert str(file) in error.value.message


def test_declarations_say_where_files_lie(tmp_path: Path) -> None:
    file = tmp_path / "sources.yml"
    file.write_text(
        "till: {path: data/till}\nbucket: {path: s3://b/x}\n"
        "walk_in:\nweb: {kind: files, path: /abs}\n"
    )
    declarations = read_declarations(file)
    assert declarations.location("till") == tmp_path / "data" / "till"
    assert declarations.location("web") == Path("/abs")
    assert declarations.location("walk_in") is None
    assert declarations.location("bucket") == "s3://b/x"
    assert declarations.connection("till") is None
    assert read_declarations(tmp_path / "none.yml").entries == {}
