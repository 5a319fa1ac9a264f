"""What predictions learn from: closed windows, a sample of customers, and errors that say where."""

from dataclasses import replace
from datetime import date

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.modelling.lessons import Lessons, customers_asked_of
from orchestration.modelling.tables import Shop
from tests.orchestration.modelled_shop import Warehouse, declared

DECLARED = declared(30)


def on(day: date) -> Shop:
    return Shop("s", day, [day])


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    """Shop s with 500 customers on two past days, who order so often as their number says."""
    warehouse.execute("""
        create schema features;
        create table features.customer_features as
        select shop, 'c' || number as customer_id, day as as_of_date, number as order_count
        from (values ('s', 500), ('t', 500)) as shops (shop, customers)
        cross join range(1, 501) as customers (number)
        cross join (values (date '2024-01-01'), (date '2024-02-01')) as days (day);
        create table features.training_labels as
        select shop, customer_id, as_of_date, 30 as horizon_days,
            order_count % 2 as order_day_count,
            case when order_count % 5 > 0 then order_count end as spend
        from features.customer_features;
        insert into features.training_labels
        select * replace (90 as horizon_days) from features.training_labels;
    """)
    return warehouse


def test_windows_are_closed(shop: Warehouse) -> None:
    def rows(day: date) -> int:
        return len(Lessons(shop, DECLARED, on(day)).history())

    # The window of the first day closes on the 31st.
    assert rows(date(2024, 1, 30)) == 0
    assert rows(date(2024, 1, 31)) == 500
    # The window of the second day is open until its thirtieth day is over.
    assert rows(date(2024, 3, 1)) == 500
    assert rows(date(2024, 3, 2)) == 1000


def test_a_sample_of_customers_teaches(shop: Warehouse) -> None:
    drawn = Lessons(shop, DECLARED, on(date(2024, 6, 1)), most_rows=200).history()
    assert 50 < drawn["customer_id"].nunique() < 150
    assert set(drawn.groupby("customer_id").size()) == {2}


def test_outcomes_are_told_beside_features(shop: Warehouse) -> None:
    asked = replace(DECLARED, eligible="order_count between 3 and 4")
    history = Lessons(shop, asked, on(date(2024, 6, 1))).history()
    assert list(history) == ["customer_id", "as_of_date", "order_count", "outcome"]
    assert history["customer_id"].tolist() == ["c3", "c4", "c3", "c4"]
    assert history["outcome"].tolist() == [1, 0, 1, 0]
    today = customers_asked_of(shop, asked, "s", date(2024, 2, 1))
    assert today["customer_id"].tolist() == ["c3", "c4"]


def test_who_is_in_a_file_without_dates_teaches_nothing(shop: Warehouse) -> None:
    def learned_from() -> list[str]:
        return list(Lessons(shop, DECLARED, on(date(2024, 6, 1))).history())

    shop.execute("alter table features.customer_features add column days_known bigint default 9")
    features = ["order_count", "days_known"]
    assert learned_from() == ["customer_id", "as_of_date", *features, "outcome"]
    undated = "update features.customer_features set days_known = null where customer_id = 'c7'"
    shop.execute(f"{undated} and shop = 't'")
    assert "days_known" in learned_from()
    shop.execute(undated)
    assert learned_from() == ["customer_id", "as_of_date", "order_count", "outcome"]


def test_an_outcome_that_nobody_knows_teaches_nothing(shop: Warehouse) -> None:
    spend = replace(
        declared(30, kind="amount"), outcome="labels.spend + order_count", eligible="true"
    )
    history = Lessons(shop, spend, on(date(2024, 1, 31))).history()
    assert len(history) == 400
    assert (history["outcome"] == 2 * history["order_count"]).all()
    a_day = replace(spend, outcome="order_count / labels.order_day_count")
    history = Lessons(shop, a_day, on(date(2024, 1, 31))).history()
    assert history["outcome"].tolist() == [n for n in history["order_count"] if n % 2]
    assert len(history) == 250


def test_a_digest_tells_lessons_apart(shop: Warehouse) -> None:
    def digest() -> str:
        return Lessons(shop, DECLARED, on(date(2024, 6, 1))).digest()

    before = digest()
    assert digest() == before
    shop.execute(
        "update features.training_labels set order_day_count = 1 - order_day_count"
        " where customer_id = 'c7' and shop = 't' or horizon_days = 90"
    )
    assert digest() == before
    shop.execute(
        "update features.training_labels set order_day_count = 1 - order_day_count"
        " where customer_id = 'c7'"
    )
    assert digest() != before


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"eligible": "is_vip"}, 'Referenced column "is_vip" not found'),
        ({"outcome": "labels.order_cuont > 0"}, "order_cuont"),
        ({"outcome": "labels.spend >"}, "syntax error"),
        ({"eligible": "sqroot(order_count) > 3"}, "sqroot"),
        ({"outcome": "labels.order_day_count"}, "outcome is of type BIGINT, and it is an event"),
    ],
)
def test_what_cannot_be_asked_is_said_with_its_file(
    shop: Warehouse, changed: dict[str, str], told: str
) -> None:
    with pytest.raises(PortraitError, match=told) as raised:
        Lessons(shop, replace(DECLARED, **changed), on(date(2024, 6, 1))).history()
    assert "The prediction repurchase (repurchase.yml)" in str(raised.value)


def test_nobody_may_be_asked_of_by_what_is_not_there(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("create schema features")
    warehouse.execute(
        "create table features.customer_features (shop text, customer_id text, as_of_date date)"
    )
    with pytest.raises(PortraitError, match="order_count"):
        customers_asked_of(warehouse, DECLARED, "s", date(2024, 2, 1))
