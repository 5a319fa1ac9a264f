"""What was bought is told of by the category that its product has now."""

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.drawing import Row
from tests.warehouse.full_build import LAYERS, check_full_build
from tests.warehouse.test_identities import bring

_CATEGORIES = """
    select distinct dimension_value from marts.known_baskets
    where dimension = 'category'
    order by all
"""


def test_orders_go_with_the_category_that_a_product_gets(plain: PlainProject) -> None:
    """A price alone touches nobody."""
    product: Row = {"sku": "tea", "title": "Tea", "category": "Drinks", "list_price": 10}
    order: Row = {"order_no": 1, "customer_no": 1, "state": "paid", "currency": "CNY"}
    line: Row = {
        "order_no": 1,
        "pos": 1,
        "sku": "tea",
        "qty": 1,
        "unit_price": 10,
        "line_total": 10,
    }
    with new_warehouse(plain) as connection:
        bring(
            connection,
            {
                "web_shop_products": [product],
                "web_shop_orders": [order | {"placed_at": "2024-03-10T06:00:00Z"}],
                "web_shop_order_items": [line],
            },
        )
        plain.update(connection, LAYERS)
        assert connection.execute(_CATEGORIES).fetchall() == [("Drinks",)]
        for change, made in (
            ("list_price = 11", "nothing"),
            ("category = null", "partial"),
            ("category = 'Tea'", "partial"),
        ):
            connection.execute(
                f"update raw_simulated.web_shop_products set {change}, _load_id = _load_id || '+'"
            )
            assert plain.update(connection, LAYERS)["marts.known_baskets"] == made
        assert connection.execute(_CATEGORIES).fetchall() == [("Tea",)]
        check_full_build(connection, plain)
