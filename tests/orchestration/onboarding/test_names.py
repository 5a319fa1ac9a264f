"""How well a name is known, with the figures that `names.py` promises."""

import pytest

from orchestration.onboarding.names import name_score, table_score
from orchestration.onboarding.vocabulary import ColumnWords


def words(*names: str, also: tuple[str, ...] = (), unlike: tuple[str, ...] = ()) -> ColumnWords:
    return ColumnWords("text", frozenset(names), frozenset(also), frozenset(unlike), False)


DATE = words("date", "order date", also=("paid at",), unlike=("refund", "退款"))


@pytest.mark.parametrize(
    ("name", "known", "score"),
    [
        ("orderDate", DATE, 1.0),
        ("Order Date ", DATE, 1.0),
        ("receipt_date", DATE, 0.95),
        ("receipts", DATE, 0.0),
        ("paid_at", DATE, 0.75),
        ("receipt_paid_at", DATE, 0.7125),
        ("shipping_date", DATE, 0.7),
        ("first_shipping_date", DATE, 0.5 + 0.4 / 3),
        ("date_shipping", DATE, 0.0),
        ("my_order_date", DATE, 0.5 + 0.4 * 2 / 3),
        ("refund_date", DATE, 0.0),
        ("update", DATE, 0.0),
        ("orderdata", DATE, 0.0),
        ("ordrdate", DATE, 0.65),
        ("dates", DATE, 0.0),
        ("quantty", words("quantity"), 0.65),
        ("sizes", words("sizes of"), 0.0),
        ("sizez", words("sizer"), 0.0),
        ("商品数量", words("数量"), 0.7),
        ("本日商品数量", words("数量"), 0.0),
        ("本商品数量", words("数量"), 0.0),
        ("量数", words("量"), 0.0),
        ("退款日期", words("日期", unlike=("退款",)), 0.0),
    ],
)
def test_a_column_s_name(name: str, known: ColumnWords, score: float) -> None:
    assert name_score(name, known, ["receipts", "receipt"]) == pytest.approx(score)


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("orders", 1.0),
        ("order items", 1.0),
        ("OrderItems", 1.0),
        ("old_orders", 0.7),
        ("orders_2024", 0.7),
        ("order_2024", 0.7),
        ("reorders", 0.0),
        ("订单", 1.0),
        ("旧订单", 0.0),
    ],
)
def test_a_table_s_name(name: str, score: float) -> None:
    assert table_score(name, ["orders", "order items", "订单"]) == score
