"""How well a name is known, with the figures that `names.py` promises."""

from pathlib import Path

import pytest

from orchestration.onboarding.names import bare_names, name_score, table_score
from orchestration.onboarding.vocabulary import ColumnWords, entity_words
from tests.orchestration.onboarding.conftest import Guesser


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


@pytest.mark.parametrize(
    ("names", "bare"),
    [
        (["ext_orderId", "EXT_TOTAL", "extEmail"], ["orderId", "TOTAL", "Email"]),
        (["ORDERID_V2", "QUANTITYV2", "placedAtV2"], ["ORDERID", "QUANTITY", "placedAt"]),
        (["sys_id_raw", "sys_name_raw", "sys_city_raw"], ["id", "name", "city"]),
        # Three of four are most of them; two are not.
        (["x1_id", "x1_name", "x1_city", "version"], ["id", "name", "city", "version"]),
        (["x1_id", "x1_name"], ["x1_id", "x1_name"]),
        (["x1_id", "x1_name", "x1_city", "a", "b"], ["x1_id", "x1_name", "x1_city", "a", "b"]),
    ],
)
def test_what_most_names_begin_or_end_with_says_nothing(names: list[str], bare: list[str]) -> None:
    assert list(bare_names(names).values()) == bare


@pytest.mark.parametrize(
    "names",
    [
        ["order_id", "order_date", "order_total"],
        ["First Name", "Last Name", "Company Name"],
        ["shipping_city", "shipping_country", "shipping_region"],
        ["订单编号", "订单时间", "订单金额"],
    ],
)
def test_what_means_something_stays(names: list[str]) -> None:
    assert list(bare_names(names).values()) == names


def test_columns_are_known_behind_what_all_of_them_begin_with(
    tmp_path: Path, guess_at: Guesser
) -> None:
    (tmp_path / "export.csv").write_text(
        "erp_order_id_v2,erp_customer_id_v2,erp_order_date_v2,erp_total_v2\n1,a,2024-01-02,5.00\n"
    )
    _, guessed = guess_at(tmp_path)
    found = {name: one.profile.name for name, one in guessed.entities["orders"].columns.items()}
    assert found["source_customer_id"] == "erp_customer_id_v2"
    assert found["total_amount"] == "erp_total_v2"


@pytest.mark.parametrize(
    ("name", "entity", "column"),
    [
        ("Correo electrónico", "orders", "source_customer_id"),
        ("電子信箱", "orders", "source_customer_id"),
        ("商品名稱", "order_lines", "source_product_id"),
        ("Bonnr", "order_lines", "source_order_id"),
        ("receipt_ref", "orders", "source_order_id"),
        ("Bruttobetrag", "orders", "total_amount"),
        ("subtotal_price", "orders", "goods_amount"),
        ("Shipping rate", "orders", "shipping_amount"),
        ("Total payé TTC", "orders", "total_amount"),
        ("Référence de la commande", "orders", "source_order_id"),
        ("Référence de la commande", "order_lines", "source_order_id"),
        ("Riferimento dell'ordine", "orders", "source_order_id"),
    ],
)
def test_what_stands_for_a_key_does_in_every_language(name: str, entity: str, column: str) -> None:
    words = entity_words()[entity]
    assert name_score(name, words.columns[column], words.tables) >= 0.75


@pytest.mark.parametrize(
    ("name", "meant"), [("StÃ¼ck", "Stück"), ("Stück", "Stück"), ("数量", "数量"), ("qty", "qty")]
)
def test_a_name_that_was_read_in_another_encoding_is_known(name: str, meant: str) -> None:
    assert bare_names([name]) == {name: meant}


@pytest.mark.parametrize("column", ["is_refunded", "is_cancelled", "is_paid"])
@pytest.mark.parametrize("name", ["Quantity {}", "qty_{}", "Items {}", "Amount {}", "Menge {}"])
def test_a_number_of_what_was_done_is_no_flag(column: str, name: str) -> None:
    words = entity_words()["orders"]
    known, done = words.columns[column], column.removeprefix("is_")
    assert name_score(name.format(done), known, words.tables) == 0.0
    assert name_score(f"was {done}", known, words.tables) > 0.5


@pytest.mark.parametrize("name", ["Última compra", "last purchase", "Letzter Kauf", "last_order"])
def test_the_last_purchase_is_no_registration(guess_at: Guesser, tmp_path: Path, name: str) -> None:
    """A time of another name may be one."""
    text = "customer_id,email,{}\n1,a@post.example,2025-03-01\n"
    for told, is_registration in ((name, False), ("eintritt", True)):
        (tmp_path / "customers.csv").write_text(text.format(told), encoding="utf-8")
        customers = guess_at(tmp_path)[1].entities["customers"]
        assert customers.has("registered_at") == is_registration
