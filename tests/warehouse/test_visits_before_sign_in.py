"""Browsing without signing in is whose the device is, from the day on which that is known."""

from datetime import date

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.drawing import Row, deliver
from tests.warehouse.full_build import LAYERS, check_full_build
from tests.warehouse.test_identities import bring

_DAY_MS = 86_400_000
_MAY, _JUNE, _LAST = date(2024, 5, 1), date(2024, 6, 1), date(2024, 6, 16)

ORDERS: dict[str, list[Row]] = {
    "web_shop_orders": [
        {"order_no": day, "customer_no": 1, "state": "paid", "currency": "CNY"}
        | {"placed_at": f"{day}T06:00:00Z", "_origin_row": number}
        for number, day in enumerate(["2024-01-10", "2024-06-15"])
    ],
    "web_shop_order_items": [
        {"order_no": day, "pos": 1, "sku": "tea", "qty": 1, "unit_price": 10, "line_total": 10}
        | {"_origin_row": number}
        for number, day in enumerate(["2024-01-10", "2024-06-15"])
    ],
}
# Days of 2024 on which somebody was there on a device, and who had signed in.
BEFORE = [("2024-03-01", "tablet", None), ("2024-03-02", "kiosk", None)]
AFTER = [
    ("2024-05-20", "tablet", "ann"),
    ("2024-05-25", "tablet", None),
    ("2024-06-05", "tablet", "ben"),
    ("2024-06-06", "tablet", None),
    # Two on the first day: whose it was before, nobody can say.
    ("2024-05-20", "kiosk", "cleo"),
    ("2024-05-20", "kiosk", "dora"),
]


def _events(visits: list[tuple[str, str, str | None]], first: int) -> list[Row]:
    return [
        {"event_id": number, "device": device, "name": "item_impression_open"}
        | {"client_ms": (date.fromisoformat(day) - date(1970, 1, 1)).days * _DAY_MS}
        | {"_origin_row": number, **({"user_id": user} if user else {})}
        for number, (day, device, user) in enumerate(visits, first)
    ]


def test_visits_count_from_the_first_sign_in_until_somebody_else_signs_in(
    plain: PlainProject,
) -> None:
    """As of a day before the sign-in nobody was there; loads one by one give what both give."""
    with new_warehouse(plain) as connection:
        bring(connection, {**ORDERS, "app_events": _events(BEFORE, 1)})
        plain.update(connection, LAYERS)
        assert connection.execute("from features.feature_engagement").fetchall() == []
        deliver(connection, "raw_simulated.app_events", "later", _events(AFTER, 11), "later")
        plain.update(connection, LAYERS)
        found = connection.execute("""
            select as_of_date, split_part(customer_id, '-', 2), session_count, view_count
            from features.feature_engagement order by all
        """).fetchall()
        assert found == [
            (_JUNE, "ann", 3, 3),
            (_JUNE, "cleo", 1, 1),
            (_JUNE, "dora", 1, 1),
            (_LAST, "ann", 3, 3),
            (_LAST, "ben", 1, 1),
            (_LAST, "cleo", 1, 1),
            (_LAST, "dora", 1, 1),
        ]
        days = connection.execute("select distinct as_of_date from features.as_of_dates order by 1")
        assert [day for (day,) in days.fetchall()][-3:] == [_MAY, _JUNE, _LAST]
        check_full_build(connection, plain)
