"""A row that is taken back, or that says something else, is followed through every table."""

from pathlib import Path

import duckdb
import pytest

from orchestration.project import Project
from orchestration.simulator.generate import simulate
from orchestration.simulator.plan import Plan
from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.drawing import Row, deliver
from tests.warehouse.full_build import LAYERS, check_full_build
from tests.warehouse.invariants import SQL_LAYERS
from tests.warehouse.simulated_shop import land_shop

# A raw table of each entity, and a column that its rows are told again with.
CHANGED = {
    "web_shop_customers": "sex = case sex when 'F' then 'M' else 'F' end",
    "web_shop_products": "brand = 'another'",
    "web_shop_orders": "state = 'refunded'",
    "web_shop_order_items": "qty = -qty",
    "app_events": "name = 'cart_add'",
    "review_site_reviews": "stars = 6 - stars",
    "campaign_tool_campaigns": "last_day = first_day - 1",
    "campaign_tool_sends": "arm = case arm when 'sent' then 'holdout' else 'sent' end",
    "campaign_tool_coupon_uses": "campaign_id = campaign_id + 1",
    "campaign_tool_permissions": (
        "action = case action when 'opt_in' then 'opt_out' else 'opt_in' end"
    ),
    "survey_answers": "answer = 'another'",
}


def _order(
    number: str, customer: int, day: str, state: str = "paid", pieces: int = 2
) -> dict[str, Row]:
    return {
        "web_shop_orders": {
            **{"order_no": number, "customer_no": customer, "state": state, "currency": "CNY"},
            "placed_at": f"{day}T10:00:00Z",
        },
        "web_shop_order_items": {
            **{"order_no": number, "pos": 1, "sku": "tea", "qty": pieces, "unit_price": 5},
            **{"discount": 0, "line_total": 5 * pieces},
        },
    }


def _receipt(number: str, store: str, day: str) -> dict[str, Row]:
    """Of a product that nobody knows: it says nothing about tastes."""
    return {
        "till_receipts": {
            **{"receipt_no": number, "card_no": "1", "store": store, "type": "SALE"},
            "printed_at": f"{day} 10:00",
        },
        "till_receipt_lines": {
            **{"receipt_no": number, "line_no": 1, "article": "?", "pieces": 1},
            **{"shelf_price": 5, "reduction": 0, "amount": 5},
        },
    }


_MEMBER: Row = {"campaign_id": 1, "list": "web", "list_number": "1"}
# In the order in which they are taken back. Another customer's orders keep the evaluated days.
FILES: dict[str, dict[str, Row]] = {
    "return": _order("r", 1, "2011-05-10", "refunded", -2),
    "redemption": {
        "campaign_tool_coupon_uses": {**_MEMBER, "coupon": "k", "used_at": "2011-02-01"}
    },
    "second store": _receipt("t2", "south", "15/03/2011"),
    "first store": _receipt("t1", "north", "10/02/2011"),
    "second order": _order("o2", 1, "2011-04-01"),
    "first order": _order("o1", 1, "2011-01-10"),
    "first review": {
        "review_site_reviews": {"review_id": 1, "author_id": "a", "posted": "2011-02-01 10:00:00"}
    },
    "second review": {
        "review_site_reviews": {"review_id": 2, "author_id": "a", "posted": "2011-03-01 10:00:00"}
    },
    "contact": {"campaign_tool_sends": {**_MEMBER, "arm": "sent", "sent_at": "2011-01-20"}},
    "product": {"web_shop_products": {"sku": "tea", "category": "Food > Tea", "brand": "Leaf"}},
    "last order": _order("z", 2, "2011-07-10"),
    "earliest order": _order("a", 2, "2011-01-01"),
}


@pytest.fixture(scope="module")
def shop(project: Project, plain: PlainProject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taken_back")
    simulate(Plan(customers=30, days=120, seed=5), folder / "shop")
    return folder


def test_rows_of_each_entity_are_changed_and_taken_back(
    project: Project, plain: PlainProject, shop: Path
) -> None:
    with new_warehouse(plain) as connection:
        land_shop(connection, project, shop / "shop")
        plain.update(connection, LAYERS)
        for table, change in CHANGED.items():
            changed, taken_back = _choose_rows(connection, table)
            touch(connection, table, f"update raw_simulated.{table} set {change}", changed)
            touch(connection, table, f"delete from raw_simulated.{table}", taken_back)
            plain.update(connection, SQL_LAYERS)
            # By itself, since what comes next may make the same days anew.
            check_full_build(connection, plain, {"features"})
        # Tags and marts come last, from all that the builds before have noted.
        plain.update(connection, LAYERS)
        check_full_build(connection, plain)


def test_what_only_one_row_told_is_forgotten_with_it(plain: PlainProject) -> None:
    """Nothing but a return, a first order or a first review tells what it does."""
    with new_warehouse(plain) as connection:
        for file, tables in FILES.items():
            for table, row in tables.items():
                deliver(connection, f"raw_simulated.{table}", file, [row], "load")
        plain.update(connection, LAYERS)
        for file, tables in FILES.items():
            for table in tables:
                connection.execute(
                    f"delete from raw_simulated.{table} where _origin_file = ?", [file]
                )
            plain.update(connection, LAYERS)
            check_full_build(connection, plain)


def _choose_rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, int]]:
    """Two rows far from each other."""
    rows = connection.execute(
        f"select _origin_file, _origin_row from raw_simulated.{table} order by all"
    ).fetchall()
    return [rows[len(rows) // 3], rows[-1]]


def touch(
    connection: duckdb.DuckDBPyConnection, table: str, statement: str, row: tuple[str, int]
) -> None:
    """Does something to a row, and says that its file was loaded anew."""
    connection.execute(f"{statement} where _origin_file = ? and _origin_row = ?", row)
    connection.execute(
        f"update raw_simulated.{table} set _load_id = _load_id || '+' where _origin_file = ?",
        [row[0]],
    )
