"""Drawn rows of the simulated app and tills: accounts, purchases, touches and receipts."""

from hypothesis import strategies as st

from tests.warehouse.drawing import Row, milliseconds, rows, texts
from tests.warehouse.web_shop import phones, skus

_users = st.sampled_from(["1", "2", None])
_days = texts("%d/%m/%Y")

ROWS: dict[str, st.SearchStrategy[list[Row]]] = {
    "app_users": rows(
        3,
        user_id=_users,
        mail=st.sampled_from(["bob@shop.cn", "qa@shop.cn", None]),
        mobile=phones,
        lang=st.sampled_from(["zh", None]),
        signup_ms=st.none() | milliseconds,
        updated_ms=st.none() | milliseconds,
    ),
    "app_purchases": rows(
        4,
        purchase_id=st.sampled_from(["a1", "a2", "a3", None]),
        user_id=_users,
        type=st.sampled_from(["PAID", "PAID", "REFUND"]),
        delivery_city=st.sampled_from(["北京", None]),
        paid_ms=st.none() | milliseconds,
    ),
    "app_purchase_items": rows(
        5,
        purchase_id=st.sampled_from(["a1", "a2", "a3", "?"]),
        item_no=st.integers(1, 2),
        sku=skus,
        units=st.integers(-2, 3),
        price_cents=st.integers(-1, 900),
        discount_cents=st.integers(0, 99),
        paid_cents=st.integers(-900, 900),
    ),
    "app_events": rows(
        6,
        event_id=st.integers(1, 9),
        user_id=_users,
        device=st.sampled_from(["c1", None]),
        session=st.sampled_from([1, 2, None]),
        name=st.sampled_from(["item_impression_open", "cart_add", "item_like", None]),
        client_ms=st.none() | milliseconds,
    ),
    "till_loyalty_cards": rows(
        3,
        card_no=st.sampled_from(["1", "2", None]),
        holder=st.sampled_from(["Chen", "test card", None]),
        telephone=phones,
        birthday=st.sampled_from(["01/05/1990", "05/06/1980", "31/02/1980", None]),
        occupation=st.sampled_from(["cook", None]),
        children=st.sampled_from(["0", "3+", None]),
        town=st.sampled_from(["北京", None]),
        issued_on=st.none() | _days,
        changed_on=st.none() | _days,
    ),
    "till_receipts": rows(
        4,
        receipt_no=st.sampled_from(["t1", "t2", "t3"]),
        card_no=st.sampled_from(["1", "2", None]),
        store=st.sampled_from(["north", "south", None]),
        type=st.sampled_from(["SALE", "SALE", "RETURN"]),
        printed_at=texts("%d/%m/%Y %H:%M") | st.just("32/01/2011 10:00"),
    ),
    "till_receipt_lines": rows(
        5,
        receipt_no=st.sampled_from(["t1", "t2", "t3"]),
        line_no=st.integers(1, 2),
        article=skus,
        pieces=st.integers(-2, 3),
        shelf_price=st.integers(-1, 9),
        reduction=st.integers(0, 1),
        amount=st.integers(-9, 9),
    ),
}
