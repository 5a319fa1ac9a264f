"""Drawn rows of the simulated web shop: accounts, articles, orders, visits, bots."""

from datetime import datetime

from hypothesis import strategies as st

from tests.warehouse.drawing import Row, moments, rows, texts

_BURST = 130  # More hits in a minute than a person makes.

_customers = st.sampled_from([1, 2, 3, None])
_times = texts("%Y-%m-%dT%H:%M:%SZ")
# Few, so that accounts share them, of several persons too.
phones = st.sampled_from(["+8613000000001", "0086 130 0000 0002", None])
skus = st.sampled_from(["tea", "cup", "?", None])


def _burst(moment: datetime) -> list[Row]:
    return [
        {"hit_id": 1000 + number, "cookie": "c1", "action": "page_view", "hit_at": moment}
        for number in range(_BURST)
    ]


ROWS: dict[str, st.SearchStrategy[list[Row]]] = {
    "web_shop_customers": rows(
        4,
        customer_no=_customers,
        email=st.sampled_from(["anna@shop.cn", "Bob@shop.cn", "test@shop.cn", None]),
        phone=phones,
        sex=st.sampled_from(["F", "M", None]),
        date_of_birth=st.sampled_from(["1990-05-01", "1890-12-31", "2011-03-01", "soon", None]),
        city=st.sampled_from(["杭州", "Paris", None]),
        created_at=st.none() | _times,
        modified_at=st.none() | _times,
    ),
    "web_shop_products": rows(
        2,
        sku=st.sampled_from(["tea", "cup"]),
        category=st.sampled_from(["Food > Tea", "Kitchen", None]),
        brand=st.sampled_from(["Leaf", None]),
        list_price=st.sampled_from([1, 20, -1]),
    ),
    "web_shop_orders": rows(
        5,
        order_no=st.sampled_from(["o1", "o2", "o3", "o4"]),
        customer_no=_customers,
        state=st.sampled_from(["paid", "refunded"]),
        currency=st.sampled_from(["CNY", "???"]),
        ship_city=st.sampled_from(["杭州", None]),
        placed_at=_times | st.just("noon"),
    ),
    "web_shop_order_items": rows(
        6,
        order_no=st.sampled_from(["o1", "o2", "o3", "o4"]),
        pos=st.integers(1, 2),
        sku=skus,
        qty=st.integers(-2, 3),
        unit_price=st.integers(-1, 9),
        discount=st.integers(0, 1),
        line_total=st.integers(-9, 9),
    ),
    "web_shop_clickstream": st.one_of(
        rows(
            8,
            hit_id=st.integers(1, 9),
            customer_no=_customers,
            cookie=st.sampled_from(["c1", "c2", None]),
            visit_id=st.sampled_from([1, 2, None]),
            action=st.sampled_from(["page_view", "add_to_cart", None]),
            hit_at=st.none() | moments,
        ),
        moments.map(_burst),
    ),
}
