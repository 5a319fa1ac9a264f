"""Lifetime values in the warehouse: each shop by itself, replaced as a whole."""

from pathlib import Path

import pytest

from ml import layouts
from ml.lifetime_value.learned_values import MODEL_NAME
from orchestration.modelling.lifetime_values import make_lifetime_values
from orchestration.modelling.model_versions import kept_versions
from orchestration.modelling.pins import pin_of, pin_version, read_pins, unpin
from orchestration.modelling.pins_table import remember_pins
from orchestration.modelling.steps import tidy_metrics
from orchestration.publishing.model_cards import card_path, model_cards
from tests.orchestration.modelled_shop import NORMAL, TABLES, Warehouse, table_of

OWN_TABLES = {
    "customer_lifetime_value": table_of("customer_lifetime_value", layouts.CUSTOMER_LIFETIME_VALUE),
    "purchase_tracking": table_of("purchase_tracking", layouts.PURCHASE_TRACKING),
    "alive_grid": table_of("alive_grid", layouts.ALIVE_GRID),
    "model_metrics": TABLES["model_metrics"],
    "model_versions": TABLES["model_versions"],
}


@pytest.fixture
def shops(warehouse: Warehouse) -> Warehouse:
    """A shop of 400 customers who buy at random, and one of five, on two firsts of months."""
    warehouse.execute("""
        create schema features;
        create table features.as_of_dates as
        select shop, as_of_date, as_of_date = date '2024-04-17' as is_current
        from (values ('large'), ('small')) as shops (shop)
        cross join unnest([date '2024-03-01', '2024-04-01', '2024-04-17']) as days (as_of_date);
        create table features.customer_features as
        with customers as (
            select shop, shop || number as customer_id, as_of_date,
                1 + floor(ln(hash(number) / 2e19 + 1e-9) / ln(0.4))::int as order_day_count,
                250 + hash(number, 'first')::int128 % 90 as days_since_first_order,
                hash(number, 'last') / 2e19 as share
            from range(400) as customers (number) cross join features.as_of_dates
            where shop = 'large' or number < 5
        ),
        drawn as (
            select *, greatest(1, floor(
                days_since_first_order * (1 - share ^ (1.0 / order_day_count))
            )) as silent
            from customers
        )
        select
            shop, customer_id, as_of_date, order_day_count, days_since_first_order,
            case when order_day_count = 1 then days_since_first_order else silent end
                as days_since_last_order,
            (order_day_count * (5 + hash(customer_id) % 30))::decimal(18, 4) as total_spend,
            case when order_day_count > 1 then
                (days_since_first_order - silent) / (order_day_count - 1) end
                as mean_days_between_orders,
            case when order_day_count > 2 then
                0.9 * (days_since_first_order - silent) / (order_day_count - 1) end
                as stddev_days_between_orders
        from drawn;
        insert into features.customer_features by name
        select 'large' as shop, 'visitor' as customer_id, as_of_date, 0 as order_day_count
        from features.as_of_dates where shop = 'large';
        create table features.lifetime_value_holdout as
        select
            *, 30 as horizon_days, order_day_count % 2 as holdout_purchases,
            (order_day_count % 2 * 9)::decimal(18, 4) as holdout_value,
            5 as previous_purchases, 100::decimal(18, 4) as previous_value
        from features.customer_features
        where as_of_date = date '2024-03-01' and order_day_count > 0 and shop = 'large';
        create table features.purchase_weeks as
        select
            'large' as shop, week, date '2024-03-01' + (7 * (week - 48))::int as ends_on,
            week > 48 as is_holdout, 10 as repeat_order_days
        from range(1, 53) as weeks (week);
    """)
    return warehouse


def rows(warehouse: Warehouse, sql: str) -> list[tuple[object, ...]]:
    return warehouse.execute(sql).fetchall()


def test_each_shop_has_a_model_of_its_own_or_a_reason(shops: Warehouse) -> None:
    made = make_lifetime_values(shops, OWN_TABLES, NORMAL)
    assert made.rows == 405
    told = """
        select shop, count(*), count(expected_value_next_90_days), min(as_of_date)::varchar
        from ml.customer_lifetime_value group by shop order by shop
    """
    assert rows(shops, told) == [
        ("large", 400, 400, "2024-04-17"),
        ("small", 5, 0, "2024-04-17"),
    ]
    ((note,),) = rows(
        shops, "select distinct note from ml.customer_lifetime_value where shop = 'small'"
    )
    assert "and 30 are needed" in str(note)
    assert rows(
        shops,
        "select shop, value, evaluated_on::varchar from ml.model_metrics"
        " where metric = 'status' order by shop",
    ) == [("large", 1.0, "2024-03-01"), ("small", 0.0, None)]
    assert rows(
        shops, "select distinct shop from ml.model_metrics where metric = 'value_gain'"
    ) == [("large",)]
    weeks = "select shop, count(*), max(actual_cumulative), max(customer_count)"
    assert rows(shops, f"{weeks} from ml.purchase_tracking group by shop") == [
        ("large", 52, 520, 400)
    ]
    assert rows(shops, "select distinct shop, observed_days >= 338 from ml.alive_grid") == [
        ("large", True)
    ]


def test_made_again_it_is_the_same_and_tidying_leaves_its_metrics(shops: Warehouse) -> None:
    def contents() -> list[list[tuple[object, ...]]]:
        return [
            rows(shops, f"from ml.{table} order by all")
            for table in ("customer_lifetime_value", "model_metrics", "purchase_tracking")
        ]

    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    first = contents()
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    assert str(contents()) == str(first)
    assert tidy_metrics(shops, OWN_TABLES, []) == len(first[1]) > 2
    assert rows(shops, "select distinct model_name from ml.model_metrics") == [(MODEL_NAME,)]


def test_the_model_holds_still_within_a_month(shops: Warehouse) -> None:
    """It is fitted on the first of April, so what happened since moves no parameter."""
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    version = "select distinct model_version from ml.customer_lifetime_value where shop = 'large'"
    before = rows(shops, version)
    shops.execute(
        "update features.customer_features set total_spend = 3 * total_spend"
        " where as_of_date = date '2024-04-17'"
    )
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    assert rows(shops, version) == before
    shops.execute(
        "update features.customer_features set total_spend = 3 * total_spend"
        " where as_of_date = date '2024-04-01'"
    )
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    assert rows(shops, version) != before


VERSIONS = """
    select model_version, cast(made_for as varchar), is_latest, is_pinned, is_served,
        cast(served_since as varchar), metric
    from ml.model_versions where shop = 'large' order by made_for, model_version
"""
NAME = "customer_lifetime_value"


def correct(warehouse: Warehouse) -> None:
    """What customers had spent by April is told anew."""
    warehouse.execute(
        "update features.customer_features set total_spend = 3 * total_spend"
        " where as_of_date = date '2024-04-01'"
    )


def test_a_version_is_told_and_stays_when_the_next_is_learned(shops: Warehouse) -> None:
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    ((first, *told),) = rows(shops, VERSIONS)
    assert told == ["2024-04-01", True, False, True, "2024-04-17", "value_gain"]
    # Where no model holds there is no version.
    assert rows(shops, "select distinct shop from ml.model_versions") == [("large",)]
    correct(shops)
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    by_version = {version: told for version, *told in rows(shops, VERSIONS)}
    assert by_version[first][1:5] == [False, False, False, None]
    assert len(by_version) == 2
    tidy_metrics(shops, OWN_TABLES, [])
    assert len(rows(shops, VERSIONS)) == 2


def test_a_pinned_version_tells_values_until_it_is_taken_back(
    shops: Warehouse, tmp_path: Path
) -> None:
    def contents() -> str:
        tables = ("customer_lifetime_value", "model_metrics", "model_versions", "alive_grid")
        return str([rows(shops, f"from ml.{table} order by all") for table in tables])

    file = tmp_path / "own" / "pinned_models.yml"
    values = "select * exclude (model_name) from ml.customer_lifetime_value order by all"
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    before = str(rows(shops, values))
    correct(shops)
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    latest = contents()
    assert str(rows(shops, values)) != before
    (_, old, content) = kept_versions(shops, NAME)[-1]
    pin_version(file, pin_of("large", NAME, old, content), content)
    remember_pins(shops, file)
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    assert str(rows(shops, values)) == before
    ((note,),) = rows(
        shops, "select note from ml.model_metrics where metric = 'status' and shop = 'large'"
    )
    assert str(note).startswith(f"pinned by the user (version {old}, first made for 2024-04-01): ")
    assert [(one[0], one[3], one[4]) for one in rows(shops, VERSIONS) if one[4]] == [
        (old, True, True)
    ]
    # A past day is told by what was known on it.
    shops.execute("update features.as_of_dates set is_current = as_of_date = date '2024-03-01'")
    shops.execute("delete from features.as_of_dates where as_of_date > date '2024-03-01'")
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    ((note,),) = rows(
        shops, "select note from ml.model_metrics where metric = 'status' and shop = 'large'"
    )
    assert "which has learned what came after 2024-03-01" in str(note)
    shops.execute("""
        insert into features.as_of_dates
        select shop, day, day = date '2024-04-17' from (values ('large'), ('small')) as shops (shop)
        cross join unnest([date '2024-04-01', date '2024-04-17']) as days (day);
        update features.as_of_dates set is_current = false where as_of_date < date '2024-04-17'
    """)
    for one in read_pins(file):
        unpin(file, one)
    remember_pins(shops, file)
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    shops.execute("delete from ml.model_versions where made_for < date '2024-04-01'")
    assert contents() == latest


def test_a_card_tells_its_test_and_its_parameters(shops: Warehouse) -> None:
    make_lifetime_values(shops, OWN_TABLES, NORMAL)
    shops.execute("""
        create schema marts; create view marts.model_versions as from ml.model_versions;
        create schema seeds; create table seeds.feature_themes (feature varchar, theme varchar)
    """)
    ((version,),) = rows(shops, "select model_version from ml.model_versions")
    text = model_cards(shops)[f"{card_path('large', NAME, version)}.md"]
    ((gain,),) = rows(
        shops, "select value from ml.model_metrics where metric = 'value_gain' and shop = 'large'"
    )
    assert f"| value gain | {gain:.3f} |" in text
    assert "The 400 customers with orders as of 2024-04-01." in text
    assert "| gamma gamma p |" in text
    assert "foretold the time since, of 400 customers" in text
