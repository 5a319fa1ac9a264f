"""Drawn rows of a shop with accounts, articles, orders, visits, bots, mailings and reviews."""

from datetime import date, datetime, timedelta

import duckdb
from hypothesis import strategies as st

Row = dict[str, object]

_FIRST = datetime(2024, 1, 1, 9)
_BURST = 130  # More hits in a minute than a person makes.

_customers = st.sampled_from([1, 2, 3, None])
_skus = st.sampled_from(["tea", "cup", "?", None])
_moments = st.builds(
    lambda day, minute: _FIRST + timedelta(days=day, minutes=minute),
    st.integers(0, 200),
    # Around midnight in the shop's zone, and pauses shorter and longer than a session's.
    st.sampled_from([0, 20, 60, 405, 419, 421]),
)
_texts = _moments.map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
_orders = st.sampled_from(["o1", "o2", "o3", "o4"])


def _burst(moment: datetime) -> list[Row]:
    return [
        {"hit_id": 1000 + number, "cookie": "c1", "action": "page_view", "hit_at": moment}
        for number in range(_BURST)
    ]


ROWS: dict[str, st.SearchStrategy[list[Row]]] = {
    "web_shop_customers": st.lists(
        st.fixed_dictionaries(
            {
                "customer_no": _customers,
                "email": st.sampled_from(["anna@shop.cn", "test@shop.cn", None]),
                "sex": st.sampled_from(["F", "M", None]),
                "date_of_birth": st.sampled_from(
                    ["1990-05-01", "1903-12-31", "2024-03-01", "soon", None]
                ),
                "city": st.sampled_from(["杭州", "Paris", None]),
                "created_at": st.none() | _texts,
                "modified_at": st.none() | _texts,
            }
        ),
        max_size=4,
    ),
    "web_shop_products": st.lists(
        st.fixed_dictionaries(
            {
                "sku": st.sampled_from(["tea", "cup"]),
                "category": st.sampled_from(["Food > Tea", "Kitchen", None]),
                "brand": st.sampled_from(["Leaf", None]),
                "list_price": st.sampled_from([1, 20, -1]),
            }
        ),
        max_size=2,
    ),
    "web_shop_orders": st.lists(
        st.fixed_dictionaries(
            {
                "order_no": _orders,
                "customer_no": _customers,
                "state": st.sampled_from(["paid", "refunded"]),
                "currency": st.sampled_from(["CNY", "???"]),
                "ship_city": st.sampled_from(["杭州", None]),
                "placed_at": _texts,
            }
        ),
        max_size=5,
    ),
    "web_shop_order_items": st.lists(
        st.fixed_dictionaries(
            {
                "order_no": _orders,
                "pos": st.integers(1, 2),
                "sku": _skus,
                "qty": st.integers(-2, 3),
                "unit_price": st.integers(0, 9),
                "discount": st.integers(0, 1),
                "line_total": st.integers(-9, 9),
            }
        ),
        max_size=6,
    ),
    "web_shop_clickstream": st.one_of(
        _moments.map(_burst),
        st.lists(
            st.fixed_dictionaries(
                {
                    "hit_id": st.integers(1, 9),
                    "customer_no": _customers,
                    "cookie": st.sampled_from(["c1", "c2", None]),
                    "visit_id": st.sampled_from([1, 2, None]),
                    "action": st.sampled_from(["page_view", "add_to_cart", None]),
                    "hit_at": st.none() | _moments,
                }
            ),
            max_size=8,
        ),
    ),
    "campaign_tool_sends": st.lists(
        st.fixed_dictionaries(
            {
                "campaign_id": st.integers(1, 2),
                "list": st.just("web"),
                "list_number": st.sampled_from(["1", "2"]),
                "arm": st.sampled_from(["sent", "holdout"]),
                "converted": st.booleans(),
                "sent_at": _moments,
            }
        ),
        max_size=3,
    ),
    "campaign_tool_coupon_uses": st.lists(
        st.fixed_dictionaries(
            {
                "coupon": st.sampled_from(["k1", "k2"]),
                "campaign_id": st.integers(1, 2),
                "list": st.just("web"),
                "list_number": st.sampled_from(["1", "2"]),
                "used_at": _moments,
            }
        ),
        max_size=3,
    ),
    "review_site_reviews": st.lists(
        st.fixed_dictionaries(
            {
                "review_id": st.integers(1, 3),
                "shop_customer_no": st.sampled_from(["1", "2", None]),
                "author_id": st.sampled_from(["r1", None]),
                "stars": st.integers(0, 6),
                "posted": _moments.map(lambda moment: moment.date().isoformat()),
            }
        ),
        max_size=3,
    ),
}


def deliver(
    connection: duckdb.DuckDBPyConnection, table: str, file: str, rows: list[Row], load_id: str
) -> None:
    """Adds rows to a raw table as if they came from `file`."""
    for number, row in enumerate(rows, start=1):
        values = {**row, "_origin_file": file, "_origin_row": number, "_load_id": load_id}
        connection.execute(
            f"insert into raw_simulated.{table} by name "
            f"select {', '.join(f'{_literal(value)} as {name}' for name, value in values.items())}"
        )


def _literal(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, datetime | date):
        return f"timestamp '{value}'"
    return f"'{value}'" if isinstance(value, str) else str(value)
