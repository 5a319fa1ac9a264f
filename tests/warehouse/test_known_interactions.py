"""What is kept of the day of the portraits is what any day's interactions are of that day."""

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.drawing import Row
from tests.warehouse.full_build import LAYERS, check_full_build
from tests.warehouse.test_identities import bring

_OF_THE_DAY = """
    select product_interactions.* from features.product_interactions
    inner join features.as_of_dates using (shop, as_of_date)
    where is_current
    order by all
"""


def _orders(number: int, customer: int, day: str) -> dict[str, list[Row]]:
    return {
        "web_shop_orders": [
            {"order_no": number, "customer_no": customer, "state": "paid", "currency": "CNY"}
            | {"placed_at": f"{day}T06:00:00Z", "_origin_row": number}
        ],
        "web_shop_order_items": [
            {"order_no": number, "pos": 1, "sku": "tea", "qty": 1, "unit_price": 10}
            | {"line_total": 10, "_origin_row": number}
        ],
    }


def test_a_visit_after_the_last_order_is_known_once_the_day_has_passed_it(
    plain: PlainProject,
) -> None:
    """The visit is not new then: another customer's order moves the day."""
    visit: Row = {"hit_id": 1, "customer_no": 1, "cookie": "c", "visit_id": 1, "sku": "jam"}
    visit |= {"action": "page_view", "hit_at": "2024-05-12 04:00:00"}
    with new_warehouse(plain) as connection:
        bring(connection, _orders(1, 1, "2024-03-10"))
        bring(connection, {"web_shop_clickstream": [visit]})
        plain.update(connection, LAYERS)
        kept = "from features.current_interactions order by all"
        assert [row[3] for row in connection.execute(kept).fetchall()] == ["simulated:tea"]
        bring(connection, _orders(2, 2, "2024-06-01"))
        plain.update(connection, LAYERS)
        told = connection.execute(kept).fetchall()
        assert [row[2:5] for row in told] == [
            ("simulated:web-1", "simulated:jam", "view"),
            ("simulated:web-1", "simulated:tea", "purchase"),
            ("simulated:web-2", "simulated:tea", "purchase"),
        ]
        assert told == connection.execute(_OF_THE_DAY).fetchall()
        check_full_build(connection, plain)
