"""What is guessed of schemas that nobody here designed, and what the drafts make of their rows."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.report import meanings
from tests.data_sets import PUBLIC_DATA, SMALL_AND_PUBLIC
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv, write_export


def mapping(guess: Guess, entity: str) -> dict[str, str]:
    return {c: found.profile.name for c, found in guess.entities[entity].columns.items()}


def test_a_simple_shop(guess_at: Guesser, tmp_path: Path) -> None:
    write_csv(
        tmp_path / "orders.csv", ["receipt", "card", "time"], [["r1", "c1", "2024-01-01 09:00"]]
    )
    write_csv(
        tmp_path / "lines.csv",
        ["receipt", "position", "article", "pieces", "amount"],
        [["r1", 1, "tea", 2, "20.00"]],
    )
    _, guess = guess_at(tmp_path)
    assert mapping(guess, "orders") == {
        "source_order_id": "receipt",
        "source_customer_id": "card",
        "ordered_at": "time",
    }
    assert mapping(guess, "order_lines") == {
        "source_order_id": "receipt",
        "line_number": "position",
        "source_product_id": "article",
        "quantity": "pieces",
        "net_amount": "amount",
    }
    assert all(0 < found.confidence <= 1 for found in guess.entities.values())


def test_shopify_gives_orders_of_rows_whose_first_alone_is_filled(
    guess_at: Guesser, tmp_path: Path
) -> None:
    sample, guess = guess_at(write_export(tmp_path, "shopify"))
    assert list(guess.entities) == ["orders", "order_lines", "customers", "products"]
    assert guess.entities["orders"].grain == "group"
    models = stage(sample, guess, "America/New_York")
    assert rows(
        sample.connection,
        models["orders"],
        "source_order_id, source_customer_id, status, ordered_at, day(order_date), order_hour",
    ) == [
        ("#1001", "ann@example.com", "paid", datetime(2024, 1, 6, 4, 59, 50), 5, 23),
        ("#1002", "bob@example.com", "paid", datetime(2024, 2, 11, 4, 29, 50), 10, 23),
        ("#1003", "cy@example.com", "cancelled", datetime(2024, 3, 5, 13, 0), 5, 8),
    ]
    assert rows(
        sample.connection,
        models["order_lines"],
        "source_order_id, line_number, source_product_id, quantity, net_amount",
    ) == [
        ("#1001", 1, "MUG-1", 1, Decimal(15)),
        ("#1001", 2, "TEA-G", 2, Decimal(20)),
        ("#1002", 1, "TEA-B", 1, Decimal(18)),
        ("#1003", 1, "MUG-1", 1, Decimal(15)),
    ]
    assert rows(sample.connection, models["customers"], "source_customer_id, name, city")[0] == (
        "ann@example.com",
        "Ann Lee",
        "Boston",
    )
    assert rows(sample.connection, models["products"], "source_product_id, name, brand")[0] == (
        "MUG-1",
        "Mug",
        "Pottery",
    )


def test_woocommerce_dates_are_read_month_first(guess_at: Guesser, tmp_path: Path) -> None:
    sample, guess = guess_at(write_export(tmp_path, "woocommerce"))
    models = stage(sample, guess)
    assert rows(sample.connection, models["orders"], "source_order_id, status, order_date") == [
        ("701", "completed", date(2023, 9, 6)),
        ("702", "processing", date(2023, 9, 17)),
        ("703", "cancelled", date(2023, 10, 21)),
    ]
    assert mapping(guess, "order_lines")["net_amount"] == "item_total"
    assert mapping(guess, "customers")["email"] == "billing_email"
    # Neither a product's name nor half a customer's is a customer's name.
    assert "name" not in mapping(guess, "customers")


def test_a_chinese_till(guess_at: Guesser, tmp_path: Path) -> None:
    sample, guess = guess_at(write_export(tmp_path, "chinese_till"))
    assert mapping(guess, "order_lines") == {
        "source_order_id": "订单编号",
        "source_product_id": "商品编码",
        "quantity": "数量",
        "unit_price": "单价",
        "discount_amount": "优惠金额",
        "net_amount": "实付金额",
    }
    models = stage(sample, guess, "Asia/Shanghai")
    assert rows(
        sample.connection,
        models["orders"],
        "source_order_id, source_customer_id, status, ordered_at",
    ) == [
        ("D0001", "13800138000", "已完成", datetime(2024, 1, 5, 2, 2)),
        ("D0002", "13900139000", "已完成", datetime(2024, 1, 6, 10, 30)),
        ("D0003", None, "已完成", datetime(2024, 1, 9, 1, 15)),
        ("D0004", "13800138000", "已取消", datetime(2024, 1, 12, 12, 40)),
    ]
    assert rows(
        sample.connection, models["order_lines"], "net_amount, unit_price, unparsed_values"
    )[-1] == (Decimal(1188), Decimal(1288), None)
    assert rows(sample.connection, models["customers"], "name, gender") == [
        ("李雷", "male"),
        ("王芳", "female"),
    ]


def test_orders_without_lines_are_one_line_each(guess_at: Guesser, tmp_path: Path) -> None:
    sample, guess = guess_at(write_export(tmp_path, "totals"))
    models = stage(sample, guess)
    assert rows(sample.connection, models["orders"], "source_customer_id, order_date") == [
        ("K1", date(2024, 1, 31)),
        ("K1", date(2024, 2, 17)),
        ("K2", date(2024, 2, 1)),
    ]
    assert rows(sample.connection, models["order_lines"], "net_amount, quantity, line_number") == [
        (Decimal("12.30"), 1, 1),
        (Decimal(99), 1, 1),
        (Decimal("1234.50"), 1, 1),
    ]
    assert any("nothing can be said about preferences" in told for told in meanings(sample, guess))


@pytest.fixture(params=SMALL_AND_PUBLIC)
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Folders of a clickstream and of customers' attributes: ours, or public data sets."""
    if request.param == "public":
        return PUBLIC_DATA
    events = [
        (1, 7, "view", "2024-01-05 10:00:00"),
        (1, 7, "buy", "2024-01-05 10:05:00"),
        (1, 8, "buy", "2024-01-05 23:59:59"),
        (1, 8, "buy", "2024-01-06 00:00:01"),
        (2, 7, "cart", "2024-01-06 09:00:00"),
        (2, 7, "buy", "2024-01-06 09:01:00"),
        (3, 9, "view", "2024-01-07 12:00:00"),
    ]
    columns = ["user_id", "item_id", "behaviour", "event_time_utc"]
    for folder in ("retail_rocket", "customer_personality", "telco_churn_ibm"):
        (tmp_path / folder).mkdir()
    write_csv(tmp_path / "retail_rocket" / "retail_rocket_events.csv", columns, events)
    write_csv(
        tmp_path / "customer_personality" / "customers.csv",
        ["ID", "Year_Birth", "Education", "Income", "Dt_Customer", "Recency", "Complain"],
        [[5000 + n, 1950 + n, "Graduation", 40_000 + n, "2013-04-05", n, 0] for n in range(40)],
    )
    write_csv(
        tmp_path / "telco_churn_ibm" / "customers.csv",
        ["customerID", "gender", "tenure", "Contract", "MonthlyCharges", "TotalCharges", "Churn"],
        [[f"{n}-AB", ["Male", "Female"][n % 2], n, "One year", 30 + n, 0, "No"] for n in range(40)],
    )
    return tmp_path


def test_clicks_and_buys_give_events_and_orders_of_a_day(guess_at: Guesser, data: Path) -> None:
    sample, guess = guess_at(data / "retail_rocket")
    assert list(guess.entities) == ["orders", "order_lines", "events"]
    models = stage(sample, guess)
    ((orders, customers),) = rows(
        sample.connection,
        models["orders"],
        "count(distinct source_order_id), count(distinct source_customer_id)",
    )
    ((expected, buyers, lines, events),) = sample.connection.execute("""
        select
            count(distinct (user_id, event_time_utc::date)) filter (behaviour = 'buy'),
            count(distinct user_id) filter (behaviour = 'buy'),
            count_if(behaviour = 'buy'),
            count(*)
        from sample.retail_rocket_events
    """).fetchall()
    assert (orders, customers) == (expected, buyers)
    assert (lines, events) in [(4, 7), (9551, 99_555)]
    assert rows(sample.connection, models["order_lines"], "count(*), sum(net_amount)") == [
        (lines, 0)
    ]
    assert rows(sample.connection, models["events"], "count(*)") == [(events,)]
    assert any("no order amounts" in told for told in meanings(sample, guess))


def test_attributes_without_orders_are_told_to_be_that(guess_at: Guesser, data: Path) -> None:
    for folder, key in (("customer_personality", "ID"), ("telco_churn_ibm", "customerID")):
        sample, guess = guess_at(data / folder)
        assert list(guess.entities) == ["customers"]
        assert mapping(guess, "customers")["source_customer_id"] == key
        told = " ".join(meanings(sample, guess))
        assert "there are no orders here: no RFM, no rhythm, no prediction" in told
        assert "demographics can be kept as customers" in told
        models = stage(sample, guess)
        ((total, distinct),) = rows(
            sample.connection, models["customers"], "count(*), count(distinct source_customer_id)"
        )
        assert total == distinct == sample.connection.execute(
            f"select count(*) from {sample.tables[0].relation}"
        ).fetchall()[0][0]  # fmt: skip
